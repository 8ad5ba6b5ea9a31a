"""Backing up and restoring: the database, the evidence and, if asked for, the keys.

The database is copied whole and as it stood at one moment while people work: SQLite by its own backup
interface, PostgreSQL by pg_dump in one snapshot. A restore checks all of a backup before it writes anything,
and only ever writes into an empty place.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction

from openoutcomes import __version__
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.core import clock
from openoutcomes.web.serving.archive import DUMP, EVIDENCE, KEYS, SQLITE, Manifest, digest_of, pack

#: Tables whose rows come and go while a backup is made, and that a restore empties: nobody is signed in after it.
_PASSING = ("django_session", "core_cache")


def backup(target: Path, *, with_keys: bool = False) -> Manifest:
    """Write a backup to ``target`` and return what is in it.

    Raises InputError when there is something at ``target`` already, no folder for it, or no pg_dump.
    """
    if target.exists():
        raise InputError(Problem("there is something here already.", "Give another name.", str(target)))
    if not target.parent.is_dir():
        raise InputError(Problem("there is no folder for it.", "Make the folder first.", str(target.parent)))
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as made:
        folder = Path(made)
        if connection.vendor == "sqlite":
            name, rows = SQLITE, _copy_sqlite(folder / SQLITE)
        else:
            name, rows = DUMP, _dump_postgres(folder / DUMP)
        parts = {name: folder / name}
        # After the database, so that every file which a row of it names is there.
        evidence = Path(settings.EVIDENCE_ROOT)
        for path in sorted(evidence.rglob("*")) if evidence.is_dir() else []:
            if path.is_file() and not path.name.startswith("."):
                inside = f"{EVIDENCE}/{path.relative_to(evidence).as_posix()}"
                parts[inside] = _kept_still(path, folder)
        if with_keys:
            parts[KEYS] = _keys(folder)
        made_at = clock.now().isoformat(timespec="seconds")
        hashes = {name: digest_of(path) for name, path in parts.items()}
        manifest = Manifest(made_at, __version__, connection.vendor, rows, hashes)
        pack(target, folder, manifest, parts)
    return manifest


def _kept_still(path: Path, folder: Path) -> Path:
    """Give a file another name on the same disk where that is possible, so that erasing cannot take it away now."""
    still = folder / "still"
    still.mkdir(exist_ok=True)
    copy = still / f"{len(list(still.iterdir()))}"
    try:
        os.link(path, copy)
    except OSError:
        shutil.copyfile(path, copy)
    return copy


def restore(manifest: Manifest, folder: Path, source: Path) -> None:
    """Restore an unpacked and checked backup into an empty database and an empty folder of evidence.

    Raises InputError, and writes nothing, when there is something in either already, or the kinds differ.
    """
    if manifest.engine != connection.vendor:
        what = (
            f"the backup is of {_kind(manifest.engine)}, and the database here is {_kind(connection.vendor)}."
        )
        raise InputError(Problem(what, "Set OPENOUTCOMES_DATABASE_URL to one of the same kind.", str(source)))
    _refuse_unless_empty()
    connections.close_all()
    if manifest.engine == "sqlite":
        name = Path(settings.DATABASES["default"]["NAME"])
        shutil.copyfile(folder / SQLITE, name)
        name.chmod(0o600)
    else:
        _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
             "--dbname", _conninfo(), str(folder / DUMP))  # fmt: skip
    if (folder / EVIDENCE).is_dir():
        shutil.copytree(
            folder / EVIDENCE, settings.EVIDENCE_ROOT, dirs_exist_ok=True, copy_function=_private_copy
        )
        Path(settings.EVIDENCE_ROOT).chmod(0o700)
    with transaction.atomic(), connection.cursor() as cursor:
        found = _row_counts(cursor)
        if found != manifest.rows:
            raise RuntimeError("the restored database does not hold the rows that were backed up")
        for table in set(_PASSING) & set(connection.introspection.table_names(cursor)):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of our own


def _private_copy(source: str, target: str) -> None:
    shutil.copyfile(source, target)
    Path(target).chmod(0o600)


def _kind(engine: str) -> str:
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(engine, engine)


def _row_counts(cursor: Any) -> dict[str, int]:
    """Return how many rows each table has, but those that come and go."""
    counts = {}
    for table in sorted(connection.introspection.table_names(cursor)):
        if table not in _PASSING and not table.startswith("sqlite_"):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - from the database
            counts[table] = cursor.fetchone()[0]
    return counts


def _copy_sqlite(target: Path) -> dict[str, int]:
    """Copy the database as it stands at one moment; return how many rows each table of the copy has."""
    live = Path(settings.DATABASES["default"]["NAME"])
    target.touch(mode=0o600)
    with (
        closing(sqlite3.connect(f"file:{live}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        tables = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = sorted(name for (name,) in tables if name not in _PASSING and not name.startswith("sqlite_"))
        quoted = {name: name.replace('"', '""') for name in names}
        return {
            name: copy.execute(f'SELECT COUNT(*) FROM "{safe}"').fetchone()[0]  # noqa: S608 - from the database
            for name, safe in quoted.items()
        }


def _dump_postgres(target: Path) -> dict[str, int]:
    """Dump the database in one snapshot, in which the rows are counted too."""
    _program("pg_dump")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        rows = _row_counts(cursor)
        target.touch(mode=0o600)
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
             "--file", str(target), _conninfo())  # fmt: skip
    return rows


def _conninfo() -> str:
    """Return where PostgreSQL's own programs find the database; the password goes by environment."""
    given: dict[str, Any] = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "dbname": "NAME"}
    said = {name: str(given[key]) for name, key in names.items() if given.get(key)}
    said |= {name: str(value) for name, value in given.get("OPTIONS", {}).items() if name.startswith("ssl")}
    quoted = {name: value.replace("\\", "\\\\").replace("'", "\\'") for name, value in said.items()}
    return " ".join(f"{name}='{value}'" for name, value in quoted.items())


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        mend = "Install PostgreSQL's client programs: on Debian or Ubuntu, postgresql-client."
        raise InputError(Problem(f"{name} is not installed on this machine.", mend))
    return found


def _run(name: str, *arguments: str) -> None:
    environment = {**os.environ, "PGPASSWORD": str(connection.settings_dict.get("PASSWORD") or "")}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [_program(name), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = [line for line in done.stderr.strip().splitlines() if line.strip()]
        mend = "See what it says; pg_dump must be as new as the server."
        raise InputError(Problem(f"{name} did not finish: {said[0] if said else done.returncode}", mend))


def _keys(folder: Path) -> Path:
    path = folder / KEYS
    path.touch(mode=0o600)
    held = {
        "OPENOUTCOMES_SECRET_KEY": settings.SECRET_KEY,
        "OPENOUTCOMES_FIELD_KEYS": ",".join(settings.FIELD_KEYS),
        "OPENOUTCOMES_INDEX_KEY": settings.INDEX_KEY,
    }
    path.write_text(json.dumps(held, indent=1), encoding="utf-8")
    return path


def _refuse_unless_empty() -> None:
    mend = "Restore into another place: nothing is ever written over."
    if connection.vendor == "sqlite":
        name = Path(settings.DATABASES["default"]["NAME"])
        if name.exists():
            raise InputError(Problem("there is a database here already.", mend, str(name)))
    elif connection.introspection.table_names():
        what = "the database is not empty."
        raise InputError(Problem(what, mend, field="OPENOUTCOMES_DATABASE_URL"))
    evidence = Path(settings.EVIDENCE_ROOT)
    if evidence.is_dir() and any(evidence.iterdir()):
        raise InputError(Problem("there are files of evidence here already.", mend, str(evidence)))
