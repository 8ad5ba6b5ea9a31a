"""How long it takes to price a million achievements, and how much memory.

A card of 25 outcomes: five chains of five, each step following the one before after four
weeks, with evidence, verification, a claim window, a who condition, caps per person, outcome,
quarter and contract, and two payers. The data set is written once as Parquet and read back as
a user's would be.

The baseline is a loop over the same records with no rules at all: look up the price, multiply,
add as Decimal. The ratio says what the rules, reasons and shares cost beyond reading and adding.

    python benchmarks/pricing.py [--achievements 1000000]
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from openoutcomes.contracts.pricing import price
from openoutcomes.contracts.reading import parse_terms, read_terms
from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.reading import load
from openoutcomes.standard.writing import write_dataset

CHAINS, STEPS = 5, 5


def terms_text() -> str:
    """Return the card as YAML."""
    rows = [
        "contract: benchmark", "currency: GBP", "runs: {from: 2015-01-01, to: 2019-12-31}",
        "parties: {payers: {council: 2/3, health: 1/3}}", "who: [{age at enrolment: 16 to 65}]", "outcomes:",
    ]  # fmt: skip
    for chain in range(CHAINS):
        for step in range(STEPS):
            follows = f", follows: {{outcome: c{chain}-s{step - 1}, after: 4 weeks}}" if step else ""
            rows.append(
                f"  c{chain}-s{step}: {{pays: {100 * (step + 1)}, once per: person, evidence: letter or form, "
                f"claim within: 6 months{follows}}}"
            )
    rows.append(
        "caps: {per person: 3000, per outcome: {c0-s0: 2000000}, per quarter: 9000000, contract: 150000000}"
    )
    return "\n".join(rows)


def make(count: int) -> Dataset:
    """Return a data set of ``count`` achievements, eight or so for each person."""
    first = dt.date(2015, 1, 5)
    people = max(1, count // 8)
    person, outcome, achieved = [], [], []
    for i in range(count):
        who, nth = i % people, i // people
        chain, step = (who + nth // STEPS) % CHAINS, nth % STEPS
        person.append(f"p{who:07}")
        outcome.append(f"c{chain}-s{step}")
        late = 20 if (who * 7 + nth) % 11 == 0 else 30
        achieved.append(first + dt.timedelta(days=who % 900 + step * late + 150 * (nth // STEPS)))
    ids = [f"a{i:08}" for i in range(count)]
    everyone = [f"p{i:07}" for i in range(people)]
    started = [first - dt.timedelta(days=1) + dt.timedelta(days=i % 900) for i in range(people)]
    return Dataset.from_arrow(
        {
            "people": pa.table({"person_id": everyone}),
            "enrolments": pa.table(
                {
                    "enrolment_id": [f"e{i:07}" for i in range(people)],
                    "person_id": everyone,
                    "started_on": pa.array(started, pa.date32()),
                    "age_at_start": pa.array([15 + i % 50 for i in range(people)], pa.int64()),
                }
            ),
            "achievements": pa.table(
                {
                    "achievement_id": ids,
                    "person_id": person,
                    "outcome": outcome,
                    "achieved_on": pa.array(achieved, pa.date32()),
                    "claimed_on": pa.array(achieved, pa.date32()),
                    "evidence_kinds": [["letter"] if i % 41 else [] for i in range(count)],
                }
            ),
            "verifications": pa.table(
                {
                    "verification_id": [f"v{i:08}" for i in range(count)],
                    "achievement_id": ids,
                    "state": ["accepted" if i % 53 else "queried" for i in range(count)],
                    "verified_on": pa.array(achieved, pa.date32()),
                }
            ),
        }
    )


def baseline(data: Dataset) -> Decimal:
    """Add up price × quantity with no rules."""
    prices = {f"c{c}-s{s}": Decimal(100 * (s + 1)) for c in range(CHAINS) for s in range(STEPS)}
    total = Decimal(0)
    for outcome, quantity in zip(*data.columns("achievements", ["outcome", "quantity"]), strict=True):
        total += prices[outcome] * (quantity or 1)
    return total


def main() -> None:
    """Make the data, time both, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--achievements", type=int, default=1_000_000)
    count = parser.parse_args().achievements
    terms = read_terms(parse_terms(terms_text()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data"
        write_dataset(make(count), path, format="parquet")
        begun = time.perf_counter()
        data = load(path)
        loaded = time.perf_counter()
        worked = time.process_time()
        result = price(terms, data, dt.date(2020, 6, 30))
        worked = time.process_time() - worked
        done = time.perf_counter()
        baseline(data)
        added = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    totals = result.totals()
    print(f"achievements           {count:>12,}")
    print(f"check and load         {loaded - begun:>12.1f} s")
    print(f"price                  {done - loaded:>12.1f} s ({worked:.1f} s of one core's time)")
    print(f"most memory            {memory:>12.2f} GB (making the data included)")
    print(f"payable                {totals['payable']:>12,}")
    print(f"held / reduced / refused {totals['held']:,} / {totals['reduced']:,} / {totals['refused']:,}")
    print(
        f"baseline (no rules, no reasons, Decimal loop): {added - done:.2f} s; ratio {(done - loaded) / (added - done):.1f}"
    )


if __name__ == "__main__":
    main()
