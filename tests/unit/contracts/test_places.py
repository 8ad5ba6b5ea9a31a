"""Who takes a place when only some may be paid: a penny paid twice, or once too few."""

from collections.abc import Callable
from typing import Any

import pytest

from openoutcomes.contracts.judging import depths
from openoutcomes.contracts.lines import Result
from openoutcomes.contracts.terms import Terms

Priced = Callable[..., Result]
NOT_VERIFIED = "verification: not required\n"


def claims(*said: str, people: tuple[str, ...] = ("p",), **more: Any) -> dict[str, list[dict[str, Any]]]:
    """Rows from ``home 2015-02-01``, with ``evidence`` or ``for p2`` after it."""
    rows = []
    for number, text in enumerate(said, start=1):
        code, on, *rest = text.split()
        row = {
            "achievement_id": f"a{number}",
            "person_id": people[0],
            "outcome": code,
            "achieved_on": on,
            "claimed_on": on,
        }
        for word in rest:
            key, _, value = word.partition("=")
            row[key] = value.split("+") if key == "evidence_kinds" else value
        rows.append(row)
    return {"people": [{"person_id": person} for person in people], "achievements": rows, **more}


def said(result: Result) -> list[str]:
    return [f"{line.line_id} {line.status} {line.rule} {line.amount + line.held:.0f}" for line in result]


def test_a_side_is_not_taken_by_a_claim_that_another_either_or_refuses(priced: Priced) -> None:
    body = (
        NOT_VERIFIED
        + """\
outcomes: {a: {pays: 1, repeatable: yes}, b: {pays: 2, repeatable: yes}, c: {pays: 4, repeatable: yes}}
either or:
  first: {one of: [[a], [b]]}
  second: {one of: [[c], [a]]}
"""
    )
    result = priced(body, claims("c 2015-02-01", "a 2015-02-02", "b 2015-02-03"))
    assert said(result) == ["a1 payable price 4", "a2 refused either-or 0", "a3 payable price 2"]


def test_a_duplicate_milestone_does_not_turn_the_evidence_for_the_next(priced: Priced) -> None:
    kinds = "evidence alternates: [letter, call]"
    body = (
        NOT_VERIFIED
        + f"outcomes: {{m1: {{pays: 1, once per: person, {kinds}}}, m2: {{pays: 2, once per: person, {kinds}}}}}"
    )
    result = priced(
        body,
        claims(
            "m1 2015-02-01 evidence_kinds=letter", "m1 2015-03-01 evidence_kinds=call", "m2 2015-04-01 evidence_kinds=letter"
        ),
    )  # fmt: skip
    assert said(result) == ["a1 payable price 1", "a2 refused once 0", "a3 held evidence alternates 2"]


def test_a_price_by_volume_counts_what_is_paid_and_not_what_finds_no_place(priced: Priced) -> None:
    body = (
        NOT_VERIFIED
        + "outcomes: {home: {pays: {by volume: {1 to 2: 10, at least 3: 1}}, at most: 1 per provider}}"
    )
    rows = claims(
        "home 2015-02-01 provider_id=x", "home 2015-02-02 provider_id=x", "home 2015-02-03 provider_id=y",
        "home 2015-02-04 provider_id=z",
    )  # fmt: skip
    assert said(priced(body, rows)) == [
        "a1 payable price 10", "a2 reduced at most 0", "a3 payable price 10", "a4 payable price 1"
    ]  # fmt: skip


def test_a_claim_beyond_the_last_step_of_a_price_by_volume_takes_no_place(priced: Priced) -> None:
    body = (
        NOT_VERIFIED
        + "outcomes: {home: {pays: {by volume: {1: {by cohort: {x: 9}}}}, at most: 2 per contract}}"
    )
    people = [{"enrolment_id": f"e{c}", "person_id": c, "cohort": c} for c in ("y", "x")]
    rows = claims(
        "home 2015-02-01 person_id=y", "home 2015-02-02 person_id=x", people=("y", "x"), enrolments=people
    )
    assert said(priced(body, rows)) == ["a1 refused price 0", "a2 payable price 9"]


def test_a_claim_made_too_early_is_held_for_its_reason_and_at_its_price(priced: Priced) -> None:
    body = (
        NOT_VERIFIED
        + """\
outcomes:
  home: {pays: 1, once per: person}
  stay: {pays: {by time: {1: 50, at least 2: 20}}, repeatable: yes, follows: {outcome: home, after: 13 weeks}}
"""
    )
    result = priced(body, claims("home 2015-01-05", "stay 2015-02-01", "stay 2015-04-06"))
    assert said(result) == ["a1 payable price 1", "a2 held follows 20", "a3 payable price 50"]


def test_a_claim_made_too_early_gives_way_and_is_refused_as_the_duplicate(priced: Priced) -> None:
    body = (
        NOT_VERIFIED
        + "outcomes: {stay: {pays: 50, once per: person, follows: {start: enrolment, after: 13 weeks}}}"
    )
    start = [{"enrolment_id": "e", "person_id": "p", "started_on": "2015-01-05"}]
    result = priced(body, claims("stay 2015-03-30", "stay 2015-04-06", enrolments=start))
    assert said(result) == ["a1 refused once 0", "a2 payable price 50"]
    assert result.lines[0].refused == 50
    alone = priced(body, claims("stay 2015-03-30", enrolments=start))
    assert said(alone) == ["a1 held follows 50"]


def test_a_claim_too_early_under_a_price_by_volume_is_priced_with_the_rest(priced: Priced) -> None:
    body = (
        NOT_VERIFIED
        + """\
outcomes: {stay: {pays: {by volume: {1: 50, at least 2: 20}}, once per: person, follows: {start: enrolment, after: 13 weeks}}}
"""
    )
    start = [{"enrolment_id": "e", "person_id": "p", "started_on": "2015-01-05"}]
    assert said(priced(body, claims("stay 2015-03-30", enrolments=start))) == ["a1 held follows 50"]
    both = priced(body, claims("stay 2015-03-30", "stay 2015-04-06", enrolments=start))
    assert said(both) == ["a1 refused once 0", "a2 payable price 50"]


@pytest.mark.parametrize(
    ("often", "paid"),
    [
        ("once per: person", 1),
        ("once per: enrolment", 2),
        ("once per: person each quarter", 2),
        ("at most: 3 per person", 3),
    ],
)
def test_how_often_counts_each_person_enrolment_or_period(often: str, paid: int, priced: Priced) -> None:
    body = NOT_VERIFIED + f"outcomes: {{home: {{pays: 1, {often}}}}}"
    enrolments = [
        {"enrolment_id": e, "person_id": "p", "started_on": f"2015-0{n}-01"}
        for n, e in enumerate("xy", start=1)
    ]
    rows = claims(
        "home 2015-02-01 enrolment_id=x", "home 2015-02-02 enrolment_id=y", "home 2015-02-03 enrolment_id=x",
        "home 2015-07-01 enrolment_id=y", enrolments=enrolments,
    )  # fmt: skip
    assert priced(body, rows).totals()["payable"] == paid


def test_once_per_enrolment_counts_a_person_who_has_none_by_the_person(priced: Priced) -> None:
    body = NOT_VERIFIED + "outcomes: {home: {pays: 1, once per: enrolment}}"
    assert priced(body, claims("home 2015-02-01", "home 2015-02-02")).totals()["payable"] == 1


def test_time_between_two_counts_from_the_last_one_that_counted_and_to_the_day(priced: Priced) -> None:
    body = NOT_VERIFIED + "outcomes: {visit: {pays: 1, repeatable: yes, at least apart: 4 weeks}}"
    result = priced(
        body, claims("visit 2015-02-01", "visit 2015-02-28", "visit 2015-03-01", "visit 2015-03-29")
    )
    assert said(result) == [
        "a1 payable price 1", "a2 refused at least apart 0", "a3 payable price 1", "a4 payable price 1"
    ]  # fmt: skip


def test_a_held_claim_keeps_its_side_of_an_either_or(priced: Priced) -> None:
    body = "outcomes: {a: {pays: 1, repeatable: yes}, b: {pays: 9, repeatable: yes, verification: not required}}\neither or: {g: {one of: [[a], [b]]}}"
    assert said(priced(body, claims("a 2015-02-01", "b 2015-02-02"))) == [
        "a1 held verification 1",
        "a2 refused either-or 0",
    ]


def test_either_or_by_enrolment_lets_another_enrolment_choose_again(priced: Priced) -> None:
    body = (
        NOT_VERIFIED
        + "outcomes: {a: {pays: 1, repeatable: yes}, b: {pays: 2, repeatable: yes}}\neither or: {g: {one of: [[a], [b]], per: enrolment}}"
    )
    enrolments = [{"enrolment_id": e, "person_id": "p", "started_on": "2015-01-01"} for e in "xy"]
    rows = claims(
        "a 2015-02-01 enrolment_id=x",
        "b 2015-02-02 enrolment_id=x",
        "b 2015-02-03 enrolment_id=y",
        enrolments=enrolments,
    )
    assert [line.status for line in priced(body, rows)] == ["payable", "refused", "payable"]


def test_the_side_worth_most_is_kept_and_of_equals_the_first(priced: Priced) -> None:
    card = "outcomes: {{a: {{pays: {a}, repeatable: yes}}, b: {{pays: {b}, repeatable: yes}}, z: {{pays: 1, repeatable: yes, who: [{{payment group: x}}]}}}}\neither or: {{g: {{one of: [[a], [b]], keep: highest}}}}"
    rows = claims("a 2015-02-01", "b 2015-02-02", "a 2015-02-03", "unknown 2015-02-04")
    dear = priced(NOT_VERIFIED + card.format(a=5, b=11), rows)
    assert said(dear) == [
        "a1 refused either-or 0", "a2 payable price 11", "a3 refused either-or 0", "a4 refused outcome 0"
    ]  # fmt: skip
    equal = priced(NOT_VERIFIED + card.format(a=5, b=10), rows)
    assert [line.status for line in equal] == ["payable", "refused", "payable", "refused"]


def test_the_side_worth_most_is_chosen_for_each_enrolment_apart(priced: Priced) -> None:
    body = (
        NOT_VERIFIED
        + "outcomes: {a: {pays: 1, repeatable: yes}, b: {pays: 2, repeatable: yes}}\neither or: {g: {one of: [[a], [b]], per: enrolment, keep: highest}}"
    )
    enrolments = [{"enrolment_id": e, "person_id": "p", "started_on": "2015-01-01"} for e in "xy"]
    rows = claims("a 2015-02-01 enrolment_id=x", "b 2015-02-02 enrolment_id=y", enrolments=enrolments)
    assert [line.status for line in priced(body, rows)] == ["payable", "payable"]


def test_what_must_come_first_is_judged_first_on_the_same_day(priced: Priced) -> None:
    body = (
        NOT_VERIFIED
        + "outcomes: {last: {pays: 4, once per: person, follows: middle}, middle: {pays: 2, once per: person, within: 1 day of first}, first: {pays: 1, once per: person}}"
    )
    assert (
        priced(body, claims("last 2015-02-01", "middle 2015-02-01", "first 2015-02-01")).totals()["payable"]
        == 7
    )


def test_depth_counts_how_many_must_come_before(terms: Callable[..., Terms]) -> None:
    read = terms(
        "outcomes: {last: {pays: 4, once per: person, follows: middle}, middle: {pays: 2, once per: person, within: 1 day of first}, first: {pays: 1, once per: person}}"
    )
    assert depths(read.original) == {"first": 0, "middle": 1, "last": 2}


def test_a_fee_for_each_enrolment_needs_a_start_that_has_come(priced: Priced) -> None:
    body = "outcomes: {start: {pays: 100, for each: enrolment, claim within: 1 month}}"
    enrolments = [
        {"enrolment_id": "e1", "person_id": "p", "started_on": "2015-02-01"},
        {"enrolment_id": "e2", "person_id": "p"},
        {"enrolment_id": "e3", "person_id": "p", "started_on": "2015-06-01"},
    ]
    result = priced(body, {"people": [{"person_id": "p"}], "enrolments": enrolments}, "2015-05-31")
    assert said(result) == ["e1:start payable price 100"]
    assert (result.lines[0].source, result.lines[0].achievement_id) == ("enrolments", None)


def test_a_fee_for_each_enrolment_stops_when_an_amendment_takes_it_away(priced: Priced) -> None:
    body = """\
outcomes: {start: {pays: 100, for each: enrolment}, home: {pays: 1, once per: person}}
amendments: [{agreed: 2015-03-01, takes effect: 2015-03-01, changes: {outcomes: {start: }}}]
"""
    enrolments = [{"enrolment_id": f"e{n}", "person_id": "p", "started_on": f"2015-0{n}-01"} for n in (2, 4)]
    result = priced(body, {"people": [{"person_id": "p"}], "enrolments": enrolments})
    assert said(result) == ["e2:start payable price 100"]


def test_an_outcome_moved_by_an_amendment_is_one_row_of_the_totals(priced: Priced) -> None:
    body = """\
outcomes: {home: {pays: 1, repeatable: yes, verification: not required}}
fixed payments: {core: {pays: 10, every: quarter, from: 2015-01-01, to: 2015-12-31}}
amendments:
  - {agreed: 2015-01-01, takes effect: 2015-07-01, changes: {outcomes: {work: {pays: 5, repeatable: yes}}}}
"""
    result = priced(body, claims("home 2015-02-01", "home 2015-08-01"))
    assert [(row["outcome"], row["lines"], row["payable"]) for row in result.by_outcome()] == [
        ("home", 2, 2),
        ("core", 4, 40),
    ]


def test_contributors_share_what_is_paid_by_their_share_or_equally(priced: Priced) -> None:
    body = NOT_VERIFIED + "outcomes: {home: {pays: 100, repeatable: yes, shared with contributors: yes}}"

    def shared(*shares: str | None) -> tuple[tuple[str, int], ...]:
        parts = [
            {
                "contribution_id": f"c{n}",
                "achievement_id": "a1",
                "organisation_id": f"org-{n}",
                "share": share,
            }
            for n, share in enumerate(shares)
        ]
        rows = claims("home 2015-02-01", contributions=parts)
        (line,) = priced(body, rows)
        return line.contributors

    assert shared("0.75", "0.25") == (("org-0", 7500), ("org-1", 2500))
    assert shared("0.75", None) == (("org-0", 5000), ("org-1", 5000))
    assert shared("0", "0", "0") == (("org-0", 3334), ("org-1", 3333), ("org-2", 3333))
    (nobody,) = priced(body, claims("home 2015-02-01"))
    assert nobody.contributors == ()
    assert nobody.as_dict()["contributors"] == []


def test_progress_is_told_from_the_first_to_the_last_claim(priced: Priced) -> None:
    heard: list[tuple[int, int, str]] = []
    priced(NOT_VERIFIED + "outcomes: {home: {pays: 1, repeatable: yes}}", claims("home 2015-02-01", "home 2015-02-02"),
           progress=lambda *said: heard.append(said))  # fmt: skip
    assert heard[0] == (0, 2, "claims judged")
    assert heard[-1] == (2, 2, "claims judged")
    assert not priced(
        "outcomes: {home: {pays: 1, repeatable: yes}}", {}, progress=lambda *_: pytest.fail("nothing to say")
    ).lines


def test_the_garbage_collector_is_left_as_it_was_found(priced: Priced) -> None:
    import gc

    body = NOT_VERIFIED + "outcomes: {home: {pays: 1, repeatable: yes}}"
    assert gc.isenabled()
    priced(body, {})
    assert gc.isenabled()
    gc.disable()
    try:
        priced(body, {})
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_only_a_claim_under_a_known_outcome_can_be_valued(terms: Callable[..., Terms]) -> None:
    import datetime as dt

    from openoutcomes.contracts.lines import Line
    from openoutcomes.contracts.pricing import Pricer, set_worth
    from openoutcomes.contracts.worth import Draft

    read = terms("outcomes: {home: {pays: 1, repeatable: yes}}")
    line = Line("x", "home", dt.date(2015, 1, 1), 0, "achievements", "GBP")
    with pytest.raises(TypeError, match="known outcome"):
        set_worth(Pricer(read, dt.date(2016, 1, 1)), Draft(line, read.original, None, 0, (), None))


def test_notes_say_what_was_left_out_and_why(priced: Priced) -> None:
    body = (
        NOT_VERIFIED
        + "parameters: {x: {means: a price, unit: GBP, value: 3}}\noutcomes: {home: {pays: parameter x, repeatable: yes}}"
    )
    result = priced(body, claims("home 2015-02-01 contract_id=other", "home 2016-02-01"), "2015-12-31")
    assert result.lines == []
    assert result.notes == [
        "1 achievements belong to contract 'other', not 'c': left out.",
        "1 achievements were not known on 2015-12-31: left out.",
    ]
