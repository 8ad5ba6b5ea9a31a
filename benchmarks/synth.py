"""How long it takes to make synthetic people, and how much memory.

People under the Fair Chance Fund (21 outcomes) with the profile that its terms give, made and
written as Parquet.

The baseline, "one person at a time", is the straightforward loop in plain Python over the same
outcomes: for each person draw a start, then for each outcome a chance and a delay, and keep a
row for each one achieved. It does far less (no evidence, claims, findings, losses, needs,
readings or files), so the ratio flatters it.

    python benchmarks/synth.py [--people 100000]
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import resource
import tempfile
import time
from pathlib import Path

from openoutcomes.contracts.catalogue import library_path
from openoutcomes.contracts.reading import load_terms
from openoutcomes.contracts.terms import Terms
from openoutcomes.synth.brief import Brief
from openoutcomes.synth.defaults import derive
from openoutcomes.synth.making import make

MOST_IN_BASELINE = 50_000


def one_at_a_time(terms: Terms, people: int) -> int:
    """Make rows of achievements person by person; return how many."""
    chance = random.Random(1)  # noqa: S311 - made-up people, not keys
    profile = derive(Brief(terms))
    first = dt.date(2015, 1, 1)
    rates = [(code, float(one.rate), one.after.median) for code, one in profile.outcomes.items()]
    rows = []
    for number in range(people):
        start = first + dt.timedelta(days=chance.randrange(365))
        for code, rate, median in rates:
            if chance.random() < rate:
                day = start + dt.timedelta(days=int(chance.lognormvariate(0, 0.7) * median))
                rows.append({"person_id": f"syn-{number:09}", "outcome": code, "achieved_on": day})
    return len(rows)


def main() -> None:
    """Time both and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    people = parser.parse_args().people
    terms = load_terms(library_path("fair-chance-fund"), assume=True)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        made = make(terms, people, 1)
        drawn = time.perf_counter()
        made.write(Path(folder) / "data", "parquet")
        done = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    few = min(people, MOST_IN_BASELINE)
    before = time.perf_counter()
    one_at_a_time(terms, few)
    looped = time.perf_counter() - before
    speed, drawn_speed, baseline = people / (done - begun), people / (drawn - begun), few / looped
    print(f"people                     {people:>12,}")
    print(f"draw                       {drawn - begun:>12.1f} s  ({drawn_speed:,.0f} people a second)")
    print(f"write                      {done - drawn:>12.1f} s")
    print(f"draw and write             {done - begun:>12.1f} s  ({speed:,.0f} people a second)")
    print(f"most memory                {memory:>12.2f} GB")
    print(f"baseline (one at a time, achievements only, no files): {baseline:,.0f} people a second")
    print(f"ratio to the baseline: drawing {drawn_speed / baseline:.1f}, with writing {speed / baseline:.1f}")


if __name__ == "__main__":
    main()
