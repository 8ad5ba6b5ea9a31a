"""What cannot be run is said, never passed over: the promises of tests/conftest.py."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TESTS = """
import pytest

def test_anywhere():
    pass

def test_with_data(data_dir):
    assert data_dir.is_dir()

@pytest.mark.slow
def test_deep():
    pass
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A test suite of its own, with this project's settings and conftest."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    folder = tmp_path / "tests"
    folder.mkdir()
    for name in ("conftest.py", "web_settings.py", "web_world.py"):
        shutil.copy(ROOT / "tests" / name, folder)
    (folder / "test_it.py").write_text(TESTS, encoding="utf-8")
    return tmp_path


def run(suite: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENOUTCOMES_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments],
        cwd=suite,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_fresh_clone_passes_and_lists_what_it_could_not_run(suite: Path) -> None:
    done = run(suite)
    assert done.returncode == 0
    assert "1 passed, 2 skipped" in done.stdout
    _, _, listed = done.stdout.partition("Not run here")
    assert "1 test marked needs_data: real data from outside the repository\n" in listed
    assert "why: OPENOUTCOMES_DATA is not set\n" in listed
    assert "how: set OPENOUTCOMES_DATA" in listed
    assert "1 test marked slow" in listed
    assert "how: make deep\n" in listed


def test_with_everything_at_hand_nothing_is_listed(suite: Path) -> None:
    done = run(suite, OPENOUTCOMES_DATA=str(suite), OPENOUTCOMES_REQUIRE="all", OPENOUTCOMES_DEPTH="deep")
    assert done.returncode == 0
    assert "3 passed" in done.stdout
    assert "Not run here" not in done.stdout


@pytest.mark.parametrize("required", ["all", "needs_data"])
@pytest.mark.parametrize("data", ["", "nowhere"])
def test_where_data_is_required_its_absence_fails(suite: Path, required: str, data: str) -> None:
    done = run(suite, OPENOUTCOMES_REQUIRE=required, OPENOUTCOMES_DATA=data)
    assert done.returncode == 1
    assert "1 passed, 1 skipped, 1 error" in done.stdout


def test_a_need_that_does_not_exist_cannot_be_required(suite: Path) -> None:
    done = run(suite, OPENOUTCOMES_REQUIRE="needs_dat")
    assert done.returncode == 4
    assert (
        "OPENOUTCOMES_REQUIRE names needs_dat; it may be 'all' or any of: needs_browser, needs_data, needs_postgres"
        in done.stderr
    )


def test_tests_that_need_data_can_be_left_out_by_marker(suite: Path) -> None:
    done = run(suite, "-m", "not needs_data and not slow", OPENOUTCOMES_REQUIRE="all")
    assert done.returncode == 0
    assert "1 passed, 2 deselected" in done.stdout
