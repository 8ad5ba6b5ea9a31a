"""Each kind of fault is found where it was planted, and not where it was not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from openoutcomes.publish.indigo.checks.results import gives, reachable
from openoutcomes.publish.indigo.faults import KINDS, Fault

TWO = "INDIGO-POJ-9002"


def test_an_undeclared_kind_is_a_bug() -> None:
    with pytest.raises(KeyError):
        Fault("no-such-kind", "")


def test_declared_kinds_are_kebab_case_and_say_what_to_do() -> None:
    for kind in KINDS.values():
        assert kind.kind == kind.kind.lower().replace(" ", "-").replace("_", "-")
        assert kind.means.endswith(".")
        assert kind.mend.endswith(".")


# identifiers


def test_a_project_known_only_from_other_tables_is_reported(contract) -> None:
    contract.payment("500", project="INDIGO-POJ-7777").payment("600", project="INDIGO-POJ-7777")
    result = contract.reconcile()
    assert [project.project for project in result.projects] == ["INDIGO-POJ-9001", "INDIGO-POJ-7777"]
    assert result.projects[1].paid == 1100
    assert [fault.kind for fault in result.projects[1].faults] == ["unknown-project"]


def test_rows_of_no_project_are_a_fault_of_the_file(contract) -> None:
    contract.payment("500", project="")
    assert [(fault.kind, fault.where) for fault in contract.reconcile().faults] == [
        ("unknown-project", "projects_outcome_payments.csv row 2")
    ]


def test_project_ids_match_whatever_their_capitals_and_spaces(contract) -> None:
    contract.payment("500", project=" indigo-poj-9001 ")
    assert contract.one().paid == 500
    assert contract.kinds() == []


def test_the_same_project_twice_and_a_project_without_id(contract) -> None:
    contract.project(name="Again").project("", "Nameless")
    assert contract.kinds() == ["duplicate-id", "unknown-project"]
    assert [project.name for project in contract.reconcile().projects] == ["One"]


def test_prices_results_and_payments_of_unlisted_metrics(contract) -> None:
    contract.price("5", metric="m7").result("4", metric="m8").payment("3", METRIC="m9").payment(
        "3", METRIC="m9", END="2018"
    )
    assert [detail.partition(":")[0] for detail in contract.details("unknown-metric")] == [
        "projects_outcome_pricings.csv row 2, INDIGO-POJ-9001 m7",
        "projects_results.csv row 2, INDIGO-POJ-9001 m8",
        "projects_outcome_payments.csv row 2, INDIGO-POJ-9001 m9",
    ]
    assert [metric.metric for metric in contract.one().metrics] == ["m1", "m7", "m8", "m9"]


def test_metrics_without_or_with_repeated_ids(contract) -> None:
    contract.metric("").metric("M1")
    assert contract.kinds() == ["duplicate-id", "unknown-metric"]


def test_a_price_of_no_metric(contract) -> None:
    contract.price("5", metric="")
    assert contract.kinds() == ["unknown-metric"]


def test_a_payment_of_several_metrics_counts_for_the_project_only(contract) -> None:
    contract.metric("m2").payment("500", METRIC="m1, m2")
    project = contract.one()
    assert project.paid == 500
    assert [metric.paid for metric in project.metrics] == [None, None]
    assert contract.kinds() == ["unknown-metric"]


def test_a_plan_that_is_not_listed(contract) -> None:
    contract.payment("5", PLAN="plan9", TYPE="Planned").payment("6", PLAN="plan9", TYPE="Planned")
    (detail,) = contract.details("unknown-plan")
    assert detail.endswith("'plan9' is not among the project's plans (nor in 1 more rows).")


def test_payers_that_are_not_listed_are_each_named_once(contract) -> None:
    contract.organisation("ORG-1").payment("5", PAYER="ORG-1, ORG-2").payment("6", PAYER="ORG-2;ORG-1")
    contract.commitment("9", payer="ORG-3").commitment("9", payer="ORG-1")
    assert len(contract.details("unknown-organisation")) == 2


# money


@pytest.mark.parametrize("amount", ["£", "1,000-2,000", "=A1", "see note"])
def test_unreadable_amounts_are_left_out_and_flagged(contract, amount: str) -> None:
    contract.payment(amount).payment("100")
    assert contract.one().paid == 100
    assert contract.kinds() == ["unreadable-amount"]


def test_a_long_cell_is_cut_in_the_report(contract) -> None:
    contract.payment("x" * 500)
    assert "xxx...'" in contract.details("unreadable-amount")[0]


def test_amounts_with_words_blank_amounts_and_negatives(contract) -> None:
    contract.payment("£1.2m (estimate)").payment("").payment("-200000")
    assert contract.one().paid == 1_000_000
    assert contract.kinds() == ["amount-with-words", "missing-amount", "negative-amount"]


def test_a_negative_price_is_not_used(contract) -> None:
    contract.price("-5").result("3").payment("15")
    assert contract.one().price_times_count is None


def test_a_sign_that_contradicts_its_currency_column(contract) -> None:
    contract.payment("€500")
    assert contract.one().paid is None
    assert contract.kinds() == ["mixed-currency"]


def test_different_currencies_of_payments_are_never_added(contract) -> None:
    contract.price("5").result("3").payment("10").payment("5", PAID_CURRENCY="EUR")
    project = contract.one()
    assert project.paid is None
    assert project.verdict.status == "untestable"
    assert "payments in one currency" in project.verdict.explanation
    assert contract.kinds() == ["mixed-currency"]


def test_prices_and_payments_in_different_currencies_are_not_compared(contract) -> None:
    contract.price("5").result("3").payment("15", PAID_CURRENCY="USD", METRIC="m1")
    project = contract.one()
    assert (project.price_times_count, project.paid) == (15, 15)
    assert project.verdict.status == project.metrics[0].verdict.status == "untestable"
    assert "GBP, USD" in project.verdict.explanation
    (detail,) = contract.details("mixed-currency")
    assert detail.endswith(
        "Prices, and so price × count, are in GBP, payments in USD; they are not compared."
    )


def test_prices_in_two_currencies_are_not_added(contract) -> None:
    contract.metric("m2").price("5").price("6", metric="m2", CURRENCY="EUR").result("3").result(
        "3", metric="m2"
    )
    contract.payment("33")
    project = contract.one()
    assert project.price_times_count is None
    assert project.verdict.status == "untestable"


def test_commitments_in_another_currency_are_not_what_is_available(contract) -> None:
    contract.payment("5").commitment("100", COMMITTED_CURRENCY="USD")
    assert contract.one().available is None
    assert contract.kinds() == ["mixed-currency"]


def test_commitment_and_record_in_two_currencies(contract) -> None:
    contract.commitment("100", PAYER_MADE="50", PAYER_MADE_CURRENCY="USD")
    assert contract.one().tests["commitments"].figures["recorded_as_paid"] is None
    assert contract.kinds() == ["mixed-currency"]


def test_an_unstated_currency_is_taken_to_be_the_projects(contract) -> None:
    contract.price("5", CURRENCY="").result("3").payment("15")
    assert (contract.one().verdict.status, contract.kinds()) == ("agrees", [])


def test_no_currency_at_all_is_flagged_and_the_figures_compared(contract) -> None:
    contract.price("5", CURRENCY="").result("3").payment("15", PAID_CURRENCY="")
    assert (contract.one().verdict.status, contract.kinds()) == ("agrees", ["missing-currency"])


def test_two_projects_with_the_same_total_are_both_flagged(contract) -> None:
    contract.project(TWO, "Two").payment("1323670").payment("1323670", project=TWO)
    assert [project.faults[0].kind for project in contract.reconcile().projects] == ["same-payment-twice"] * 2
    assert [
        f"recorded for {other}" in detail
        for other, detail in zip(
            (TWO, "INDIGO-POJ-9001"), contract.details("same-payment-twice"), strict=True
        )
    ] == [True, True]


def test_the_twin_is_found_when_only_one_project_is_asked_for(contract) -> None:
    contract.project(TWO, "Two").payment("1323670").payment("1323670", project=TWO)
    assert [fault.kind for fault in contract.reconcile(TWO).projects[0].faults] == ["same-payment-twice"]


def test_a_round_total_is_flagged_more_gently(contract) -> None:
    contract.project(TWO, "Two").payment("250000").payment("250000", project=TWO)
    assert "may be chance" in contract.details("same-payment-twice")[0]


def test_a_single_payment_copied_into_another_project(contract) -> None:
    contract.project(TWO, "Two").payment("63517").payment("100").payment("63517", project=TWO).payment(
        "7", project=TWO
    )
    assert len(contract.details("same-payment-twice")) == 2


def test_small_or_round_single_payments_meet_by_chance(contract) -> None:
    contract.project(TWO, "Two")
    for amount in ("49200", "817"):
        contract.payment(amount).payment(amount, project=TWO)
    contract.payment("1")
    assert contract.kinds() == []


def test_nought_other_currencies_and_planned_totals_are_nobodys_twin(contract) -> None:
    contract.project(TWO, "Two").payment("0").payment("0", project=TWO)
    contract.project("INDIGO-POJ-9003").payment("77", project="INDIGO-POJ-9003")
    contract.project("INDIGO-POJ-9004").payment("77", project="INDIGO-POJ-9004", PAID_CURRENCY="USD")
    contract.project("INDIGO-POJ-9005").payment("77", project="INDIGO-POJ-9005", TYPE="Planned", PLAN="p")
    assert "same-payment-twice" not in contract.kinds()


def test_unknown_payment_types_are_never_paid(contract) -> None:
    contract.payment("500", TYPE="Forecast").payment("600", TYPE="Planned")
    assert contract.one().paid is None
    assert contract.kinds() == ["planned-without-plan", "unknown-payment-type"]


def test_one_payer_of_several_with_an_amount_has_a_false_share_of_all(contract) -> None:
    contract.commitment("1075000").commitment("", payer="ORG-2")
    assert "the only one of 2 payers" in contract.details("payer-share-100")[0]


def test_an_only_payer_is_no_fault(contract) -> None:
    contract.commitment("1075000").payment("5", PAYER="ORG-1")
    assert contract.kinds() == []


def test_payments_that_name_one_of_several_committed_payers(contract) -> None:
    contract.commitment("10").commitment("20", payer="ORG-2").payment("5", PAYER="ORG-1")
    assert "names ORG-1 alone" in contract.details("payer-share-100")[0]


def test_more_paid_than_committed(contract) -> None:
    contract.commitment("1000").payment("1500")
    assert contract.kinds() == ["paid-above-available"]


def test_commitments_that_do_not_add_up_to_the_projects_maximum(folder) -> None:
    folder.project(MOST_AMOUNT="5000", MOST_CURRENCY="GBP").commitment("1000").commitment("", payer="ORG-2")
    assert "no amount" in folder.details("available-figures-differ")[0]
    assert folder.one().available == 5000


def test_recorded_totals_that_differ_from_the_payments(folder) -> None:
    folder.project(MADE_AMOUNT="90").commitment("100", PAYER_MADE="80").payment("100")
    assert len(folder.details("paid-figures-differ")) == 2


def test_a_note_whose_percentage_does_not_fit_its_amounts(contract) -> None:
    contract.payment("900", NOTES="This is 99% of the total available (1,000)")
    assert contract.kinds() == ["stated-percentage-differs"]
    contract.tables["projects_outcome_payments.csv"][0]["Notes"] = (
        "This is 90% of the total available (1,000)"
    )
    assert contract.kinds() == []


# prices


@pytest.mark.parametrize(
    ("maximum", "target", "flagged"),
    [
        ("192000", "320", False),
        ("192001", "320", False),
        ("200000", "320", True),
        ("974390", "0.45", True),
        ("1800", "0.45", False),
        ("1800", "", False),
        ("1900", "", True),
    ],
)
def test_maximum_is_price_times_volume(contract, maximum: str, target: str, flagged: bool) -> None:
    contract.tables["projects_outcome_metrics.csv"][0]["Outcome metric target - (Value)"] = target
    contract.price("600", MAXIMUM=maximum)
    assert contract.kinds() == (["maximum-not-price-times-volume"] if flagged else [])


def test_a_maximum_that_fits_the_projects_own_target_is_no_fault(folder) -> None:
    folder.project(PROJECT_TARGET="100").metric(target="7").price("600", MAXIMUM="60000")
    assert folder.kinds() == []


def test_a_tier_is_not_held_against_the_target_of_the_whole_metric(folder) -> None:
    folder.project().metric(target="370").price("1100", MAXIMUM="407000").price("1000", MAXIMUM="40000")
    assert folder.kinds() == ["several-prices"]
    folder.price("1350", MAXIMUM="185000")
    assert "137.04 times the price" in folder.details("maximum-not-price-times-volume")[0]


def test_a_maximum_without_a_price_cannot_be_checked(contract) -> None:
    contract.price("", MAXIMUM="60000")
    assert contract.kinds() == []


def test_the_same_maximum_beside_different_prices_is_per_person(contract) -> None:
    contract.metric("m2").price("1300", MAXIMUM="11700").price("800", metric="m2", MAXIMUM="11700")
    assert contract.kinds() == ["maximum-per-person"]


def test_a_maximum_that_its_note_calls_per_person(contract) -> None:
    contract.price("1300", MAXIMUM="8200", NOTES="The maximum amount per individual is 8,200")
    assert contract.kinds() == ["maximum-per-person"]


def test_maxima_disputed_within_a_fund_and_price_list(contract) -> None:
    contract.metric("m2").price("1300", MAXIMUM="11700").price("800", metric="m2", MAXIMUM="11700")
    contract.project(TWO, "Two").metric("m1", TWO).metric("m2", TWO)
    contract.price("1300", project=TWO, NOTES="Maximum per individual is 8,200").price("800", "m2", TWO)
    for project in ("INDIGO-POJ-9001", TWO):
        contract.add("projects_outcome_funds.csv", {"Project ID": project, "Id": "F1"})
    details = contract.details("maximum-disputed")
    assert len(details) == 1
    assert "£11,700.00" in details[0]
    assert "£8,200.00" in details[0]


def test_a_maximum_above_all_that_the_project_can_pay(contract) -> None:
    contract.price("100", MAXIMUM="5000").commitment("1000")
    assert contract.kinds() == ["maximum-above-available"]


def test_prices_in_the_target_population_column(folder) -> None:
    folder.project().metric(POPULATION="1300").price("1300")
    assert folder.kinds() == ["value-in-wrong-column"]


def test_a_number_that_is_no_price_in_the_target_population_column(folder) -> None:
    folder.project().metric(POPULATION="870").price("1300")
    assert folder.kinds() == []


def test_a_dollar_value_at_another_rate(contract) -> None:
    for metric, dollars in (("m1", "130"), ("m2", "130"), ("m3", "130"), ("m4", "260")):
        contract.metric(metric).price("100", metric=metric, PRICE_USD=dollars)
    assert [detail.split(":")[0] for detail in contract.details("dollar-value-differs")] == [
        "projects_outcome_pricings.csv row 5, INDIGO-POJ-9001 m4"
    ]


def test_several_prices_of_a_metric_are_not_chosen_between(contract) -> None:
    contract.price("1100").price("1350").result("3").payment("3300")
    assert contract.one().price_times_count is None
    assert contract.kinds() == ["several-prices"]


def test_the_same_price_twice_is_one_price(contract) -> None:
    contract.price("1100").price("1100", NOTES="again").result("3").payment("3300")
    assert contract.one().verdict.status == "agrees"


# dates and results


@pytest.mark.parametrize(
    ("start", "end", "kind"),
    [
        ("2018-13", "2020-08", "impossible-date"),
        ("2018-12", "2020-02-30", "impossible-date"),
        ("2021-07", "2021-03", "impossible-date"),
        ("2023/07", "2024-01", "unreadable-date"),
    ],
)
def test_dates_that_cannot_be(contract, start: str, end: str, kind: str) -> None:
    contract.result("5", START=start, END=end)
    assert contract.kinds() == [kind]


def test_current_and_equal_months_are_fine(contract) -> None:
    contract.plan("plan1", "2019-01", "current").plan("plan2", "2019-02", "2019-02")
    assert contract.kinds() == []


def test_dates_of_projects_and_services_are_checked_too(folder) -> None:
    folder.project()
    folder.tables["projects.csv"][0] |= {
        "Dates - Start date of service provision - (Value)": "2021-10",
        "Dates - Anticipated end date of service provision - (Value)": "2021-06",
    }
    folder.add(
        "projects_service_provisions.csv",
        {"Project ID": "INDIGO-POJ-9001", "Planned Service - End - (Value)": "2023-28"},
    )
    assert len(folder.details("impossible-date")) == 2


def test_more_results_than_people_engaged(contract) -> None:
    contract.result("273", ENGAGED="270")
    assert contract.kinds() == ["count-above-engaged"]


def test_the_number_engaged_in_prose(contract) -> None:
    contract.result("20", ENGAGED="303 children and their families")
    assert contract.kinds() == ["prose-result"]


@pytest.mark.parametrize(
    ("text", "engaged", "says"),
    [
        ("75% of 23 people and more", "", "75% of 23 is no whole number"),
        ("244/253 (98%) were cured", "", "244 of 253 is 96.4%, not 98%"),
        ("12 of the 20 (70%)", "", "12 of 20 is 60.0%"),
        ("Actual was 12.8% (96)", "420", "96 of the 420 engaged is 22.9%"),
        ("75% and 94% of 23 people", "", "75% of 23 is no whole number"),
        ("Of the 23 people helped, 94% stayed", "", "94% of 23 is no whole number"),
        ("94% of participants stayed", "23", "94% of 23 is no whole number"),
        ("120% of participants", "50", "120% is more than all of 50"),
        ("94%", "23", "94% of 23"),
    ],
)
def test_percentages_impossible_for_the_count(contract, text: str, engaged: str, says: str) -> None:
    contract.result("", DESCRIBED=text, ENGAGED=engaged)
    assert says in contract.details("impossible-percentage")[0]


@pytest.mark.parametrize(("proportion", "engaged", "possible"), [("0.75", "23", False), ("0.8", "20", True)])
def test_a_proportion_is_a_percentage_written_another_way(contract, proportion, engaged, possible) -> None:
    contract.result(proportion, ENGAGED=engaged)
    assert (contract.details("impossible-percentage") == []) is possible


@pytest.mark.parametrize(
    ("text", "engaged"),
    [
        ("244/253 (96%) were cured", "258"),
        ("61% of the 41 young people", ""),
        ("Two thirds, up 300%", "23"),
        ("74% of participants", "23"),
        ("17 of 23 (73.9%)", ""),
        ("0 of 0 (0%)", ""),
        ("45% of cases", "150"),
        ("50% of participants", "0"),
        ("Actual was 22.9% (96)", "420"),
    ],
)
def test_percentages_that_can_be_are_left_alone(contract, text: str, engaged: str) -> None:
    contract.result("", DESCRIBED=text, ENGAGED=engaged)
    assert contract.details("impossible-percentage") == []


def test_a_whole_percentage_of_a_hundred_or_more_is_always_possible() -> None:
    assert all(reachable(whole, str(share)) for whole in (100, 101, 137, 999) for share in range(101))


def test_a_reachable_percentage_is_one_that_some_count_gives() -> None:
    for whole in (7, 23, 41):
        for share in range(101):
            brute = any(gives(part, whole, str(share)) for part in range(whole + 1))
            assert reachable(whole, str(share)) is brute


def test_a_project_total_that_hides_wrong_metrics(contract) -> None:
    contract.metric("m2").price("1000").price("1000", metric="m2").result("5").result("5", metric="m2")
    contract.payment("4321", METRIC="m1").payment("5679", METRIC="m2")
    project = contract.one()
    assert project.verdict.status == "agrees"
    assert [fault.kind for fault in project.faults] == ["metrics-offset"]
    assert [metric.verdict.status for metric in project.metrics] == ["unexplained"] * 2


def test_money_in_faults_keeps_its_pence(contract) -> None:
    contract.commitment("1000.10").payment("1500.55")
    assert "£500.45 more" in contract.details("paid-above-available")[0]
    assert contract.one().paid == Decimal("1500.55")
