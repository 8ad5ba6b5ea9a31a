"""Lines that no single person earns: cohort results, block payments, surpluses and totals."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from openoutcomes.contracts.cohorts import Reported, figure_of, say_figure
from openoutcomes.contracts.lines import Result
from openoutcomes.contracts.terms import Figure, Terms
from openoutcomes.standard.problems import InputError

Priced = Callable[..., Result]


def said(result: Result) -> list[str]:
    return [f"{line.line_id} {line.status} {line.rule} {line.amount + line.held}" for line in result]


def results(*rows: tuple[Any, ...], ends: str | None = "2015-12-31") -> dict[str, list[dict[str, Any]]]:
    """Rows from (cohort, arm, numerator, denominator, mean)."""
    names = ("cohort", "arm", "numerator", "denominator", "mean")
    made = []
    for number, row in enumerate(rows, start=1):
        values = dict(zip(names, row, strict=False))
        period = {"period_start": ends and "2015-01-01", "period_end": ends}
        made.append({"cohort_result_id": f"r{number}", "metric": "m", **period, **values})
    return {"cohort_results": made}


def row(cohort: str = "1", arm: str | None = None, **numbers: int) -> Reported:
    values = {name: Fraction(value) for name, value in numbers.items()}
    return Reported(
        "r", cohort, arm, "m", values.get("numerator"), values.get("denominator"), values.get("mean"), None
    )


SERVED, OTHERS = (
    row(arm="treatment", numerator=40, denominator=100),
    row(arm="comparison", numerator=30, denominator=50),
)


@pytest.mark.parametrize(
    ("compared", "figure"),
    [
        ("fall", Fraction(1, 3)), ("rise", Fraction(-1, 3)), ("fewer", Fraction(1, 5)), ("more", Fraction(-1, 5)),
        ("units avoided", Fraction(20)), ("units gained", Fraction(-20)),
    ],
)  # fmt: skip
def test_a_figure_is_compared_with_the_other_arm_exactly(compared: str, figure: Fraction) -> None:
    against = Figure("m", "rate", arm="treatment", against="comparison", compared=compared)
    assert figure_of(against, [SERVED, OTHERS]) == figure
    baseline = Figure("m", "rate", arm="treatment", baseline=Fraction(3, 5), compared=compared)
    assert figure_of(baseline, [SERVED, OTHERS]) == figure


@pytest.mark.parametrize(
    ("figure", "rows", "why"),
    [
        (Figure("m", "rate"), [], "no result is recorded"),
        (Figure("m", "rate", arm="treatment"), [OTHERS], "no result of treatment is recorded"),
        (Figure("m", "rate"), [row(numerator=1)], "a result has no denominator"),
        (Figure("m", "numerator"), [row(denominator=1)], "a result has no numerator"),
        (Figure("m", "rate"), [row(numerator=1, denominator=0)], "the denominator is zero"),
        (Figure("m", "mean"), [row(numerator=1)], "a result has no mean"),
        (Figure("m", "mean"), [row(mean=1), row(mean=2)], "means cannot be pooled without their denominators"),
        (Figure("m", "rate", "treatment", "comparison", None, "fall"), [SERVED], "no result of comparison is recorded"),
        (Figure("m", "rate", "treatment", "", None, "fall"), [SERVED], "there is no baseline"),
        (
            Figure("m", "rate", "treatment", "", Fraction(0), "rise"), [SERVED],
            "the figure compared with is zero, so there is no relative change",
        ),
    ],
)  # fmt: skip
def test_what_is_missing_from_a_figure_is_said(figure: Figure, rows: list[Reported], why: str) -> None:
    assert figure_of(figure, rows) == why


def test_rows_of_one_arm_are_added_and_means_weighted() -> None:
    assert figure_of(
        Figure("m", "rate"), [row(numerator=1, denominator=2), row(numerator=2, denominator=4)]
    ) == Fraction(1, 2)
    assert figure_of(Figure("m", "mean"), [row(mean=1, denominator=1), row(mean=4, denominator=2)]) == 3
    assert figure_of(Figure("m", "mean"), [row(mean=7)]) == 7
    assert figure_of(Figure("m", "denominator"), [row(denominator=3), row(denominator=4)]) == 7


@pytest.mark.parametrize(
    ("figure", "value", "shown"),
    [
        (Figure("m", "rate"), Fraction(1, 3), "m is 33.33%"),
        (Figure("m", "rate"), Fraction(0), "m is 0%"),
        (Figure("m", "mean"), Fraction(5, 2), "m is 2.5"),
        (Figure("m", "mean", compared="fall"), Fraction(1, 10), "m fell by 10%"),
        (Figure("m", "mean", compared="more"), Fraction(1, 10), "m is higher by 0.1"),
        (Figure("m", "rate", compared="units avoided"), Fraction(20), "m units avoided: 20"),
    ],
)
def test_a_figure_is_said_as_people_say_it(figure: Figure, value: Fraction, shown: str) -> None:
    assert say_figure(figure, value) == shown


def steps(more: str = "") -> str:
    return (
        "cohort outcomes: {c: {metric: m, steps: {at least 10%: 100, at least 20%: 300, at least 30%: 200}"
        + more
        + "}}"
    )


@pytest.mark.parametrize(
    ("count", "line"),
    [
        ("9", "c:1 refused result 0.00"), ("10", "c:1 payable result 100.00"), ("19.999", "c:1 payable result 100.00"),
        ("20", "c:1 payable result 300.00"), ("35", "c:1 payable result 300.00"),
    ],
)  # fmt: skip
def test_the_dearest_step_that_fits_is_paid(count: str, line: str, priced: Priced) -> None:
    assert said(priced(steps(), results(("1", None, count, "100")))) == [line]


def test_ten_is_not_ten_per_cent(priced: Priced) -> None:
    body = "cohort outcomes: {c: {metric: m, steps: {at least 10: 100}}}"
    (line,) = priced(body, results(("1", None, "50", "100")))
    assert (line.status, line.reason) == ("refused", "m is 50%; the terms pay at least 10")


def test_a_result_waits_for_its_time_its_verifier_and_its_period(priced: Priced) -> None:
    late = steps(", results wait: 6 months")
    assert said(priced(late, results(("1", None, "10", "100")), "2016-06-29")) == [
        "c:1 held results wait 100.00"
    ]
    assert said(priced(late, results(("1", None, "10", "100")), "2016-06-30")) == [
        "c:1 payable result 100.00"
    ]
    assert said(priced(late, results(("1", None, "10", "100"), ends=None))) == [
        "c:1 held results wait 100.00"
    ]
    assert said(priced(late, results(("1", None, "1", "100"), ends=None))) == ["c:1 refused result 0.00"]


def test_a_result_without_a_period_counts_on_the_day_of_pricing(priced: Priced) -> None:
    (line,) = priced(steps(), results(("1", None, "10", "100"), ends=None), "2016-03-01")
    assert (line.status, line.achieved_on.isoformat()) == ("payable", "2016-03-01")


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (None, "held verification 100.00"), ("queried", "held verification 100.00"), ("accepted", "payable result 100.00"),
        ("refused", "refused verification 0.00"),
    ],
)  # fmt: skip
def test_a_result_that_must_be_verified_waits_for_every_finding(
    state: str | None, line: str, priced: Priced
) -> None:
    rows = results(("1", None, "10", "100"))
    if state:
        finding = {
            "verification_id": "v",
            "achievement_id": "r1",
            "state": state,
            "verified_on": "2016-02-01",
        }
        rows["verifications"] = [finding]
        rows["achievements"] = [
            {
                "achievement_id": "r1",
                "person_id": "p",
                "outcome": "other",
                "achieved_on": "2015-01-01",
                "contract_id": "other",
            }
        ]
        rows["people"] = [{"person_id": "p"}]
    assert said(priced(steps(", verification: required"), rows)) == [f"c:1 {line}"]


def test_a_group_too_small_is_refused_and_counts_the_arm_judged_alone(priced: Priced) -> None:
    body = "cohort outcomes: {c: {metric: m, arm: treatment, smallest group: 50, steps: {at least 10%: 100}}}"
    rows = results(("1", "treatment", "10", "49"), ("1", "comparison", "10", "100"))
    assert said(priced(body, rows)) == ["c:1 refused smallest group 0.00"]
    rows = results(("1", "treatment", "10", "50"))
    assert said(priced(body, rows)) == ["c:1 payable result 100.00"]


@pytest.mark.parametrize(
    ("count", "amount"),
    [("20", "0.00"), ("25", "0.00"), ("26", "10.00"), ("50", "250.00"), ("75", "500.00"), ("99", "500.00")],
)
def test_a_sliding_price_stops_at_both_ends(count: str, amount: str, priced: Priced) -> None:
    body = "cohort outcomes: {c: {metric: m, sliding: {nothing at: 25%, all at: 0.75, amount: 500}}}"
    (line,) = priced(body, results(("1", None, count, "100")))
    assert str(line.amount) == amount
    assert (line.status == "refused") is (amount == "0.00")


def test_a_sliding_price_may_slope_down(priced: Priced) -> None:
    body = "cohort outcomes: {c: {metric: m, sliding: {nothing at: 75%, all at: 25%, amount: 500}}}"
    assert priced(body, results(("1", None, "30", "100"))).totals()["payable"] == 450
    (line,) = priced(body, results(("1", None, "80", "100")))
    assert line.reason == "m is 80%; the terms pay only beyond 0.75"


@pytest.mark.parametrize(
    ("count", "amount"), [("5", "0"), ("10", "0"), ("11", "3"), ("50", "120"), ("70", "120")]
)
def test_each_unit_pays_above_one_end_and_up_to_the_other(count: str, amount: str, priced: Priced) -> None:
    body = "cohort outcomes: {c: {metric: m, figure: numerator, each: {pays: 3, over: 10, up to: 50}}}"
    assert str(priced(body, results(("1", None, count, "100"))).totals()["payable"]) == f"{amount}.00"


def test_units_that_do_not_end_are_written_as_a_fraction(priced: Priced) -> None:
    body = "cohort outcomes: {c: {metric: m, figure: rate, each: {pays: 300}}}"
    quantities = [priced(body, results(("1", None, top, bottom))).lines[0].as_dict()["quantity"]
                  for top, bottom in (("1", "3"), ("1", "4"), ("6", "3"))]  # fmt: skip
    assert quantities == ["1/3", "0.25", "2"]


def test_a_price_or_cut_with_no_row_for_the_cohort_is_told(priced: Priced) -> None:
    rows = results(("1", None, "10", "100"))
    for pays in ("steps: {at least 10%: {by cohort: {2: 5}}}", "each: {pays: {by cohort: {2: 5}}}",
                 "sliding: {nothing at: 0, all at: 1, amount: {by cohort: {2: 5}}}",
                 "steps: {at least 10%: 5}, taper: {by cohort: {2: 50%}}"):  # fmt: skip
        (line,) = priced(f"cohort outcomes: {{c: {{metric: m, {pays}}}}}", rows)
        assert (line.status, line.rule, line.gross) == ("held", "price", 0), pays


def test_a_gate_is_tested_on_the_same_results_compared_another_way(priced: Priced) -> None:
    body = "cohort outcomes: {c: {metric: m, arm: treatment, compared: {with: comparison, as: units avoided}, each: {pays: 10}, only if: {as: fall, is: at least 10%}}}"
    good = results(("1", "treatment", "40", "100"), ("1", "comparison", "50", "100"))
    assert said(priced(body, good)) == ["c:1 payable result 100.00"]
    poor = results(("1", "treatment", "46", "100"), ("1", "comparison", "50", "100"))
    (line,) = priced(body, poor)
    assert (line.status, line.rule, line.gross, line.quantity) == ("refused", "only if", 0, 1)
    none = results(("1", "treatment", "0", "100"), ("1", "comparison", "0", "100"))
    assert said(priced(body, none)) == ["c:1 refused result 0.00"]
    negative = body.replace("pays: 10", "pays: 10, over: -5")
    assert said(priced(negative, none)) == ["c:1 held only if 50.00"]


FALLBACK = "cohort outcomes: {c: {metric: m, cohorts: [1, 2], steps: {at least 20%: 100}, if none pays: {steps: {at least 10%: 30}}}}"


def test_the_pooled_test_waits_for_every_cohort_and_only_when_none_paid(priced: Priced) -> None:
    one = priced(FALLBACK, results(("1", None, "12", "100")))
    assert said(one) == ["c:1 refused result 0.00", "c:all cohorts held cohorts 30.00"]
    assert one.lines[1].reason == "waits for the results of 2"
    both = priced(FALLBACK, results(("1", None, "12", "100"), ("2", None, "9", "100")))
    assert said(both)[2] == "c:all cohorts payable result 30.00"
    paid = priced(FALLBACK, results(("1", None, "20", "100"), ("2", None, "9", "100")))
    assert said(paid) == ["c:1 payable result 100.00", "c:2 refused result 0.00"]
    assert priced(FALLBACK, results(("3", None, "50", "100"))).lines == []


def test_no_results_are_noted_and_results_judged_together_are_one_line(priced: Priced) -> None:
    body = "cohort outcomes: {c: {metric: m, judged: together, steps: {at least 10%: 30}}}"
    nothing = priced(body, {})
    assert (nothing.lines, nothing.notes) == ([], ["No results of 'm' are recorded: c is not priced."])
    both = priced(body, results(("1", None, "12", "100"), ("2", None, "9", "100")))
    assert said(both) == ["c:all cohorts payable result 30.00"]


def test_results_of_another_contract_and_outcomes_taken_away_are_left_out(priced: Priced) -> None:
    rows = results(("1", None, "12", "100"))
    rows["cohort_results"][0]["contract_id"] = "other"
    assert priced(steps(), rows).lines == []
    body = (
        steps()
        + "\nfixed payments: {f: {pays: 1, on: 2015-02-01}}\namendments: [{agreed: 2015-03-01, takes effect: 2015-03-01, changes: {cohort outcomes: {c: }}}]"
    )
    assert said(priced(body, results(("1", None, "12", "100")))) == [
        "f: payable fixed payment 1.00".replace(":", "", 1)
    ]


# Block payments and surpluses ----------------------------------------------------------------


def test_block_payments_fall_due_on_the_last_or_first_day_within_their_dates(priced: Priced) -> None:
    body = "fixed payments: {f: {pays: 10, every: quarter, from: 2015-02-01, to: 2015-08-15%s}}"
    days = [line.achieved_on.isoformat() for line in priced(body % "", {})]
    assert days == ["2015-03-31", "2015-06-30", "2015-08-15"]
    days = [line.achieved_on.isoformat() for line in priced(body % ", on: first day", {})]
    assert days == ["2015-02-01", "2015-04-01", "2015-07-01"]
    assert len(priced(body % "", {}, "2015-06-29").lines) == 1


def test_block_payments_follow_the_terms_in_force_on_the_day_they_fall_due(priced: Priced) -> None:
    body = """\
fixed payments: {f: {pays: 10, every: quarter, to: 2015-12-31}}
amendments: [{agreed: 2015-07-01, takes effect: 2015-07-01, changes: {fixed payments: {f: {pays: 7}}}}]
"""
    result = priced(body, {})
    assert [(line.line_id, line.amount, line.terms_version) for line in result] == [
        ("f:2015-Q1", 10, 0), ("f:2015-Q2", 10, 0), ("f:2015-Q3", 7, 1), ("f:2015-Q4", 7, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(("runs", "end"), [("until 2016-12-31", "first"), ("from 2015-01-01", "last")])
def test_a_payment_each_period_needs_both_ends(runs: str, end: str, terms: Callable[..., Terms]) -> None:
    with pytest.raises(InputError, match=f"is paid every month with no {end} day"):
        terms(f"runs: {runs}\nfixed payments: {{f: {{pays: 1, every: month}}}}")


def test_a_block_payment_by_something_that_no_block_has_is_held(priced: Priced) -> None:
    assert said(priced("fixed payments: {f: {pays: {by cohort: {1: 5}}, on: 2015-02-01}}", {})) == [
        "f held price 0.00"
    ]
    assert said(priced("fixed payments: {f: {pays: {by contract year: {2: 5}}, on: 2015-02-01}}", {})) == [
        "f refused price 0.00"
    ]


def figures(*rows: tuple[str, str | None, str | None]) -> dict[str, list[dict[str, Any]]]:
    """Indicator rows from (value, end of period, area)."""
    return {
        "indicators": [
            {"indicator_id": f"i{n}", "indicator": "profit", "value": value, "area_code": area,
             "period_start": ends and f"{ends[:4]}-01-01", "period_end": ends}
            for n, (value, ends, area) in enumerate(rows, start=1)
        ]
    }  # fmt: skip


ONLY_IF = "fixed payments: {f: {pays: 10, on: 2016-02-01, only if: {indicator: profit, is: at least 5%s}}}"


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (("5", "2015-12-31", None), "payable fixed payment 10.00"), (("4", "2015-12-31", None), "refused only if 0.00"),
        (("5", "2016-12-31", None), "payable fixed payment 10.00"), (("5", "2017-12-31", None), "held only if 10.00"),
    ],
)  # fmt: skip
def test_a_payment_on_condition_looks_at_the_latest_figure_begun_by_then(
    row: Any, line: str, priced: Priced
) -> None:
    assert said(priced(ONLY_IF % "", figures(row))) == [f"f {line}"]


def test_a_payment_on_condition_may_name_the_dates_of_the_figure(priced: Priced) -> None:
    body = ONLY_IF % ", in: 2015-01-01 to 2015-12-31"
    assert said(priced(body, figures(("5", "2015-12-31", None), ("1", "2016-12-31", None)))) == [
        "f payable fixed payment 10.00"
    ]
    assert said(priced(body, figures(("5", None, None)))) == ["f held only if 10.00"]


def test_the_figure_of_the_whole_place_comes_before_those_of_its_areas(priced: Priced) -> None:
    whole = figures(("5", "2015-06-30", None), ("1", "2015-12-31", "E01"))
    assert said(priced(ONLY_IF % "", whole)) == ["f payable fixed payment 10.00"]
    assert said(priced(ONLY_IF % "", figures(("1", "2015-12-31", "E01")))) == ["f refused only if 0.00"]


def test_figures_of_two_areas_or_of_one_day_have_lines_of_their_own(priced: Priced) -> None:
    body = "surplus shares: {s: {figure: profit, share: 10%}}"
    end = "2015-12-31"
    result = priced(
        body, figures(("100", end, None), ("200", end, "E01"), ("300", end, "E02"), ("400", end, None))
    )
    assert sorted((line.line_id, line.amount) for line in result) == [
        ("s:2015-12-31", 10), ("s:2015-12-31:2", 40), ("s:2015-12-31:E01", 20), ("s:2015-12-31:E02", 30)
    ]  # fmt: skip
    assert priced(body, figures(("100", end, None)), "2015-12-30").lines == []
    assert priced(body, figures(("100", None, None))).lines == []


def bands(more: str = "") -> str:
    return (
        "surplus shares: {s: {figure: profit, bands: {over 0: 10%, over 100: 50%, over 200: 100%}"
        + more
        + "}}"
    )


@pytest.mark.parametrize(
    ("profit", "share"),
    [("-5", "0"), ("0", "0"), ("100", "10"), ("150", "35"), ("200", "60"), ("250", "110")],
)
def test_each_band_takes_its_share_of_its_own_part(profit: str, share: str, priced: Priced) -> None:
    (line,) = priced(bands(), figures((profit, "2015-12-31", None)))
    assert line.amount == int(share)
    assert (
        line.reason
        == f"profit of {'-' if profit == '-5' else ''}£{profit.lstrip('-')}.00 is not above the level shared"
    ) is (share == "0")


def test_what_the_provider_owes_is_a_negative_line_that_no_cap_stops(priced: Priced) -> None:
    body = bands(", paid by: provider, ring-fenced for: new routes") + "\ncaps: {contract: 1}"
    (line,) = priced(body, figures(("150", "2015-12-31", None)))
    assert (line.amount, line.status, line.payers_minor) == (-35, "payable", (("council", -3500, 0),))
    assert line.reason.endswith("owed by the provider, ring-fenced for new routes")


@pytest.mark.parametrize(("paid_by", "amount"), [("payers", 20), ("provider", -20)])
def test_a_share_has_a_most(paid_by: str, amount: int, priced: Priced) -> None:
    (line,) = priced(bands(f", paid by: {paid_by}, most: 20"), figures(("150", "2015-12-31", None)))
    assert (line.amount, line.status) == (amount, "reduced")
    assert line.reason.endswith("at most £20.00")
    assert line.gross == line.amount + line.reduced


def test_a_share_needs_to_know_how_its_payers_share(terms: Callable[..., Terms]) -> None:
    with pytest.raises(InputError, match="the terms do not say how the payers share 's'"):
        terms("parties: {payers: [a, b]}\nsurplus shares: {s: {figure: profit, share: 10%}}")


# Totals --------------------------------------------------------------------------------------


def totals(*counts: int, outcome: str = "home", **more: Any) -> dict[str, list[dict[str, Any]]]:
    return {
        "achievement_counts": [
            {"achievement_count_id": f"c{n}", "outcome": outcome, "count": count, "period_start": f"2015-0{n}-01",
             "period_end": f"2015-0{n}-28", **more}
            for n, count in enumerate(counts, start=1)
        ]
    }  # fmt: skip


def test_totals_of_another_contract_are_left_out_and_said(priced: Priced) -> None:
    result = priced("outcomes: {home: {pays: 10, repeatable: yes}}", totals(3, contract_id="other"))
    assert (result.lines, result.notes) == ([], ["1 totals belong to other contracts: left out."])


def test_a_refused_total_takes_no_place_from_the_next(priced: Priced) -> None:
    body = "parties: {payers: [council], providers: [x]}\noutcomes: {home: {pays: {by volume: {1 to 3: 10, at least 4: 1}}, at most: 5 per contract}}"
    rows = totals(4, 3)
    rows["achievement_counts"][0]["provider_id"], rows["achievement_counts"][1]["provider_id"] = "y", "x"
    result = priced(body, rows)
    assert said(result) == ["c1 refused provider 0.00", "c2 payable price 30.00"]
    assert result.lines[0].refused == 31
    assert result.lines[0].reason == "y is not a provider under this contract"


@pytest.mark.parametrize(
    ("runs", "status", "reason"),
    [
        ("{from: 2015-03-01, to: 2015-12-31}", "refused", "its period, 1 January 2015 to 28 January 2015, is outside the contract"),
        ("{from: 2014-03-01, to: 2014-12-31}", "refused", "its period, 1 January 2015 to 28 January 2015, is outside the contract"),
        ("{from: 2015-01-15, to: 2015-12-31}", "payable", "accepted at 3 × £10.00; part of its period is outside the contract"),
        ("{from: 2014-01-15, to: 2015-01-27}", "payable", "accepted at 3 × £10.00; part of its period is outside the contract"),
        ("{from: 2015-01-01, to: 2015-01-28}", "payable", "accepted at 3 × £10.00"),
    ],
)  # fmt: skip
def test_a_total_from_outside_the_contract_is_refused_or_told(
    runs: str, status: str, reason: str, priced: Priced
) -> None:
    (line,) = priced(f"runs: {runs}\noutcomes: {{home: {{pays: 10, repeatable: yes}}}}", totals(3))
    assert (line.status, line.reason) == (status, reason)


def test_a_limit_leaves_part_of_a_total(priced: Priced) -> None:
    result = priced("outcomes: {home: {pays: 10, at most: 5 per contract}}", totals(3, 3, 3))
    assert [line.amount for line in result] == [30, 20, 0]
    assert result.lines[1].reason.startswith("accepted at 3 × £10.00; the terms pay for 2 of these 3")


def test_a_total_is_priced_step_by_step_however_large(priced: Priced) -> None:
    body = "outcomes: {home: {pays: {by volume: {1 to 2: 10, 3 to 4: 5, otherwise: 1}}, repeatable: yes}}"
    assert [line.amount for line in priced(body, totals(3, 3))] == [25, 7]
    assert priced(body, totals(10**12)).totals()["payable"] == 30 + 10**12 - 4


def test_a_total_beyond_the_last_step_is_paid_up_to_it(priced: Priced) -> None:
    body = "outcomes: {home: {pays: {by volume: {1 to 4: {by contract year: {1: 10}}}}, repeatable: yes}}"
    result = priced(body, totals(3, 3, 3))
    assert said(result) == ["c1 payable price 30.00", "c2 payable price 10.00", "c3 refused price 0.00"]


def test_each_payers_own_rate_counts_at_each_step(priced: Priced) -> None:
    body = "parties: {payers: [a, b]}\noutcomes: {home: {pays: {by volume: {1: {a: 10, b: 0}, at least 2: {a: 0, b: 4}}}, repeatable: yes}}"
    (line,) = priced(body, totals(3))
    assert line.payers_minor == (("a", 1000, 0), ("b", 800, 0))


def test_a_total_of_nothing_is_worth_nothing(priced: Priced) -> None:
    body = "outcomes: {home: {pays: {by volume: {at least 1: 10}}, repeatable: yes}}"
    assert said(priced(body, totals(0))) == ["c1 payable price 0.00"]


def test_a_total_whose_group_is_not_recorded_is_held_and_an_unknown_outcome_refused(priced: Priced) -> None:
    body = "outcomes: {home: {pays: {by payment group: {esa: 10}}, repeatable: yes}}"
    assert said(priced(body, totals(3))) == ["c1 held price 0.00"]
    assert said(priced(body, totals(3, payment_group="jsa"))) == ["c1 refused price 0.00"]
    assert said(priced(body, totals(3, payment_group="esa"))) == ["c1 payable price 30.00"]
    assert said(priced(body, totals(3, outcome="job"))) == ["c1 refused outcome 0.00"]


def test_a_limit_by_cohort_or_provider_and_period_counts_totals_apart(priced: Priced) -> None:
    body = "outcomes: {home: {pays: 1, at most: [2 per provider each quarter, 100 per cohort]}}"
    rows = totals(3, 3, 3, 3)
    rows["achievement_counts"][1]["provider_id"] = "x"
    assert [line.amount for line in priced(body, rows)] == [2, 2, 0, 2]
