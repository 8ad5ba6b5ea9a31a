"""The root of the ``openoutcomes`` command and its entry point.

Each room's commands live in a module of this package and are added below with one line. Those
modules import what is heavy (DuckDB, PyArrow, openpyxl, Jinja) inside their commands, so that
``openoutcomes --help`` stays quick.

Exit status, for every command: 0 fine; 1 the data has errors; 2 bad usage, or input that cannot
be read; 130 stopped with Ctrl-C; 141 whoever was reading the output went away.
"""

from __future__ import annotations

import errno
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from openoutcomes import __version__
from openoutcomes.cli import _output, check, contract, demo, indigo, ledger, outcomes, platform, synth, voice
from openoutcomes.standard.problems import InputError

FINE, DATA_HAS_ERRORS, CANNOT_USE_INPUT, READER_GONE = 0, 1, 2, 141

#: The operating system's refusals that no command can cause by itself.
_FULL_OR_READ_ONLY = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}

app = typer.Typer(
    name="openoutcomes",
    help="Agree outcomes, record once, pay for what is verified, learn what works.",
    epilog="Each command has its own --help. Exit status: 0 fine, 1 the data has errors, 2 cannot be read.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"openoutcomes {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop."),
    ] = False,
) -> None:
    """Agree outcomes, record once, pay for what is verified, learn what works."""


# Commands, one line each, in the order of the help page: `add_typer` for a group such as `contract`,
# `command("check")` applied to the function for a single command.
app.command("demo")(demo.demo)
app.command("check")(check.check)
app.command("template")(check.template)
app.add_typer(check.app, name="standard")
app.add_typer(outcomes.app, name="outcomes")
app.add_typer(outcomes.instruments_app, name="instruments")
app.add_typer(contract.app, name="contract")
app.add_typer(ledger.app, name="ledger")
app.command("synth")(synth.synth)
app.add_typer(voice.app, name="voice")
app.add_typer(indigo.app, name="indigo")
app.command("serve")(platform.serve)
app.add_typer(platform.app, name="web")


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit status.

    A user's mistake (:class:`~openoutcomes.standard.problems.InputError`, or a path among the
    arguments that the operating system refuses) becomes plain lines on stderr and status 2. Any
    other exception is a bug and keeps its traceback.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    _never_fail_on_a_character()
    try:
        _run(arguments)
    except InputError as error:
        _output.note(_output.problems_text(error.problems))
        sys.exit(CANNOT_USE_INPUT)
    except OSError as error:
        if not _is_users(error, arguments):
            raise
        _output.note(f"Error: {_output.printable(str(error.filename or 'output'))}: {error.strerror}.")
        sys.exit(CANNOT_USE_INPUT)


def _run(arguments: list[str]) -> None:
    """Run the command; a reader that went away (``| head``) ends it without a word."""
    try:
        app(arguments, prog_name="openoutcomes")
    except SystemExit as leaving:
        # Typer turns a broken pipe into status 1, which here would say "the data has errors".
        gone = isinstance(leaving.__context__, BrokenPipeError)
        if gone or not _flushed():
            sys.exit(READER_GONE)
        raise


def _flushed() -> bool:
    """Say whether all output reached its reader; if not, stop Python from trying again at exit."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = io.StringIO()
        return False
    return True


def _never_fail_on_a_character() -> None:
    """Write an escape where the terminal's encoding has no pound sign, rather than fail."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _is_users(error: OSError, arguments: Sequence[str]) -> bool:
    """Say whether the system refused something the user named, or has no room left."""
    if error.errno in _FULL_OR_READ_ONLY:
        return True
    if not isinstance(error.filename, str | bytes):
        return False
    refused = Path(str(error.filename)).absolute()
    named = [Path(part).absolute() for word in arguments for part in {word, word.partition("=")[2]} if part]
    # What was named may lie in a folder that cannot be made: that one is refused, not what was named.
    above = {folder for path in named for folder in path.parents} - {Path.cwd(), *Path.cwd().parents}
    return refused in above or any(path == refused or path in refused.parents for path in named)


if __name__ == "__main__":
    main()
