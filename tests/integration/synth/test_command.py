"""``openoutcomes synth`` from outside: what it writes, and how it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest

from openoutcomes.standard.reading import check_path


def synth(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "openoutcomes.cli.app", "synth", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8", "PATH": "", "COLUMNS": "200"},
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_each_form_can_be_read_back(form: str, tmp_path: Path) -> None:
    out = "made.xlsx" if form == "xlsx" else "made"
    done = synth(tmp_path, "own-view", "--people", "12", "--seed", "3", "--format", form, "--out", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("12 made-up people")
    report = check_path(tmp_path / out)
    assert report.problems == []
    assert {each.table: each.rows for each in report.tables}["people"] == 12


def test_a_profile_says_how_many_when_nobody_else_does(tmp_path: Path) -> None:
    done = synth(tmp_path, "fair-chance-fund", "--profile", "fair-chance-fund-ambition", "--out", "made")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("409 made-up people")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("own-view", "--people", "0"), "--people"),
        (("own-view", "--people", "-4"), "--people"),
        (("own-vew",), "Did you mean"),
        (("own-view", "--profile", "nowhere"), "there is no such profile"),
        (("own-view", "--profile", "fair-chance-fund-ambition"), "this profile is for the contract"),
        (("own-view", "--set", "nonsense"), "NAME=VALUE"),
        (("own-view", "--format", "docx"), "--format"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    done = synth(tmp_path, *words, "--out", "made")
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "made").exists()


def test_what_is_there_already_is_kept(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "mine.txt").write_text("mine", encoding="utf-8")
    done = synth(tmp_path, "own-view", "--people", "5", "--out", "made")
    assert done.returncode == 2
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["mine.txt"]
    assert "making people" not in done.stderr


@pytest.mark.parametrize(
    ("form", "out", "says"),
    [
        ("xlsx", "made", "The name of a workbook has to end in .xlsx. Write made.xlsx."),
        ("csv", "made.xlsx", "A folder of files cannot be named as a workbook."),
    ],
)
def test_a_name_that_could_not_be_read_back_is_refused(
    form: str, out: str, says: str, tmp_path: Path
) -> None:
    done = synth(tmp_path, "own-view", "--people", "5", "--format", form, "--out", out)
    assert done.returncode == 2
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_the_users_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = synth(tmp_path, "own-view", "--people", "5", "--out", "file/below/made")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Not a directory" in done.stderr


def test_a_profile_under_which_nobody_achieves_anything_is_told(tmp_path: Path) -> None:
    (tmp_path / "young.yaml").write_text("profile: too young\nages: 10 to 12\n", encoding="utf-8")
    done = synth(tmp_path, "fair-chance-fund", "--profile", "young.yaml", "--people", "5", "--out", "made")
    assert done.returncode == 0
    assert "Warning: nobody achieved anything" in done.stderr
