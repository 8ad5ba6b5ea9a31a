"""The data set: what comes out is what went in, in the right Python types, and quickly."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.problems import InputError
from openoutcomes.standard.tables import TABLES

ROW = {
    "achievement_id": "a1", "person_id": "p1", "outcome": "home", "achieved_on": date(2015, 3, 1),
    "quantity": Decimal("2.50"), "evidence_kinds": ["letter", "tenancy"],
    "evidence_dates": [date(2015, 3, 1), "2015-03-02"], "recorded_at": "2015-07-01T10:00:00+01:00",
}  # fmt: skip


def test_rows_have_every_declared_field_in_order() -> None:
    (row,) = Dataset.from_rows({"achievements": [ROW]}).rows("achievements")
    assert list(row) == list(TABLES["achievements"].by_name)
    assert row["achieved_on"] == date(2015, 3, 1)
    assert str(row["quantity"]) == "2.5"
    assert row["evidence_dates"] == [date(2015, 3, 1), date(2015, 3, 2)]
    assert row["recorded_at"] == datetime(2015, 7, 1, 9, tzinfo=UTC)
    assert (row["claimed_on"], row["version"], row["withdrawn"]) == (None, 1, False)


def test_lists_handed_out_are_not_shared() -> None:
    dataset = Dataset.from_rows({"achievements": [ROW, {**ROW, "achievement_id": "a2"}]})
    (kinds,) = dataset.columns("achievements", ["evidence_kinds"])
    kinds[0].append("changed")
    assert kinds[1] == ["letter", "tenancy"]
    assert dataset.columns("achievements", ["evidence_kinds"])[0][0] == ["letter", "tenancy"]


def test_tables_not_given_are_empty_and_names_not_declared_are_mistakes() -> None:
    dataset = Dataset.from_rows({"people": []})
    assert dataset.partial == {"people"}
    assert (dataset.has("people"), dataset.count("events"), len(dataset)) == (False, 0, 0)
    assert dataset.columns("events", ["event_id", "kind"]) == [[], []]
    assert dataset.columns("people", ["person_id", "version", "characteristics"]) == [[], [], []]
    assert dataset.rows("events") == []
    assert dataset.arrow("events").num_rows == 0
    for wrong in (
        lambda: dataset.count("poeple"),
        lambda: dataset.columns("poeple", []),
        lambda: dataset.columns("people", ["name"]),
        lambda: Dataset.from_arrow({"poeple": pa.table({})}),
        lambda: Dataset.from_arrow({"people": pa.table({"name": ["x"]})}),
    ):
        with pytest.raises(KeyError):
            wrong()


def test_equal_contents_are_equal_and_others_are_not() -> None:
    one, same = (Dataset.from_rows({"people": [{"person_id": "p1"}]}) for _ in range(2))
    assert one == same
    assert one != Dataset.from_rows({"people": [{"person_id": "p2"}]})
    assert one != "people"
    assert repr(one) == "Dataset(people: 1)"


def test_python_values_of_different_types_stay_apart() -> None:
    rows = [{"person_id": "p1", "birth_year": 1990}, {"person_id": "p2", "birth_year": True}]
    with pytest.raises(InputError) as raised:
        Dataset.from_rows({"people": rows})
    assert [(each.code, each.row) for each in raised.value.problems] == [("wrong-type", 3)]


def test_values_that_cannot_be_compared_are_problems_too() -> None:
    rows = [{"person_id": "p1", "sex": {"a": []}}, {"person_id": "p2", "sex": {"a": []}}]
    with pytest.raises(InputError) as raised:
        Dataset.from_rows({"people": rows})
    assert [(each.code, each.row) for each in raised.value.problems] == [("wrong-type", 2), ("wrong-type", 3)]


def big(rows: int) -> Dataset:
    days = [date(2015, 1, 1) + timedelta(days=number) for number in range(900)]
    text = [f"é{number}" for number in range(rows)]
    return Dataset.from_arrow(
        {
            "achievements": pa.table(
                {
                    "achievement_id": [f"a{number}" for number in range(rows)],
                    "person_id": [f"p{number // 4}" for number in range(rows)],
                    "outcome": [f"o{number % 25}" for number in range(rows)],
                    "achieved_on": [days[number % 900] for number in range(rows)],
                    "sustained_to": [days[number % 900] if number % 3 else None for number in range(rows)],
                    "quantity": [Decimal(number % 7) / 2 for number in range(rows)],
                    "note": text,
                    "version": [number + 1 for number in range(rows)],
                    "recorded_at": [
                        datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=n) for n in range(rows)
                    ],
                }
            )
        }
    )


def test_long_columns_come_out_as_short_ones_do() -> None:
    rows = 5_000
    dataset = big(rows)
    names = ["achievement_id", "person_id", "quantity", "note", "version", "recorded_at", "sustained_to"]
    columns = dataset.columns("achievements", names)
    arrow = dataset.arrow("achievements")
    for name, column in zip(names, columns, strict=True):
        assert column == arrow.column(name).to_pylist(), name
    sliced = Dataset.from_arrow({"achievements": arrow.slice(1_234, 2_000)})
    for name, column in zip(names, sliced.columns("achievements", names), strict=True):
        assert column == arrow.column(name).to_pylist()[1_234:3_234], name
    two_chunks = Dataset.from_arrow({"achievements": pa.concat_tables([arrow.slice(0, 7), arrow.slice(7)])})
    assert two_chunks.columns("achievements", names) == columns


def test_repeated_values_are_shared_objects() -> None:
    (days,) = big(2_000).columns("achievements", ["achieved_on"])
    assert days[0] is days[900]


@pytest.mark.slow
def test_twelve_columns_of_a_million_rows_in_seconds() -> None:
    dataset = big(1_000_000)
    names = [field for field in TABLES["achievements"].by_name if not field.startswith("evidence")][:12]
    start = time.perf_counter()
    dataset.columns("achievements", names)
    assert time.perf_counter() - start < 6
