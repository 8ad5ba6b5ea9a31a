"""Running the real command and the real server in a folder of their own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def clean(home: Path, **settings: str) -> dict[str, str]:
    """Return an environment without settings of its own but these."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("OPENOUTCOMES_") and name != "DJANGO_SETTINGS_MODULE"
    }
    return {**kept, "OPENOUTCOMES_HOME": str(home), **settings}


def openoutcomes(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run ``openoutcomes`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "openoutcomes.cli.app", *words],
        env=clean(home, **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def served(home: Path, *words: str, **settings: str) -> Iterator[tuple[int, Path]]:
    """Serve from a folder until the block ends; give the port, and the file that its log goes to."""
    port = free_port()
    log = home.parent / f"log-{port}.txt"
    with log.open("w", encoding="utf-8") as written:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "openoutcomes.cli.app",
                "serve",
                "--port",
                str(port),
                "--workers",
                "1",
                *words,
            ],
            env=clean(home, **settings),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
        )
    try:
        ends = time.monotonic() + 90
        while time.monotonic() < ends and server.poll() is None:
            try:
                if get(port, "/health/")[0] == 200:
                    break
            except OSError:
                time.sleep(0.2)
        else:
            raise AssertionError(f"it did not start: {log.read_text(encoding='utf-8')}")
        yield port, log
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)


def get(port: int, path: str) -> tuple[int, str, dict[str, str]]:
    """Ask for a page of this machine; return status, body and headers."""
    link = http.client.HTTPConnection("localhost", port, timeout=30)
    try:
        link.request("GET", path)
        answer = link.getresponse()
        return answer.status, answer.read().decode(), dict(answer.getheaders())
    finally:
        link.close()
