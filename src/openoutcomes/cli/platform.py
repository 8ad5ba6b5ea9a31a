"""``openoutcomes serve`` and ``openoutcomes web``: run the platform and look after it."""

from __future__ import annotations

import os
import socket
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from openoutcomes.cli import _output, platform_demo
from openoutcomes.standard.problems import InputError, Problem

app = typer.Typer(
    help="Look after the platform: its database, backups, keys, accounts and settings.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="Folder of the database, keys and uploads. Default: OPENOUTCOMES_HOME, or openoutcomes-home.",
    ),
]


def _home(home: Path | None) -> Path:
    """Return the home folder that is meant, without making it."""
    if home is not None:
        os.environ["OPENOUTCOMES_HOME"] = str(home.absolute())
    return Path(os.environ.get("OPENOUTCOMES_HOME") or "openoutcomes-home").absolute()


def _set_up(home: Path | None, *, is_new: bool = True) -> Path:
    """Set Django up for a home folder, and return the folder.

    It is made where there is none, unless the command is about what is there already.
    """
    folder = _home(home)
    if not is_new and not folder.exists():
        mend = "Name the folder with --home, or set OPENOUTCOMES_HOME."
        raise InputError(Problem("there is no such home folder.", mend, str(folder)))
    os.environ["DJANGO_SETTINGS_MODULE"] = "openoutcomes.web.settings"
    import django
    from django.conf import settings
    from django.db import DatabaseError, connection

    made: Path = settings.HOME.make()
    django.setup()
    name = connection.settings_dict["NAME"]
    if not is_new and connection.vendor == "sqlite" and not Path(name).exists():
        mend = "Name the right folder with --home, or start with: openoutcomes serve"
        raise InputError(Problem("there is no database here yet.", mend, str(folder)))
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        what = f"the database cannot be reached: {said[0]}"
        name = (
            "OPENOUTCOMES_DATABASE_URL"
            if os.environ.get("OPENOUTCOMES_DATABASE_URL")
            else "OPENOUTCOMES_HOME"
        )
        raise InputError(Problem(what, "Check that it runs, and its address.", field=name)) from None
    return made


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    _tidy()


def _tidy() -> tuple[int, int]:
    """Remove sessions that have run out and files of evidence that no row names; return how many of each."""
    from django.contrib.sessions.models import Session
    from django.core.management import call_command

    from openoutcomes.web.core.clock import now
    from openoutcomes.web.outcomes.files import sweep

    over = Session.objects.filter(expire_date__lt=now()).count()
    call_command("clearsessions", verbosity=0)
    return over, sweep()


def serve(
    home: Home = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65_535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes.")] = 2,
    threads: Annotated[int, typer.Option("--threads", min=1, max=64, help="Threads in each process.")] = 4,
) -> None:
    """Serve the platform from this machine, with its database brought up to date first.

    For a small charity this is all there is to it: a folder, and this command. For a partnership, put it
    behind a proxy and on PostgreSQL: see the pages on running it.
    """
    _refuse_taken(host, port)
    os.environ.setdefault("OPENOUTCOMES_URL", f"http://localhost:{port}")
    folder = _set_up(home)
    _migrate()
    from django.conf import settings
    from django.db import connections

    from openoutcomes.web.accounts.models import User

    _output.note(f"Serving {settings.SITE_URL} on {host}, port {port}, from {folder}. Stop with Ctrl-C.")
    if not User.objects.filter(is_active=True).exists():
        where = f" --home {folder}" if home is not None else ""
        address = (
            "" if settings.SITE_URL == "http://localhost:8000" else f"OPENOUTCOMES_URL={settings.SITE_URL} "
        )
        _output.note(
            "Nobody can sign in yet. In another window, make the first administrator:\n"
            f'  {address}openoutcomes web create-administrator{where} --email you@example.org --partnership "Our Place"'
        )
    # What is open now must not be shared by the processes that serve.
    connections.close_all()
    from openoutcomes.web.serving.server import Server

    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    Server(bind, workers, threads).run()


def _refuse_taken(host: str, port: int) -> None:
    """Say in a line that a port is taken, before a server tries five times and gives up."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except socket.gaierror:
            raise InputError(
                Problem(f"there is no address {host!r}.", "Use 127.0.0.1.", field="--host")
            ) from None
        except OSError as error:
            what = f"port {port} of {host} cannot be listened on: {error.strerror}."
            raise InputError(Problem(what, "Give another with --port.", field="--port")) from None


@app.command("migrate")
def migrate(home: Home = None) -> None:
    """Bring the database up to date with this version; safe to run again."""
    _set_up(home)
    _migrate()
    _output.print_text("The database is up to date.")


@app.command("tidy")
def tidy(home: Home = None) -> None:
    """Remove sessions that have run out, and files of evidence that nothing names; for a timer, each night.

    Serving and migrating do it too, when they begin. Nothing that is in use is touched: a file is left
    alone until it is a day old.
    """
    _set_up(home, is_new=False)
    sessions, files = _tidy()
    _output.print_text(
        f"Removed {_counted(sessions, 'session')} that had run out and {_counted(files, 'file')} that nothing names."
    )


def _counted(count: int, one: str) -> str:
    return f"{count:,} {one}{'' if count == 1 else 's'}"


@app.command("check")
def check(home: Home = None) -> None:
    """Check that the settings are fit to serve others; exits with 1 when something is not."""
    _set_up(home)
    from django.conf import settings
    from django.core.checks import Warning as Unsafe
    from django.core.checks import run_checks

    found = [one for one in run_checks(include_deployment_checks=True) if one.level >= Unsafe("").level]
    if not settings.IS_HTTPS:
        # What Django says then all comes from this.
        _output.note("OPENOUTCOMES_URL is not https: fit for this machine alone.")
        found = [one for one in found if not str(one.id).startswith("security.")]
    for one in found:
        _output.note(f"{one.id}: {one.msg}" + (f" {one.hint}" if one.hint else ""))
    if settings.EMAIL_FILE_PATH:
        _output.note(
            f"OPENOUTCOMES_EMAIL_URL is not set: messages are written to {settings.EMAIL_FILE_PATH}."
        )
    if found or not settings.IS_HTTPS:
        raise typer.Exit(1)
    _output.print_text("Fit to serve others.")


@app.command("create-administrator")
def create_administrator(
    email: Annotated[str, typer.Option("--email", help="Address of the administrator.")],
    partnership: Annotated[str, typer.Option("--partnership", help="Name of the partnership.")],
    home: Home = None,
) -> None:
    """Make a partnership (or find it by its name), and print a link by which its administrator joins.

    The link works once, for 14 days. Nothing is sent: pass it on, or open it yourself.
    """
    _set_up(home)
    _migrate()
    from openoutcomes.web.accounts.upkeep import invite_first_administrator

    link = invite_first_administrator(email=email, partnership=partnership)
    _output.note("Open this to choose a name and a password. It works once, for 14 days:")
    _output.print_text(link)


@app.command("account")
def account(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Address that somebody signs in with.")],
    home: Home = None,
    close: Annotated[
        bool, typer.Option("--close", help="Sign them out everywhere, and let them in no more.")
    ] = False,
    reopen: Annotated[bool, typer.Option("--reopen", help="Let them in again.")] = False,
    forget_second_step: Annotated[
        bool,
        typer.Option(
            "--forget-second-step", help="For somebody who lost their telephone, keys and recovery codes."
        ),
    ] = False,
) -> None:
    """Show an account, close or reopen it, or take a lost second step away. Noted in the audit trail."""
    if close + reopen + forget_second_step > 1:
        raise InputError(
            Problem("one thing at a time can be done to an account.", "Give one of the options.")
        )
    _set_up(home, is_new=False)
    from openoutcomes.web.accounts import upkeep

    if close:
        upkeep.close(email)
        _output.print_text("Closed, and signed out everywhere.")
    elif reopen:
        upkeep.reopen(email)
        _output.print_text("Open again.")
    elif forget_second_step:
        count = upkeep.forget_second_step(email)
        _output.print_text(f"Taken away: {count}. They are signed out, and add a new one when they sign in.")
    else:
        _output.print_text(_output.table_text(("what", "is"), upkeep.describe(email)))


@app.command("backup")
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="File to write, ending in .tar.gz.")],
    home: Home = None,
    with_keys: Annotated[
        bool,
        typer.Option("--with-keys", help="Put the keys in it: whoever has the file can then read names."),
    ] = False,
) -> None:
    """Back everything up into one file, while people work."""
    began = time.perf_counter()
    target = target.absolute()
    _set_up(home, is_new=False)
    from openoutcomes.web.serving import backups

    made = backups.backup(target, with_keys=with_keys)
    took = time.perf_counter() - began
    size = target.stat().st_size / 1_000_000
    rows = sum(made.rows.values())
    _output.print_text(
        f"Backed up {rows:,} rows and {made.evidence:,} files of evidence in {took:.1f} s ({size:,.1f} MB): {target}"
    )
    if not with_keys:
        _output.note(
            "The keys are not in it. Keep a copy of them elsewhere: without them no name can be read."
        )


@app.command("restore")
def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    home: Home = None,
) -> None:
    """Restore a backup into an empty home folder, or an empty PostgreSQL. Nothing is written over.

    Everything in it is checked first. Afterwards nobody is signed in.
    """
    from openoutcomes.web.serving import archive

    began = time.perf_counter()
    source, folder = source.absolute(), _home(home)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".restore-") as made:
        unpacked = Path(made)
        held = archive.unpack(source, unpacked)
        placed = _place_keys(held, unpacked, folder, source)
        try:
            _set_up_without_database(home)
            from openoutcomes.web.serving import backups

            backups.restore(held, unpacked, source)
        except BaseException:
            if placed:
                (folder / archive.KEYS).unlink()
            raise
    _migrate()
    from openoutcomes.web.serving import keys

    fits = keys.fits()
    rows, took = sum(held.rows.values()), time.perf_counter() - began
    _output.print_text(
        f"Restored {rows:,} rows and {held.evidence:,} files of evidence, as they stood at {held.made_at},"
        f" in {took:.1f} s."
    )
    if not fits:
        _output.note(
            "The keys here do not open the names in it. Put the keys of that platform into"
            f" {folder / archive.KEYS}, or into the environment, before anybody works with it."
        )
        raise typer.Exit(1)


def _place_keys(held: object, unpacked: Path, folder: Path, source: Path) -> bool:
    """Put the keys of a backup into the home folder; say whether that was done.

    Refuses where other keys are there already, and where there would be none.
    """
    from openoutcomes.web.serving.archive import KEYS, Manifest

    assert isinstance(held, Manifest)  # noqa: S101 - the module is imported late
    ours = folder / KEYS
    given = all(os.environ.get(f"OPENOUTCOMES_{name}") for name in ("FIELD_KEYS", "INDEX_KEY"))
    if not held.has_keys:
        if not ours.exists() and not given:
            mend = (
                f"Put the keys.json of that platform into {folder} first, or set the keys in the environment."
            )
            raise InputError(Problem("the backup holds no keys, and there are none here.", mend, str(source)))
        return False
    if given:
        return False
    if ours.exists():
        if ours.read_bytes() == (unpacked / KEYS).read_bytes():
            return False
        mend = "Restore into another folder."
        raise InputError(
            Problem("there are keys here already, other than those in the backup.", mend, str(ours))
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ours.touch(mode=0o600)
    ours.write_bytes((unpacked / KEYS).read_bytes())
    return True


def _set_up_without_database(home: Path | None) -> None:
    """Set Django up without touching the database: opening an SQLite file would make it."""
    _home(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "openoutcomes.web.settings"
    import django
    from django.conf import settings

    settings.HOME.make()
    django.setup()


@app.command("new-key")
def new_key(home: Home = None) -> None:
    """Add a new key for names and contacts to those in the home folder, in front of the others.

    Where the keys are in the environment, it is printed instead, to be put there by hand.
    """
    if os.environ.get("OPENOUTCOMES_FIELD_KEYS"):
        from cryptography.fernet import Fernet

        _output.note("Put this in front of the others in OPENOUTCOMES_FIELD_KEYS, with a comma after it:")
        _output.print_text(Fernet.generate_key().decode())
        return
    _set_up_without_database(home)
    from django.conf import settings

    count = len(settings.HOME.add_field_key().split(","))
    _output.print_text(
        f"There are {count} keys now. Start the platform again, then: openoutcomes web rotate-keys"
    )


@app.command("rotate-keys")
def rotate_keys(
    home: Home = None,
    forget_old: Annotated[
        bool,
        typer.Option(
            "--forget-old", help="Then take the older keys out of the home folder: older backups need them."
        ),
    ] = False,
) -> None:
    """Encrypt again with the newest key whatever is not yet: names, contacts, bank details, second steps.

    It can be stopped and run again, and people can work meanwhile.
    """
    _set_up(home, is_new=False)
    from django.conf import settings

    from openoutcomes.web.serving import keys

    if forget_old and os.environ.get("OPENOUTCOMES_FIELD_KEYS"):
        what = "the keys are in the environment, which this command cannot change."
        raise InputError(
            Problem(what, "Leave --forget-old out; take the old keys out by hand.", field="--forget-old")
        )
    try:
        with _output.progress() as tell:
            done = keys.rotate(tell)
    except LookupError as error:
        raise InputError(Problem(str(error.args[0]), field="OPENOUTCOMES_FIELD_KEYS")) from None
    _output.print_text(f"{done:,} rows were encrypted again. Everything opens with the newest key.")
    if forget_old:
        still = keys.left()
        if still:
            what = f"{still:,} rows were written with an older key meanwhile."
            mend = "Start the platform again, so that all of it uses the newest key, then run this again."
            raise InputError(Problem(what, mend))
        settings.HOME.keep_newest_field_key()
        _output.print_text("The older keys are forgotten here.")


app.command("demo")(platform_demo.platform_demo)
