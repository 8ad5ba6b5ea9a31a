"""Serving with gunicorn, without a configuration file: for one charity, or behind a proxy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

#: Where gunicorn's sign of life costs no disk.
_MEMORY = Path("/dev/shm")  # noqa: S108 - a file of gunicorn's own, without content


class Server(BaseApplication):  # type: ignore[misc]
    """The platform as gunicorn runs it: some processes of some threads each."""

    def __init__(self, bind: str, workers: int, threads: int) -> None:
        self.wanted: dict[str, Any] = {
            "bind": bind,
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            # A form with a photograph over a poor connection takes its time.
            "timeout": 120,
            "graceful_timeout": 30,
            # Longer than a proxy keeps a connection (a minute), so that none is closed just as it is used again;
            # one that is idle holds no thread.
            "keepalive": 75,
            # Longer than any address that a page here makes.
            "limit_request_line": 4094,
            "max_requests": 5000,
            "max_requests_jitter": 500,
            "loglevel": "warning",
            # The platform logs its own requests, without what an address may give away.
            "accesslog": None,
            "proc_name": "openoutcomes",
        }
        if _MEMORY.is_dir():
            self.wanted["worker_tmp_dir"] = str(_MEMORY)
        super().__init__()

    def load_config(self) -> None:
        """Set what was asked for."""
        for name, value in self.wanted.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the platform, in each process."""
        from openoutcomes.web.wsgi import application  # noqa: PLC0415 - Django is set up in the process

        return application
