"""The real server and the real commands: a charity starts from nothing, and loses nothing."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import sqlite3
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from web_processes import get, openoutcomes, served

#: Makes a person with a name, a telephone and a file of evidence, in a process of its own.
PEOPLE = """
import django; django.setup()
from django.conf import settings
from web_world import make_world
make_world()
settings.EVIDENCE_ROOT.mkdir(parents=True, exist_ok=True)
folder = settings.EVIDENCE_ROOT / "ab"
folder.mkdir()
(folder / "abcdef").write_bytes(b"a letter from a landlord")
"""

#: Says who is found by a name, and whether the evidence is there.
FIND = """
import django; django.setup()
from django.conf import settings
from django.contrib.sessions.models import Session
from django_scopes import scopes_disabled
from openoutcomes.web.core.crypto import search_tokens
from openoutcomes.web.people.models import Person, Token
with scopes_disabled():
    person = Person.objects.get(pk__in=Token.objects.filter(
        digest__in=search_tokens(Person.objects.first().partnership_id, "ash")).values("person"))
print(person.name, person.phone, (settings.EVIDENCE_ROOT / "ab" / "abcdef").read_text(), Session.objects.count())
"""


def python(home: Path, code: str, **settings: str) -> str:
    import subprocess
    import sys

    from web_processes import clean

    tests = Path(__file__).parents[2]
    given = {
        **clean(home, **settings),
        "DJANGO_SETTINGS_MODULE": "openoutcomes.web.settings",
        "PYTHONPATH": str(tests),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_charity_starts_from_an_empty_folder_and_its_first_administrator_joins(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with served(home) as (port, log):
        told = log.read_text(encoding="utf-8")
        assert f"Serving http://localhost:{port} on 127.0.0.1, port {port}" in told
        assert "openoutcomes web create-administrator" in told
        assert get(port, "/health/ready/")[1] == '{"status": "ok"}'
        status, page, headers = get(port, "/")
        assert status == 200
        assert "Sign in" in page
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        style = re.search(r'href="(/static/[^"]+css)"', page)
        assert style is not None
        assert get(port, style[1])[0] == 200
        made = openoutcomes(
            home, "web", "create-administrator", "--email", "first@example.org", "--partnership", "Our Place",
            OPENOUTCOMES_URL=f"http://localhost:{port}",
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        link = urlsplit(made.stdout.strip())
        status, page, _ = get(port, link.path)
        assert status == 200
        assert "Join Our Place" in page
        assert "Administrator" in page
        said = log.read_text(encoding="utf-8")
        assert link.path not in said
        assert "path=/invitation/·/" in said
    assert home.stat().st_mode & 0o77 == 0
    with sqlite3.connect(home / "openoutcomes.sqlite3") as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()


def test_a_port_that_is_taken_is_told_in_a_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = openoutcomes(tmp_path / "home", "serve", "--port", str(port))
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: --port: port {port} of 127.0.0.1 cannot be listened on")
    assert not (tmp_path / "home").exists()


def test_the_server_logs_json_where_it_is_asked_to(tmp_path: Path) -> None:
    with served(tmp_path / "home", OPENOUTCOMES_LOG_JSON="yes") as (port, log):
        get(port, "/accounts/login/?next=/who/")
        lines = [
            json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")
        ]
    (line,) = [line for line in lines if line.get("path") == "/accounts/login/"]
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")
    assert "next" not in json.dumps(lines)


def test_names_are_not_in_the_file_of_the_database(pattern: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    filled(home, {}, pattern)
    held = b"".join(path.read_bytes() for path in home.glob("openoutcomes.sqlite3*"))
    assert b"Harbour Lights" in held  # what is not encrypted is there to be seen
    for name in (b"Ash Example", b"Blake", b"07700"):
        assert name not in held


# Backup and restore, on both databases ------------------------------------------------------


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def places(request: Any) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Settings of two empty places: one to fill and back up, one to restore into."""
    if request.param == "sqlite":
        yield {}, {}
        return
    import psycopg
    from psycopg import sql

    address = urlsplit(os.environ["OPENOUTCOMES_TEST_DATABASE_URL"])
    server = address._replace(path="/postgres").geturl()
    names = [f"oo_{secrets.token_hex(4)}" for _ in range(2)]
    with psycopg.connect(server, autocommit=True) as link:
        for name in names:
            link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield tuple(
            {"OPENOUTCOMES_DATABASE_URL": address._replace(path=f"/{name}").geturl()} for name in names
        )  # type: ignore[misc]
        for name in names:
            link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with people in SQLite and a backup of it, to be copied: making one takes a while."""
    folder: Path = tmp_path_factory.mktemp("pattern")
    home = folder / "home"
    assert openoutcomes(home, "web", "migrate").returncode == 0
    python(home, PEOPLE)
    assert openoutcomes(home, "web", "backup", str(folder / "backup.tar.gz"), "--with-keys").returncode == 0
    return folder


def filled(home: Path, settings: dict[str, str], pattern: Path) -> None:
    """Fill a home folder, and the database that the settings name, with people and a file of evidence."""
    if not settings:
        shutil.copytree(pattern / "home", home)
        return
    assert openoutcomes(home, "web", "migrate", **settings).returncode == 0
    python(home, PEOPLE, **settings)


def test_a_backup_is_restored_whole_with_names_evidence_and_keys(
    places: Any, pattern: Path, tmp_path: Path
) -> None:
    here, there = places
    home, other, file = tmp_path / "home", tmp_path / "other", tmp_path / "backup.tar.gz"
    filled(home, here, pattern)
    python(
        home,
        "import django; django.setup()\n"
        "from django.contrib.sessions.backends.db import SessionStore\n"
        "s = SessionStore(); s['a'] = 1; s.save()",
        **here,
    )
    made = openoutcomes(home, "web", "backup", str(file), "--with-keys", **here)
    assert made.returncode == 0, made.stderr
    assert re.search(r"Backed up [\d,]+ rows and 1 files of evidence in \d+\.\d s", made.stdout)
    assert file.stat().st_mode & 0o77 == 0
    again = openoutcomes(other, "web", "restore", str(file), **there)
    assert again.returncode == 0, again.stderr
    assert re.search(
        r"Restored [\d,]+ rows and 1 files of evidence, as they stood at \S+, in \d+\.\d s", again.stdout
    )
    # Nobody is signed in afterwards.
    assert python(other, FIND, **there) == "Ash Example 07700 900123 a letter from a landlord 0"
    assert (other / "keys.json").stat().st_mode & 0o77 == 0
    assert (other / "evidence" / "ab" / "abcdef").stat().st_mode & 0o77 == 0


def test_nothing_is_written_over(places: Any, pattern: Path, tmp_path: Path) -> None:
    here, there = places
    home, other, file = tmp_path / "home", tmp_path / "other", tmp_path / "backup.tar.gz"
    filled(home, here, pattern)
    assert openoutcomes(home, "web", "backup", str(file), "--with-keys", **here).returncode == 0
    twice = openoutcomes(home, "web", "backup", str(file), **here)
    assert twice.returncode == 2
    assert "there is something here already" in twice.stderr
    into_itself = openoutcomes(home, "web", "restore", str(file), **here)
    assert into_itself.returncode == 2
    assert "already" in into_itself.stderr or "not empty" in into_itself.stderr
    assert openoutcomes(other, "web", "migrate", **there).returncode == 0
    before = python(home, FIND, **here)
    other_keys = openoutcomes(other, "web", "restore", str(file), **there)
    assert other_keys.returncode == 2
    assert "there are keys here already" in other_keys.stderr
    (other / "keys.json").unlink()
    full = openoutcomes(other, "web", "restore", str(file), **there)
    assert full.returncode == 2
    assert "already" in full.stderr or "not empty" in full.stderr
    assert not (other / "keys.json").exists()
    assert python(home, FIND, **here) == before


def test_a_backup_without_keys_is_useless_to_a_thief_and_says_what_it_needs(
    pattern: Path, tmp_path: Path
) -> None:
    home, other, file = tmp_path / "home", tmp_path / "other", tmp_path / "backup.tar.gz"
    filled(home, {}, pattern)
    made = openoutcomes(home, "web", "backup", str(file))
    assert "The keys are not in it" in made.stderr
    with tarfile.open(file) as archive:
        assert "keys.json" not in archive.getnames()
        copy = archive.extractfile("database.sqlite3")
        assert copy is not None
        assert b"Ash Example" not in copy.read()
    refused = openoutcomes(other, "web", "restore", str(file))
    assert refused.returncode == 2
    assert "holds no keys, and there are none here" in refused.stderr
    assert not other.exists()
    other.mkdir(mode=0o700)
    (other / "keys.json").write_bytes((home / "keys.json").read_bytes())
    assert openoutcomes(other, "web", "restore", str(file)).returncode == 0
    assert python(other, FIND).startswith("Ash Example")


def test_keys_that_do_not_fit_are_told_at_once(pattern: Path, tmp_path: Path) -> None:
    home, other, file = tmp_path / "home", tmp_path / "other", tmp_path / "backup.tar.gz"
    filled(home, {}, pattern)
    openoutcomes(home, "web", "backup", str(file))
    openoutcomes(other, "web", "new-key")
    done = openoutcomes(other, "web", "restore", str(file))
    assert done.returncode == 1
    assert "The keys here do not open the names" in done.stderr


def damage(file: Path, how: str) -> None:
    if how == "cut":
        file.write_bytes(file.read_bytes()[:-2000])
        return
    with tarfile.open(file) as archive:
        archive.extractall(file.parent / "parts", filter="data")
    parts = file.parent / "parts"
    if how == "changed":
        (parts / "evidence" / "ab" / "abcdef").write_bytes(b"a letter from a landlorD")
    elif how == "missing":
        (parts / "evidence" / "ab" / "abcdef").unlink()
    elif how == "more":
        (parts / "evidence" / "extra").write_bytes(b"x")
    elif how == "later":
        manifest = json.loads((parts / "manifest.json").read_text(encoding="utf-8"))
        (parts / "manifest.json").write_text(json.dumps({**manifest, "format": 99}), encoding="utf-8")
    elif how == "unsaid":
        (parts / "manifest.json").unlink()
    file.unlink()
    with tarfile.open(file, "w:gz") as archive:
        for path in sorted(parts.rglob("*")):
            archive.add(path, path.relative_to(parts).as_posix(), recursive=False)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("cut", "damaged"),
        ("changed", "evidence/ab/abcdef in it is damaged"),
        ("missing", "does not hold what its manifest says"),
        ("more", "does not hold what its manifest says"),
        ("later", "made by a later version"),
        ("unsaid", "no manifest"),
    ],
)
def test_a_damaged_backup_is_refused_before_anything_is_written(
    pattern: Path, tmp_path: Path, how: str, says: str
) -> None:
    other, file = tmp_path / "other", tmp_path / "backup.tar.gz"
    shutil.copyfile(pattern / "backup.tar.gz", file)
    damage(file, how)
    done = openoutcomes(other, "web", "restore", str(file))
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not other.exists()


def test_a_backup_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = openoutcomes(tmp_path / "other", "web", "restore", str(tmp_path / "none.tar.gz"))
    assert done.returncode == 2
    assert "there is no such file" in done.stderr


def test_a_backup_of_the_other_kind_of_database_is_refused(pattern: Path, tmp_path: Path) -> None:
    elsewhere = {"OPENOUTCOMES_DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    done = openoutcomes(tmp_path / "other", "web", "restore", str(pattern / "backup.tar.gz"), **elsewhere)
    assert done.returncode == 2
    assert "the backup is of SQLite, and the database here is PostgreSQL" in done.stderr


def test_a_folder_without_a_database_is_not_backed_up(tmp_path: Path) -> None:
    done = openoutcomes(tmp_path / "home", "web", "backup", str(tmp_path / "backup.tar.gz"))
    assert done.returncode == 2
    assert "there is no such home folder" in done.stderr
    (tmp_path / "home").mkdir()
    empty = openoutcomes(tmp_path / "home", "web", "backup", str(tmp_path / "backup.tar.gz"))
    assert empty.returncode == 2
    assert "there is no database here yet" in empty.stderr
    assert not (tmp_path / "backup.tar.gz").exists()


# Tidying up, as a timer calls it -------------------------------------------------------------

#: Signs two people in, one of whom is out again by now; says where evidence is kept.
SESSIONS = """
import datetime as dt, django; django.setup()
from django.conf import settings
from django.contrib.sessions.models import Session
now = dt.datetime.now(dt.UTC)
Session.objects.all().delete()
for key, days in (("old", -1), ("new", 1)):
    Session.objects.create(session_key=key, session_data="", expire_date=now + dt.timedelta(days=days))
print(settings.EVIDENCE_ROOT)
"""


def test_tidying_removes_what_has_run_out_and_leaves_what_may_be_in_use(
    pattern: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    filled(home, {}, pattern)
    evidence = Path(python(home, SESSIONS))
    lost, young = evidence / "ab" / "abcdef", evidence / "ab" / "young"
    shutil.copy(lost, young)
    yesterday = lost.stat().st_mtime - 25 * 3600
    os.utime(lost, (yesterday, yesterday))
    done = openoutcomes(home, "web", "tidy")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "Removed 1 session that had run out and 1 file that nothing names."
    assert (lost.exists(), young.exists()) == (False, True)
    again = openoutcomes(home, "web", "tidy")
    assert again.stdout.strip() == "Removed 0 sessions that had run out and 0 files that nothing names."


def test_there_is_nothing_to_tidy_where_there_is_nothing(tmp_path: Path) -> None:
    done = openoutcomes(tmp_path / "home", "web", "tidy")
    assert done.returncode == 2
    assert "there is no such home folder" in done.stderr
    assert not (tmp_path / "home").exists()


# Keys and accounts from the command line ----------------------------------------------------


def test_keys_are_changed_and_the_old_one_forgotten(pattern: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    filled(home, {}, pattern)
    first = json.loads((home / "keys.json").read_text(encoding="utf-8"))["OPENOUTCOMES_FIELD_KEYS"]
    assert "2 keys now" in openoutcomes(home, "web", "new-key").stdout
    done = openoutcomes(home, "web", "rotate-keys", "--forget-old")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^[1-9]\d* rows were encrypted again", done.stdout)
    kept = json.loads((home / "keys.json").read_text(encoding="utf-8"))["OPENOUTCOMES_FIELD_KEYS"]
    assert "," not in kept
    assert kept != first
    assert python(home, FIND).startswith("Ash Example 07700 900123")


def test_keys_in_the_environment_are_printed_and_not_touched(pattern: Path, tmp_path: Path) -> None:
    from cryptography.fernet import Fernet

    home = tmp_path / "home"
    filled(home, {}, pattern)
    given = {"OPENOUTCOMES_FIELD_KEYS": Fernet.generate_key().decode()}
    made = openoutcomes(home, "web", "new-key", **given)
    Fernet(made.stdout.strip())
    refused = openoutcomes(home, "web", "rotate-keys", "--forget-old", **given)
    assert refused.returncode == 2
    assert "in the environment" in refused.stderr


def test_an_account_is_shown_closed_and_opened_again(pattern: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    filled(home, {}, pattern)
    who = "verifier@kirkdale.example"
    shown = openoutcomes(home, "web", "account", who)
    assert "open" in shown.stdout
    assert "Verifier, Kirkdale Together" in shown.stdout
    assert openoutcomes(home, "web", "account", who, "--close").returncode == 0
    assert "closed" in openoutcomes(home, "web", "account", who).stdout
    assert openoutcomes(home, "web", "account", who, "--reopen").returncode == 0
    assert "Taken away: 0" in openoutcomes(home, "web", "account", who, "--forget-second-step").stdout
    nobody = openoutcomes(home, "web", "account", "nobody@example.org")
    assert nobody.returncode == 2
    assert "nobody has an account" in nobody.stderr
    both = openoutcomes(home, "web", "account", who, "--close", "--reopen")
    assert both.returncode == 2


def test_a_second_administrator_from_the_command_line_joins_the_same_partnership(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for email in ("a@example.org", "b@example.org"):
        words = ("web", "create-administrator", "--email", email, "--partnership", "Our Place")
        assert "/invitation/" in openoutcomes(home, *words).stdout
    code = (
        "import django; django.setup()\n"
        "from openoutcomes.web.partnerships.models import Partnership\n"
        "print(Partnership.objects.count())"
    )
    assert python(home, code) == "1"
    for words, says in (
        (("--email", "a", "--partnership", "Our Place"), "is no email address"),
        (("--email", "a@example.org", "--partnership", "???"), "needs a name"),
    ):
        done = openoutcomes(home, "web", "create-administrator", *words)
        assert done.returncode == 2
        assert says in done.stderr
