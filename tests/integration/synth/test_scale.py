"""Scale: a large place's people in seconds, in bounded memory, and still clean."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

_SCRIPT = """
import json, resource, sys, time
from openoutcomes.contracts.catalogue import library_path
from openoutcomes.contracts.reading import load_terms
from openoutcomes.synth.making import make
begun = time.perf_counter()
make(load_terms(library_path("fair-chance-fund")), int(sys.argv[1]), 1).write(sys.argv[2])
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
print(json.dumps({"seconds": time.perf_counter() - begun, "gigabytes": memory}))
"""


@pytest.mark.slow
def test_a_million_people_take_two_minutes_and_three_gigabytes_at_most(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, "1000000", str(tmp_path / "made")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    measured = json.loads(done.stdout)
    assert measured["seconds"] < 120
    assert measured["gigabytes"] < 3


@pytest.mark.slow
def test_three_hundred_thousand_people_pass_the_check(tmp_path: Path) -> None:
    from openoutcomes.contracts.catalogue import library_path
    from openoutcomes.contracts.reading import load_terms
    from openoutcomes.standard.reading import check_path
    from openoutcomes.synth.making import BATCH, make

    people = 300_000
    assert people > 2 * BATCH
    make(load_terms(library_path("own-view"), assume=True), people, 1).write(tmp_path / "made", "parquet")
    begun = time.perf_counter()
    report = check_path(tmp_path / "made")
    assert [str(problem) for problem in report.problems] == []
    assert time.perf_counter() - begun < 120
