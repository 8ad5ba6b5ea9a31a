"""Killed at any step, nothing is lost and nothing is done twice: on a real database, with a real SIGKILL."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

#: Some minutes of real processes: depth behind ``make deep``.
pytestmark = pytest.mark.slow

DRIVER = Path(__file__).parents[2] / "web_killing.py"
VERBS = ("prepare", "lock", "withdraw", "approve", "pay", "uphold", "check", "export")
#: Every step in the deep run; otherwise one in so many, and always those around the commit.
STRIDE = 1 if os.environ.get("OPENOUTCOMES_DEPTH") == "deep" else 6


def tried(verb: str, database: str) -> dict[str, object]:
    environment = {**os.environ, "OPENOUTCOMES_TEST_DATABASE_URL": database}
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(DRIVER.parent), os.environ.get("PYTHONPATH", "")])
    )
    run = subprocess.run(
        [sys.executable, str(DRIVER), verb, str(STRIDE)],
        capture_output=True, text=True, check=False, env=environment, timeout=900,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout)


@pytest.mark.parametrize("verb", VERBS)
def test_a_process_killed_at_any_step_loses_and_doubles_nothing_on_sqlite(verb):
    found = tried(verb, "")
    assert found["wrong"] == []
    assert found["tried"] >= 5


@pytest.mark.needs_postgres
@pytest.mark.parametrize("verb", VERBS)
def test_a_process_killed_at_any_step_loses_and_doubles_nothing_on_postgres(verb):
    found = tried(verb, os.environ["OPENOUTCOMES_TEST_DATABASE_URL"])
    assert found["wrong"] == []
    assert found["tried"] >= 5
