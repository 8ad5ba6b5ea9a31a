"""What must hold of every priced contract, whatever its terms and records."""

import datetime as dt
import json
from collections import defaultdict
from decimal import Decimal

from contracts_strategies import FIRST, LATE, SHARES, cases, dataset, engine, terms_of
from hypothesis import given, settings
from hypothesis import strategies as st

from openoutcomes.contracts.pricing import price
from openoutcomes.contracts.report import json_chunks

COLUMNS = ("gross", "payable", "reduced", "held", "refused")


def text(result):
    return "".join(json_chunks(result))


@settings(max_examples=150)
@given(cases())
def test_every_penny_of_gross_is_in_one_column_and_every_total_is_the_sum_of_its_lines(case):
    result = engine(*case)
    sums = defaultdict(Decimal)
    for line in result:
        assert line.gross == line.amount + line.reduced + line.held + line.refused
        assert min(line.gross, line.amount, line.reduced, line.held, line.refused) >= 0
        assert sum(paid for _, paid, _ in line.payers_minor) == line.minor
        assert sum(held for _, _, held in line.payers_minor) == line.held_minor
        assert (line.status == "refused") <= (line.amount == line.held == line.reduced == 0)
        assert (line.status == "held") <= (line.amount == line.refused == 0)
        assert (line.status == "payable") <= (line.amount == line.gross)
        for name, value in zip(
            COLUMNS, (line.gross, line.amount, line.reduced, line.held, line.refused), strict=True
        ):
            sums[name] += value
    totals = result.totals()
    assert totals["earned"] == totals["gross"] - totals["refused"]
    for name in COLUMNS:
        assert totals[name] == sums[name]
        assert sum(row[name] for row in result.by_outcome()) == sums[name]
        assert sum(row[name] for row in result.by_period()) == sums[name]
    assert sum(row["amount"] for row in result.by_payer()) == sums["payable"]
    assert sum(row["held"] for row in result.by_payer()) == sums["held"]
    outcomes = [row["outcome"] for row in result.by_outcome()]
    assert len(set(outcomes)) == len(outcomes)
    assert len({line.line_id for line in result}) == len(result.lines)
    assert json.loads(text(result)) == result.as_dict()


@settings(max_examples=100)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_in_any_table_changes_nothing(case, shuffled):
    terms, rows, as_of = case
    mixed = {name: shuffled.sample(table, len(table)) for name, table in rows.items()}
    assert text(engine(terms, rows, as_of)) == text(engine(terms, mixed, as_of))


@settings(max_examples=100)
@given(cases(), cases(), st.integers(1, 400))
def test_what_becomes_known_later_never_changes_an_earlier_answer(case, other, late):
    terms, rows, as_of = case
    known_on = as_of + dt.timedelta(days=late)
    recorded = dt.date(2019, 6, 1) + dt.timedelta(days=late)
    later = {name: list(table) for name, table in rows.items()}
    numbers = defaultdict(int)
    for row in rows["achievements"]:
        numbers[row["achievement_id"]] = max(numbers[row["achievement_id"]], row.get("version") or 1)
    new = {"recorded_at": f"{recorded.isoformat()}T00:00:00Z"}
    # Everyone has the events of somebody else, learnt later, and each record a later version.
    later["events"] += [
        {
            **row,
            "event_id": f"new-{person['person_id']}-{row['event_id']}",
            "person_id": person["person_id"],
            **new,
        }
        for row in other[1]["events"]
        for person in rows["people"]
    ]
    for row in rows["achievements"]:
        if (row.get("version") or 1) == numbers[row["achievement_id"]]:
            later["achievements"].append(
                {**row, "version": numbers[row["achievement_id"]] + 1, "quantity": "3", **new}
            )
    amended = dict(terms)
    amended["amendments"] = [
        *terms.get("amendments", []),
        {"agreed": known_on.isoformat(), "takes effect": "2014-06-01",
         "changes": {"verification": "not required", "caps": {"contract": "1"}}},
    ]  # fmt: skip
    before, after = engine(terms, rows, as_of), engine(amended, later, as_of)
    assert [line.as_dict() for line in before] == [line.as_dict() for line in after]


@settings(max_examples=150)
@given(cases(amended=False))
def test_no_cap_is_ever_exceeded_by_what_is_paid_and_held_together(case):
    terms, rows, as_of = case
    caps = terms.get("caps", {})
    reserved = defaultdict(Decimal)
    for line in engine(terms, rows, as_of):
        worth = line.amount + line.held
        for scope, value in (("person", line.person_id), ("provider", line.provider_id), ("outcome", line.outcome),
                             ("cohort", line.cohort), ("contract", "")):  # fmt: skip
            reserved[scope, value] += worth
        for payer, paid, held in line.payers_minor:
            reserved["payer", payer] += Decimal(paid + held).scaleb(-3 if terms["currency"] == "KWD" else -2)
    for (scope, value), amount in reserved.items():
        said = caps.get("contract" if scope == "contract" else f"per {scope}")
        limit = said.get(value) if isinstance(said, dict) else said
        if limit is not None and value is not None:
            assert amount <= Decimal(limit), (scope, value)


@settings(max_examples=60)
@given(cases())
def test_records_of_another_contract_change_nothing_but_a_note(case):
    terms, rows, as_of = case
    own = {name: list(table) for name, table in rows.items()}
    own["achievements"] = [{**row, "contract_id": "made"} for row in rows["achievements"]]
    both = {name: list(table) for name, table in own.items()}
    both["achievements"] += [
        {**row, "achievement_id": f"x-{row['achievement_id']}", "contract_id": "other"}
        for row in rows["achievements"]
    ]
    alone, together = engine(terms, own, as_of), engine(terms, both, as_of)
    assert [line.as_dict() for line in alone] == [line.as_dict() for line in together]
    assert all("other" in note for note in set(together.notes) - set(alone.notes) if "not known" not in note)
    renamed = price(terms_of(terms), dataset(both), as_of, contract="other")
    assert {line.line_id for line in renamed} == {f"x-{line.line_id}" for line in alone}


@st.composite
def counted(draw):
    """Terms with no rule about a person, and how many times their outcome was achieved on which days."""
    rule = {"pays": draw(st.sampled_from(["100", {"by volume": {"1 to 3": "9", "at least 4": "7"}},
                                          {"by contract year": {"1": "11", "2": "5"}}, {"council": "1", "health": "2"},
                                          {"by volume": {"1 to 2": {"council": "1", "health": "2"},
                                                         "at least 3": {"council": "3", "health": "0"}}}]))}  # fmt: skip
    limit = draw(st.sampled_from([None, "3 per contract", "2 per contract each quarter"]))
    rule["at most" if limit else "repeatable"] = limit or "yes"
    for key in ("taper", "deadweight"):
        if draw(st.booleans()):
            rule[key] = draw(SHARES)
    terms = {
        "contract": "made", "currency": "JPY", "runs": {"from": "2015-01-01", "to": "2016-12-31"}, "verification": "not required",
        "parties": {"payers": ["council", "health"] if "council" in str(rule["pays"]) else {"council": "1/3", "health": "2/3"}},
        "outcomes": {"home": rule}, "caps": draw(st.sampled_from([{}, {"contract": "5000"}, {"per quarter": "20"}])),
    }  # fmt: skip
    return terms, draw(
        st.dictionaries(
            st.integers(0, 24).map(lambda n: FIRST + dt.timedelta(days=30 * n)), st.integers(1, 6)
        )
    )


@settings(max_examples=150)
@given(counted())
def test_totals_and_people_come_to_the_same_money_when_no_rule_is_about_a_person(case):
    terms, days = case
    counts, people, achievements = [], [{"person_id": "p"}], []
    for on, count in sorted(days.items()):
        counts.append({"achievement_count_id": f"c{on}", "outcome": "home", "count": count,
                       "period_start": on.isoformat(), "period_end": on.isoformat()})  # fmt: skip
        achievements += [
            {
                "achievement_id": f"a{on}-{n}",
                "person_id": "p",
                "outcome": "home",
                "achieved_on": on.isoformat(),
            }
            for n in range(count)
        ]
    by_count = engine(terms, {"achievement_counts": counts}, LATE)
    by_person = engine(terms, {"people": people, "achievements": achievements}, LATE)
    cut = {"taper", "deadweight"} & terms["outcomes"]["home"].keys()
    # Each line is rounded once, so a total may differ from its people by half a unit a line.
    leeway = sum(days.values()) if cut else 0
    # What is over a limit is never paid, so at which step of a price by volume it stands is no matter.
    stepped = "by volume" in terms["outcomes"]["home"]["pays"] and "at most" in terms["outcomes"]["home"]
    for name in ("payable",) if stepped else ("payable", "gross", "reduced"):
        assert abs(by_count.totals()[name] - by_person.totals()[name]) <= leeway, name


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 40), min_size=2, max_size=8), st.sampled_from([("0.2", "0.6"), ("60%", "20%")])
)
def test_a_sliding_price_never_falls_as_the_result_improves(events, ends):
    nothing, everything = ends
    terms = {
        "contract": "made", "currency": "GBP", "runs": {"from": "2015-01-01", "to": "2015-12-31"},
        "parties": {"payers": ["council"]},
        "cohort outcomes": {"rate": {"metric": "m", "sliding": {"nothing at": nothing, "all at": everything, "amount": "1000"}}},
    }  # fmt: skip
    paid = []
    for count in sorted(events, reverse=nothing == "60%"):
        rows = [{"cohort_result_id": "r", "cohort": "one", "metric": "m", "numerator": str(count), "denominator": "40",
                 "period_start": "2015-01-01", "period_end": "2015-06-30"}]  # fmt: skip
        paid.append(engine(terms, {"cohort_results": rows}, LATE).totals()["payable"])
    assert paid == sorted(paid)
    assert all(0 <= amount <= 1000 for amount in paid)
