"""The home folder: where a small installation keeps its database, keys and uploads."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

_KEYS = "keys.json"


def is_yes(text: str) -> bool:
    """Read a yes-or-no setting; raises ValueError for anything else."""
    word = text.strip().lower()
    if word in {"yes", "true", "1", "on"}:
        return True
    if word in {"no", "false", "0", "off", ""}:
        return False
    raise ValueError(f"{text!r} is neither yes nor no")


class Home:
    """A folder that only its owner can read, made when it is first needed."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def make(self) -> Path:
        """Make the folder if it is not there, and return it."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.path

    def secret(self, name: str) -> str:
        """Return a secret from the environment, or the one kept here; make it on first use."""
        if os.environ.get(name):
            return os.environ[name]
        kept = self._kept()
        if name not in kept:
            self.make()
            # Two processes may start at once; the second must find what the first made.
            with (self.path / "keys.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                kept = self._kept()
                if name not in kept:
                    kept[name] = _made(name)
                    self._keep(kept)
        return kept[name]

    def _kept(self) -> dict[str, str]:
        path = self.path / _KEYS
        if not path.exists():
            return {}
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return kept

    def _keep(self, secrets_by_name: dict[str, str]) -> None:
        fresh = self.path / f"{_KEYS}.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(secrets_by_name, indent=1), encoding="utf-8")
        fresh.replace(self.path / _KEYS)


def _made(name: str) -> str:
    return Fernet.generate_key().decode() if name.endswith("FIELD_KEYS") else secrets.token_urlsafe(48)
