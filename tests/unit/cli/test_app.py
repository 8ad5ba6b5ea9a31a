"""The command line's promises: exit statuses, plain words for mistakes, tracebacks for bugs.

Each case runs the real entry point in its own process, with one extra command that misbehaves.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from openoutcomes import __version__

PROBE = """
import sys
from openoutcomes.cli import app as root
from openoutcomes.standard.problems import InputError, Problem

@root.app.command()
def probe(path: str = ""):
    {body}

root.main(sys.argv[1:])
"""

#: What no command may need in order to show its help.
HEAVY = {"duckdb", "holidays", "jinja2", "numpy", "openpyxl", "pandas", "pyarrow", "rich"}


def run(body: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = PROBE.format(body=body.replace("\n", "\n    "))
    return subprocess.run(
        [sys.executable, "-c", code, "probe", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )


def openoutcomes(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "openoutcomes.cli.app", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_command_that_works_leaves_with_status_0() -> None:
    done = run("print('fine')")
    assert (done.returncode, done.stdout, done.stderr) == (0, "fine\n", "")


def test_data_with_errors_leaves_with_status_1() -> None:
    assert run("import typer; raise typer.Exit(1)").returncode == 1


def test_unreadable_input_is_told_in_plain_lines_with_status_2() -> None:
    done = run("raise InputError([Problem('Not UTF-8.', file='a.csv'), Problem('Empty.', mend='Fill it.')])")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: a.csv: Not UTF-8.\nError: Empty. Fill it.\n"


def test_a_bug_keeps_its_traceback() -> None:
    done = run("{}['the key that should be there']")
    assert done.returncode == 1
    assert "Traceback (most recent call last)" in done.stderr
    assert done.stderr.endswith("KeyError: 'the key that should be there'\n")


@pytest.mark.parametrize("style", [["--path", "{}"], ["--path={}"]])
def test_a_path_the_system_refuses_is_the_users_when_the_user_named_it(
    tmp_path: Path, style: list[str]
) -> None:
    missing = tmp_path / "missing.csv"
    done = run("open(path)", *(word.format(missing) for word in style))
    assert done.returncode == 2
    assert done.stderr == f"Error: {missing}: No such file or directory.\n"


def test_a_file_inside_a_folder_the_user_named_is_the_users(tmp_path: Path) -> None:
    done = run("open(path + '/people.csv')", "--path", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == f"Error: {tmp_path}/people.csv: No such file or directory.\n"


def test_a_missing_file_of_our_own_is_a_bug(tmp_path: Path) -> None:
    done = run(f"open({str(tmp_path / 'ours.yaml')!r})")
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_a_full_disk_is_told_in_plain_words() -> None:
    done = run("import errno, os; raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))")
    assert (done.returncode, done.stderr) == (2, "Error: output: No space left on device.\n")


@pytest.mark.parametrize(
    "body",
    [
        "for i in range(100_000): print(i)",  # the pipe breaks while printing
        "import time; time.sleep(0.5); print('late')",  # it breaks in the last flush
    ],
)
def test_a_reader_that_goes_away_ends_the_command_without_a_word(body: str) -> None:
    code = PROBE.format(body=body)
    with subprocess.Popen(
        [sys.executable, "-c", code, "probe"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (141, b"")


def test_ctrl_c_leaves_with_status_130_and_no_traceback() -> None:
    code = PROBE.format(body="import time; print('started', flush=True); time.sleep(60)")
    with subprocess.Popen(
        [sys.executable, "-c", code, "probe"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert (process.returncode, said) == (130, b"")


def test_a_terminal_without_a_pound_sign_still_gets_the_answer() -> None:
    done = run("print('£5')", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (0, "\\xa35\n")


def test_the_version_is_shown_and_nothing_else() -> None:
    done = openoutcomes("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"openoutcomes {__version__}\n", "")


@pytest.mark.parametrize("arguments", [["--colour"], ["prise"], []])
def test_bad_usage_leaves_with_status_2_and_the_way_to_help(arguments: list[str]) -> None:
    done = openoutcomes(*arguments)
    assert done.returncode == 2
    assert "--help" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_help_is_plain_text_that_any_terminal_can_show() -> None:
    done = openoutcomes("--help")
    assert done.returncode == 0
    assert done.stdout.isascii()


def test_help_does_not_wait_for_heavy_libraries() -> None:
    code = (
        "import sys, openoutcomes.cli.app; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(loaded.stdout.split()) == set()
