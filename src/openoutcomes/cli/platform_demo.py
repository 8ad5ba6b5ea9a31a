"""``openoutcomes web demo``: a worked partnership of made-up people, built and opened."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from openoutcomes.cli import _output
from openoutcomes.standard.problems import InputError, Problem

_MARK = ".open-outcomes-demo"
_PID = "server.pid"
_PATIENCE = 30.0


def platform_demo(
    home: Annotated[
        Path, typer.Option("--home", help="Folder for the demonstration; one made before is replaced.")
    ] = Path("demo-home"),
    port: Annotated[
        int,
        typer.Option("--port", min=1, max=65_535, help="Where to serve; the next free one when it is taken."),
    ] = 8000,
    people: Annotated[
        int, typer.Option("--people", min=20, max=5000, help="How many people to make up.")
    ] = 240,
    seed: Annotated[int, typer.Option("--seed", help="Another seed makes other people.")] = 1,
    stay: Annotated[bool, typer.Option("--stay", help="Serve until stopped with Ctrl-C.")] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="Stop the demonstration served from this folder.")
    ] = False,
) -> None:
    """Open the platform with a worked partnership of made-up people, to sign in to as anybody.

    Three providers, two payers, an investor, a verifier and an unfunded group; a year of records.
    It is served in the background from this machine to this machine alone, until it is stopped.
    """
    home = home.absolute()
    if home.exists() and not (home / _MARK).exists():
        what = "there is something here that no demonstration made."
        raise InputError(Problem(what=what, mend="Give another folder with --home.", file=str(home)))
    was_running = _stop(home)
    if stop:
        _output.print_text("Stopped." if was_running else "Nothing was running.")
        return
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, mode=0o700)
    (home / _MARK).touch()
    port = _free(port)
    environment = {
        **os.environ,
        "OPENOUTCOMES_HOME": str(home),
        "OPENOUTCOMES_URL": f"http://localhost:{port}",
        "OPENOUTCOMES_DEMO": "yes",
        "OPENOUTCOMES_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "openoutcomes.web.settings",
    }
    os.environ.update(environment)
    with _output.progress() as progress:
        _build(people, seed, progress)
    command = [
        sys.executable,
        "-m",
        "openoutcomes.cli.app",
        "serve",
        "--home",
        str(home),
        "--port",
        str(port),
    ]
    with (home / "server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(  # noqa: S603 - our own command
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    (home / _PID).write_text(str(server.pid), encoding="utf-8")
    _wait(server, port, home)
    _output.print_text(f"Open http://localhost:{port}/ in a browser, and sign in as anybody with one click.")
    if not stay:
        _output.print_text(f"It goes on until you stop it: openoutcomes web demo --stop --home {home.name}")
        return
    try:
        server.wait()
    finally:
        _stop(home)


def _build(people: int, seed: int, progress: _output.Progress) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    progress(0, None, "Making the database")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from openoutcomes.web.demo.building import build

    build(progress, people=people, seed=seed)


def _free(port: int) -> int:
    """Return the first port from ``port`` that nothing listens on."""
    for one in range(port, min(port + 50, 65_536)):
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", one))
            except OSError:
                continue
            return one
    raise InputError(
        Problem(f"ports {port} to {port + 49} are all taken.", "Give another with --port.", field="--port")
    )


def _wait(server: subprocess.Popen[bytes], port: int, home: Path) -> None:
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends and server.poll() is None:
        try:
            link = http.client.HTTPConnection("localhost", port, timeout=5)
            link.request("GET", "/health/")
            if link.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    _stop(home)
    raise RuntimeError(f"the server did not start: see {home / 'server.log'}")


def _stop(home: Path) -> bool:
    """Stop what is served from this folder; say whether anything was."""
    path = home / _PID
    if not path.exists():
        return False
    pid = int(path.read_text(encoding="utf-8"))
    path.unlink()
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return False
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    return True
