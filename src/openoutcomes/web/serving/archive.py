"""The file of a backup: what is in it, and whether it is whole. Knows nothing of the database.

A backup is a tar.gz with ``manifest.json`` first: the version and time, how many rows each table had, and
the SHA-256 of every other file in it. Nothing is taken from one before all of it has been checked.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from openoutcomes.standard.problems import InputError, Problem

#: Names of the parts.
MANIFEST, SQLITE, DUMP, EVIDENCE, KEYS = (
    "manifest.json",
    "database.sqlite3",
    "database.dump",
    "evidence",
    "keys.json",
)
_FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: when and by which version it was made, rows of each table, the hash of each file."""

    made_at: str
    version: str
    engine: str
    rows: dict[str, int]
    files: dict[str, str]

    @property
    def has_keys(self) -> bool:
        """Whether the keys are in it, so that whoever has the file can read names."""
        return KEYS in self.files

    @property
    def evidence(self) -> int:
        """How many files of evidence are in it."""
        return sum(name.startswith(f"{EVIDENCE}/") for name in self.files)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def pack(target: Path, folder: Path, manifest: Manifest, parts: Mapping[str, Path]) -> None:
    """Write a backup of ``parts`` to ``target``, whole or not at all, using ``folder`` beside it meanwhile."""
    described = folder / MANIFEST
    described.write_text(json.dumps({"format": _FORMAT, **asdict(manifest)}, indent=1), encoding="utf-8")
    half = folder / "backup.tar.gz"
    half.touch(mode=0o600)
    with tarfile.open(half, "w:gz", compresslevel=6) as archive:
        archive.add(described, MANIFEST)
        for name, path in parts.items():
            archive.add(path, name, recursive=False, filter=_without_owner)
    with half.open("rb") as written:
        os.fsync(written.fileno())
    try:
        # A link is refused where there is something already, so that two backups at once lose nothing.
        os.link(half, target)
    except FileExistsError:
        raise InputError(
            Problem("there is something here already.", "Give another name.", str(target))
        ) from None


def _without_owner(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack a backup into an empty folder and check every file of it; raises InputError for a damaged one."""
    mend = "Use another copy."
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        given = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if int(given.pop("format")) > _FORMAT:
            what = f"this backup was made by a later version ({given['version']})."
            raise InputError(Problem(what, "Install that version first.", str(source)))
        manifest = Manifest(**given)
    except FileNotFoundError as error:
        if not source.exists():
            raise InputError(Problem("there is no such file.", "Check its name.", str(source))) from error
        raise InputError(Problem("this is not a backup: it has no manifest.", mend, str(source))) from error
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(Problem("this is not a backup, or it is damaged.", mend, str(source))) from error
    inside = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {
        MANIFEST
    }
    if inside != set(manifest.files):
        odd = min(inside ^ set(manifest.files))
        raise InputError(Problem(f"it does not hold what its manifest says: {odd}.", mend, str(source)))
    for name, digest in manifest.files.items():
        if digest_of(folder / name) != digest:
            raise InputError(Problem(f"{name} in it is damaged.", mend, str(source)))
    return manifest
