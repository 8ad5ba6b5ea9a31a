"""When price × count and paid agree, when a rule explains the difference, and when nothing does."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from openoutcomes.publish.indigo.rules import RULES, chance_of_multiple

TWO = "INDIGO-POJ-9002"


@pytest.mark.parametrize(
    ("price", "count", "paid", "status"),
    [
        pytest.param("500", "3", "1500", "agrees", id="the very same"),
        pytest.param("500", "3", "1501", "agrees", id="£1 more"),
        pytest.param("500", "3", "1499.00", "agrees", id="£1 less"),
        pytest.param("500", "3", "1501.51", "unexplained", id="a penny over 0.1%"),
        pytest.param("1000", "1000", "1001000", "agrees", id="0.1% more"),
        pytest.param("1000", "1000", "1001500", "unexplained", id="0.15% more"),
        pytest.param("12.18", "270756", "3297808.08", "agrees", id="pence"),
        pytest.param("500", "0", "0", "agrees", id="nothing for nothing"),
        pytest.param("500", "0", "1500", "unexplained", id="paid for no results"),
        pytest.param("500", "3", "0", "unexplained", id="results not paid for"),
        pytest.param("0", "3", "1500", "unexplained", id="paid at no price"),
    ],
)
def test_agreement_is_within_one_pound_or_a_thousandth(priced, price, count, paid, status) -> None:
    project = priced(price, count, paid)
    assert project.metrics[0].verdict.status == status
    assert project.verdict.status == status


@pytest.mark.parametrize(
    ("price", "count", "paid", "explained"),
    [
        pytest.param("500", "3", "3000", True, id="each paid twice"),
        pytest.param("500", "600", "400000", True, id="800 payments for 600 results"),
        pytest.param("500", "600", "200000", True, id="400 payments for 600 results"),
        pytest.param("12.18", "100", "2436", True, id="twice, in pence"),
        pytest.param("500", "3", "2990", False, id="not a whole multiple"),
        pytest.param("1", "3000", "4000", False, id="every payment is a multiple of £1"),
        pytest.param("5", "3000", "20000", False, id="one amount in five is a multiple of £5"),
        pytest.param("10", "3000", "40000", True, id="one amount in ten is a multiple of £10"),
        pytest.param("0.50", "3000", "4000", False, id="every whole amount is a multiple of 50p"),
        pytest.param("20", "1", "2000000", False, id="a hundred thousand payments for one result"),
    ],
)
def test_repeat_payments_are_a_whole_multiple_that_could_have_failed(
    priced, price, count, paid, explained
) -> None:
    project = priced(price, count, paid)
    metric = project.metrics[0]
    assert metric.verdict.status == ("explained" if explained else "unexplained")
    assert metric.verdict.rule == ("whole-multiple" if explained else None)
    assert project.verdict.status == metric.verdict.status


def test_repeat_payments_show_both_counts(priced) -> None:
    metric = priced("500", "600", "600000").metrics[0]
    assert metric.verdict.explanation == (
        "Paid is the price, £500.00, times 1,200, where 600 results are recorded: repeat payments, 2 for each result."
    )
    assert metric.count == 600


def test_fewer_payments_than_results_are_said_to_be_that(priced) -> None:
    assert "times 400, where 600 results are recorded: fewer payments than results" in (
        priced("500", "600", "200000").metrics[0].verdict.explanation
    )


def test_a_multiple_that_is_the_target_is_pointed_out(folder) -> None:
    folder.project().metric(target="320").price("600").result("300").payment("192000", METRIC="m1")
    assert folder.one().verdict.explanation.startswith("Each metric's payments")
    assert "exactly the number aimed at" in folder.one().metrics[0].verdict.explanation


def test_a_worthless_multiple_is_said_to_be_worthless(priced) -> None:
    assert "so is every amount" in priced("1", "3000", "4000").verdict.explanation or (
        "so is every amount" in priced("1", "3000", "4000").metrics[0].verdict.explanation
    )


@pytest.mark.parametrize(
    ("price", "paid", "chance"), [("1", "7", "1"), ("500", "9", "1/500"), ("12.18", "609", "1/609")]
)
def test_the_chance_of_a_whole_multiple(price: str, paid: str, chance: str) -> None:
    assert str(chance_of_multiple(Decimal(price), Decimal(paid))) == chance


def test_with_one_metric_a_payment_need_not_name_it(contract) -> None:
    contract.price("500").result("600").payment("600000")
    project = contract.one()
    assert (project.verdict.status, project.verdict.rule) == ("explained", "whole-multiple")
    assert project.metrics[0].paid is None
    assert project.metrics[0].verdict.status == "untestable"


def test_with_several_metrics_a_payment_that_names_none_is_no_multiple(contract) -> None:
    contract.metric("m2").price("500").price("500", metric="m2").result("3").result("3", metric="m2")
    contract.payment("6000")
    assert contract.one().verdict.status == "unexplained"


def test_a_metrics_maximum_that_equals_paid_explains_it(contract) -> None:
    contract.price("600", MAXIMUM="192000").result("350").payment("192000", METRIC="m1")
    assert contract.one().metrics[0].verdict.rule == "capped-at-metric-maximum"


def test_a_metrics_maximum_that_merely_could_explain_it_does_not(contract) -> None:
    contract.price("600", MAXIMUM="192000").result("350").payment("191999.50", METRIC="m1")
    verdict = contract.one().metrics[0].verdict
    assert verdict.status == "unexplained"
    assert "A cap could be part of it" in verdict.explanation


def test_a_maximum_per_person_never_explains_a_metric(contract) -> None:
    contract.metric("m2").price("1300", MAXIMUM="11700").price("800", metric="m2", MAXIMUM="11700")
    contract.result("11").result("1", metric="m2").payment("11700", METRIC="m1")
    assert contract.one().metrics[0].verdict.rule == "whole-multiple"


def test_available_that_equals_paid_explains_it(contract) -> None:
    contract.metric("m2").price("500").price("700", metric="m2").result("30").result("30", metric="m2")
    contract.commitment("20000").commitment("10001", payer="ORG-2").payment("30001")
    project = contract.one()
    assert (project.verdict.status, project.verdict.rule) == ("explained", "capped-at-available")
    assert project.available == 30001


@pytest.mark.parametrize("second", ["10002", ""])
def test_available_that_does_not_equal_paid_or_lacks_a_payer_does_not(contract, second: str) -> None:
    contract.metric("m2").price("500").price("700", metric="m2").result("60").result("30", metric="m2")
    contract.commitment("30001").commitment(second, payer="ORG-2").payment("30001")
    assert contract.one().verdict.status == "unexplained"


def test_available_below_paid_is_a_note(contract) -> None:
    contract.metric("m2").price("500").price("700", metric="m2").result("60").result("30", metric="m2")
    contract.commitment("20000").payment("30001", NOTES="capped payments")
    explanation = contract.one().verdict.explanation
    assert "but more than that was paid" in explanation
    assert "capped payments" in explanation


def test_a_cap_per_person_is_a_note(contract) -> None:
    contract.metric("m2").price("1300", MAXIMUM="11700").price("800", metric="m2", MAXIMUM="11700")
    contract.result("30").result("30", metric="m2").payment("50001")
    assert "A cap per person (£11,700.00) could explain it" in contract.one().verdict.explanation


@pytest.mark.parametrize(("paid", "status"), [("8400", "explained"), ("8401", "unexplained")])
def test_a_stated_percentage_must_give_paid_to_the_penny(contract, paid: str, status: str) -> None:
    contract.price("1001", NOTES="Only 70% of achievements can be paid").result("12").payment(
        paid, METRIC="m1"
    )
    contract.tables["projects_outcome_pricings.csv"][0]["Price Per Unit - Amount - (Value)"] = "1000"
    assert contract.one().metrics[0].verdict.status == status


def test_a_percentage_in_a_note_on_the_payments_explains_the_project(contract) -> None:
    contract.metric("m2").price("500").price("700", metric="m2").result("3").result("3", metric="m2")
    contract.payment("2880", NOTES="80% paid until the audit")
    assert contract.one().verdict.rule == "stated-percentage"


def test_another_recorded_count_explains_when_it_gives_paid(contract) -> None:
    contract.price("500").result("100", STANDING="Interim", END="2016-06").result("250").payment("50000")
    project = contract.one()
    assert project.verdict.rule == "other-recorded-count"
    assert "100 (interim result, row 2), not the 250" in project.verdict.explanation


def test_every_metric_explained_explains_the_project(contract) -> None:
    contract.metric("m2").metric("m3").price("500").price("700", metric="m2").price("9", metric="m3")
    contract.result("3").result("3", metric="m2").result("0", metric="m3")
    contract.payment("3000", METRIC="m1").payment("2100", METRIC="m2")
    project = contract.one()
    assert project.verdict.rule == "every-metric-explained"
    assert "whole-multiple" in project.verdict.explanation


def test_a_metric_with_results_that_nobody_paid_for_leaves_the_project_unexplained(contract) -> None:
    contract.metric("m2").metric("m3").price("500").price("700", metric="m2").price("9", metric="m3")
    contract.result("3").result("3", metric="m2").result("8", metric="m3")
    contract.payment("3000", METRIC="m1").payment("2100", METRIC="m2")
    project = contract.one()
    assert (project.verdict.status, project.verdict.rule) == ("unexplained", None)
    assert (
        "Each metric's payments agree or are explained (whole-multiple). But no payment names m3, where"
        " price × count is £72.00." in project.verdict.explanation
    )


def test_one_metric_unexplained_leaves_the_project_unexplained(contract) -> None:
    contract.metric("m2").price("500").price("700", metric="m2").result("3").result("3", metric="m2")
    contract.payment("3000", METRIC="m1").payment("2150.55", METRIC="m2")
    assert contract.one().verdict.status == "unexplained"


def test_some_payments_naming_metrics_and_some_not(contract) -> None:
    contract.metric("m2").price("500").price("700", metric="m2").result("3").result("3", metric="m2")
    contract.payment("1500", METRIC="m1").payment("2100")
    project = contract.one()
    assert project.verdict.status == "agrees"
    assert [metric.paid for metric in project.metrics] == [1500, None]
    assert [metric.verdict.status for metric in project.metrics] == ["agrees", "untestable"]


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("price", "Missing: a price."),
        ("result", "Missing: a count of results."),
        ("payment", "Missing: actual payments."),
    ],
)
def test_untestable_says_what_is_missing(contract, missing: str, says: str) -> None:
    if missing != "price":
        contract.price("500")
    if missing != "result":
        contract.result("3")
    if missing != "payment":
        contract.payment("1500")
    verdict = contract.one().verdict
    assert (verdict.status, verdict.explanation) == ("untestable", says)


def test_prices_and_counts_of_different_metrics_cannot_be_multiplied(contract) -> None:
    contract.metric("m2").price("500").result("3", metric="m2").payment("1500")
    assert contract.one().verdict.explanation.startswith("Missing: a metric with both a price and a count")


def test_a_total_recorded_without_payments_is_told_and_not_used(contract) -> None:
    contract.price("500").result("3").commitment("1500", PAYER_MADE="1500")
    project = contract.one()
    assert project.paid is None
    assert "record £1,500.00 as paid, with no payments behind it" in project.verdict.explanation


def test_a_price_that_the_commitments_imply_is_told_and_not_used(folder) -> None:
    folder.project().metric(target="1600").result("500").commitment("10000000").payment(
        "3125000", METRIC="m1"
    )
    project = folder.one()
    assert project.verdict.status == "untestable"
    assert "£6,250.00 each, and 500 of those are exactly what was paid" in project.verdict.explanation
    folder.payment("1", METRIC="m1")
    assert "each" not in folder.one().verdict.explanation


def test_metrics_without_a_count_are_left_out_and_said(contract) -> None:
    contract.metric("m2").price("500").price("700", metric="m2").result("3").payment("1500")
    verdict = contract.one().verdict
    assert verdict.status == "agrees"
    assert "Left out, for want of a price or a count: m2." in verdict.explanation


def test_metrics_left_out_could_make_up_what_is_over(contract) -> None:
    contract.metric("m2").price("500").price("700", metric="m2").result("3").payment("2999")
    assert contract.one().verdict.status == "untestable"


def test_metrics_left_out_cannot_make_up_what_is_under(contract) -> None:
    contract.metric("m2").price("500").price("700", metric="m2").result("3").payment("1234")
    assert contract.one().verdict.status == "unexplained"


def test_a_long_list_of_metrics_is_cut(contract) -> None:
    for number in range(2, 12):
        contract.metric(f"m{number}")
    contract.price("500").result("3").payment("1500")
    assert "m2, m3, m4, m5, m6, m7 and 4 more" in contract.one().verdict.explanation


@pytest.mark.parametrize(
    ("kind", "plan", "paid"),
    [
        ("Actual", "", 100),
        ("actual ", "plan1", 100),
        ("", "", 100),
        ("", "plan1", None),
        ("Planned", "plan1", None),
        ("Planned", "", None),
    ],
)
def test_what_counts_as_paid(contract, kind: str, plan: str, paid: int | None) -> None:
    contract.payment("100", TYPE=kind, PLAN=plan)
    assert contract.one().paid == paid


def test_planned_money_for_a_metric_is_not_paid_for_it(contract) -> None:
    contract.price("500").result("3").payment("1500", METRIC="m1", TYPE="Planned", PLAN="plan1")
    assert contract.one().metrics[0].paid is None


def test_payments_of_several_quarters_are_added(contract) -> None:
    contract.price("500").result("3").payment("500", METRIC="m1").payment("1000", METRIC="M1 ", END="2018-03")
    assert contract.one().metrics[0].verdict.status == "agrees"


@pytest.mark.parametrize(
    ("paid", "status", "relation"),
    [
        ("1000", "agrees", "equal"),
        ("999.5", "agrees", "equal"),
        ("600", "unexplained", "below"),
        ("1200", "unexplained", "above"),
    ],
)
def test_payments_against_commitments(contract, paid: str, status: str, relation: str) -> None:
    contract.commitment("400").commitment("600", payer="ORG-2").payment(paid)
    test = contract.one().tests["commitments"]
    assert (test.verdict.status, test.figures["relation"]) == (status, relation)
    assert test.figures["committed"] == 1000


def test_payers_shares_of_what_is_committed(contract) -> None:
    contract.commitment("350").commitment("650", payer="ORG-2").commitment("", payer="ORG-3")
    assert [payer.as_dict()["share"] for payer in contract.one().payers] == ["0.3500", "0.6500", None]


def test_no_shares_across_currencies(contract) -> None:
    contract.commitment("350").commitment("650", payer="ORG-2", COMMITTED_CURRENCY="USD")
    assert [payer.share for payer in contract.one().payers] == [None, None]


def quarterly(folder, plan: str, *amounts: str) -> None:
    for number, amount in enumerate(amounts):
        folder.payment(amount, PLAN=plan, TYPE="Planned", START=f"201{number}-01", END=f"201{number}-12")


def test_plans_replace_each_other_and_are_never_added(contract) -> None:
    contract.plan("plan1", "2010-01", "2011-01").plan("plan2", "2011-01")
    quarterly(contract, "plan1", "100", "100")
    quarterly(contract, "plan2", "150", "150", "900")
    contract.payment("300", START="2010-01", END="2011-12")
    test = contract.one().tests["plan"]
    assert test.verdict.status == "agrees"
    assert test.figures["plan"] == "plan2"
    assert (test.figures["planned_to_date"], test.figures["planned_total"]) == (300, 1200)


def test_the_latest_plan_is_the_one_that_became_current_last_whatever_its_name(contract) -> None:
    contract.plan("original plan", "2010-01").plan("latest plan", "2012-01")
    quarterly(contract, "latest plan", "100")
    quarterly(contract, "original plan", "999")
    contract.payment("100", END="2018-12")
    assert contract.one().tests["plan"].figures["plan"] == "latest plan"


def test_without_dates_the_highest_number_is_the_latest(contract) -> None:
    for plan in ("plan9", "plan10", "plan2"):
        quarterly(contract, plan, "100")
    contract.payment("100", END="2018-12")
    assert contract.one().tests["plan"].figures["plan"] == "plan10"


def test_a_plan_that_differs_is_unexplained_with_its_share(contract) -> None:
    contract.plan("plan1", "2010-01")
    quarterly(contract, "plan1", "200")
    contract.payment("100", END="2018-12")
    verdict = contract.one().tests["plan"].verdict
    assert verdict.status == "unexplained"
    assert "50.0% of the plan" in verdict.explanation


def test_a_plan_of_nought_has_no_share(contract) -> None:
    contract.plan("plan1", "2010-01")
    quarterly(contract, "plan1", "0")
    contract.payment("100", END="2018-12")
    assert "%" not in contract.one().tests["plan"].verdict.explanation


def test_payments_before_the_plan_starts_are_shown_apart(contract) -> None:
    contract.plan("plan1", "2010-01")
    quarterly(contract, "plan1", "100")
    contract.payment("40", START="2009-01", END="2009-12").payment("60", START="2010-01", END="2010-12")
    figures = contract.one().tests["plan"].figures
    assert (figures["paid"], figures["paid_before_plan_starts"]) == (100, 40)


@pytest.mark.parametrize(("planned", "actual"), [(True, False), (False, True)])
def test_a_plan_or_payments_missing_cannot_be_tested(contract, planned: bool, actual: bool) -> None:
    if planned:
        quarterly(contract, "plan1", "100")
    if actual:
        contract.payment("100")
    assert contract.one().tests["plan"].verdict.status == "untestable"


def test_a_plan_in_another_currency_cannot_be_tested(contract) -> None:
    contract.payment("100", PLAN="plan1", TYPE="Planned", PAID_CURRENCY="USD").payment("100")
    assert "different currencies" in contract.one().tests["plan"].verdict.explanation


def test_undated_plans_and_payments_are_compared_in_whole(contract) -> None:
    contract.payment("100", PLAN="plan1", START="", END="").payment("100", START="", END="")
    test = contract.one().tests["plan"]
    assert test.figures["paid_until"] is None
    assert test.figures["plan_starts"] is None


def test_every_declared_rule_is_shown_here() -> None:
    shown = set(Path(__file__).read_text(encoding="utf-8").split('"'))
    assert {rule.rule for rule in RULES} <= shown
