"""The home folder: where a small installation keeps its database, keys and uploads."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from openoutcomes.web.core.environment import wrong

#: The file of the home folder that holds its keys.
KEYS = "keys.json"


class Home:
    """A folder that only its owner can read, made when it is first needed."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def make(self) -> Path:
        """Make the folder if it is not there, and return it; raises InputError where it cannot be made."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            mend = "Name a folder that you may write in."
            raise wrong("OPENOUTCOMES_HOME", f"{self.path} cannot be made: {error.strerror}.", mend) from None
        return self.path

    def secret(self, name: str) -> str:
        """Return a secret from the environment, or the one kept here; make it on first use."""
        if os.environ.get(name):
            return os.environ[name]
        kept = self.kept()
        if name not in kept:
            self.make()
            with self._locked():
                kept = self.kept()
                if name not in kept:
                    kept[name] = _made(name)
                    self._keep(kept)
        return kept[name]

    def kept(self) -> dict[str, str]:
        """Return the keys that are kept here, by name."""
        path = self.path / KEYS
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except OSError as error:
            mend = "Run the platform as whoever owns that folder."
            raise wrong("OPENOUTCOMES_HOME", f"{path} cannot be read: {error.strerror}.", mend) from None
        try:
            kept = json.loads(text)
        except json.JSONDecodeError:
            kept = None
        if not isinstance(kept, dict) or not all(isinstance(value, str) for value in kept.values()):
            mend = "Put it back from a backup: without these keys no stored name can be read."
            raise wrong("OPENOUTCOMES_HOME", f"{path} is damaged.", mend)
        return kept

    def add_field_key(self) -> str:
        """Put a new key in front of those that encrypt names, and return all of them."""
        name = "OPENOUTCOMES_FIELD_KEYS"
        self.make()
        with self._locked():
            kept = self.kept()
            kept[name] = ",".join(filter(None, [_made(name), kept.get(name, "")]))
            self._keep(kept)
        return kept[name]

    def keep_newest_field_key(self) -> str:
        """Forget all keys that encrypt names but the newest, and return it."""
        name = "OPENOUTCOMES_FIELD_KEYS"
        with self._locked():
            kept = self.kept()
            kept[name] = kept[name].partition(",")[0]
            self._keep(kept)
        return kept[name]

    def _locked(self) -> _Lock:
        # Two processes may start at once; the second must find what the first made.
        return _Lock(self.path / "keys.lock")

    def _keep(self, secrets_by_name: dict[str, str]) -> None:
        fresh = self.path / f"{KEYS}.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(secrets_by_name, indent=1), encoding="utf-8")
        fresh.replace(self.path / KEYS)


class _Lock:
    """A lock between processes, held for as long as its block runs."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        try:
            self.file = self.path.open("w")
        except OSError as error:
            mend = "Name a folder that you may write in."
            raise wrong(
                "OPENOUTCOMES_HOME", f"{self.path.parent} cannot be written in: {error.strerror}.", mend
            ) from None
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()


def _made(name: str) -> str:
    return Fernet.generate_key().decode() if name.endswith("FIELD_KEYS") else secrets.token_urlsafe(48)
