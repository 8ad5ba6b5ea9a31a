"""What changes between two sets of terms: every rule that differs, and every line of money."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from openoutcomes.contracts.comparing import laid_over, money_changes, rule_changes, through_amendment
from openoutcomes.contracts.lines import Result
from openoutcomes.contracts.reading import parse_terms, read_terms

ONE = "outcomes: {home: {pays: 500, once per: person}, job: {pays: 50, once per: person}}"
TWO = "outcomes: {home: {pays: 600, once per: person}, stay: {pays: 10, once per: person}}"
AMENDED = """
outcomes: {home: {pays: 500, once per: person, evidence: [a, b]}}
amendments:
  - {agreed: 2016-01-01, takes effect: 2016-02-01, says: Dearer., changes: {outcomes: {home: {pays: 600}}}}
  - {agreed: 2016-03-01, takes effect: 2016-04-01, says: One., changes: {outcomes: {home: {evidence: [c]}}}}
"""
ROWS = {
    "people": [{"person_id": "p1"}, {"person_id": "p2"}],
    "achievements": [
        {"achievement_id": "a1", "person_id": "p1", "outcome": "home", "achieved_on": "2015-02-01"},
        {"achievement_id": "a2", "person_id": "p2", "outcome": "job", "achieved_on": "2015-02-01"},
    ],
}
FREE = "verification: not required\n"


def test_added_removed_and_changed_values_are_told_apart(yaml: Callable[[str], str]) -> None:
    said = [str(c) for c in rule_changes(parse_terms(yaml(ONE)), parse_terms(yaml(TWO)))]
    assert said == [
        "changed  outcomes > home > pays: 500 → 600",
        "added    outcomes > stay > pays: 10",
        "added    outcomes > stay > once per: person",
        "removed  outcomes > job > pays: 50",
        "removed  outcomes > job > once per: person",
    ]


def test_examples_are_no_rules(yaml: Callable[[str], str]) -> None:
    more = "\nexamples: [{says: x, given: {achievements: [home on 2015-02-01]}, expect: {home: 500}}]"
    assert rule_changes(parse_terms(yaml(ONE)), parse_terms(yaml(ONE + more))) == []


def test_each_amendment_is_compared_with_the_terms_before_it(yaml: Callable[[str], str]) -> None:
    document = parse_terms(yaml(AMENDED))
    first = rule_changes(laid_over(document, 0), laid_over(document, 1))
    assert [str(c) for c in first] == ["changed  outcomes > home > pays: 500 → 600"]
    second = [str(c) for c in rule_changes(laid_over(document, 1), laid_over(document, 2))]
    assert any("c" in change for change in second)
    assert all("evidence" in change for change in second)


def test_an_earlier_state_of_the_file_has_only_the_earlier_amendments(yaml: Callable[[str], str]) -> None:
    document = parse_terms(yaml(AMENDED))
    counts = [len(read_terms(through_amendment(document, n)).versions) for n in (0, 1, 2)]
    assert counts == [1, 2, 3]


def test_terms_without_amendments_are_compared_as_they_are(yaml: Callable[[str], str]) -> None:
    document = parse_terms(yaml(ONE))
    assert through_amendment(document, 0) is document
    assert rule_changes(document, laid_over(document, 0)) == []


def test_money_is_compared_line_by_line(priced: Callable[..., Result]) -> None:
    change = money_changes(priced(FREE + ONE, ROWS), priced(FREE + TWO, ROWS))
    assert change.as_of == dt.date(2030, 1, 1)
    assert change.totals[0] == ("gross", Decimal("550.00"), Decimal("600.00"))
    assert set(change.outcomes) == {
        ("home", Decimal("500.00"), Decimal("600.00")),
        ("job", Decimal("50.00"), Decimal(0)),
    }
    assert change.payers == (("council", Decimal("550.00"), Decimal("600.00")),)
    assert [(line["line_id"], line["was"], line["now"]) for line in change.lines] == [
        ("a1", {"status": "payable", "amount": "500.00"}, {"status": "payable", "amount": "600.00"}),
        ("a2", {"status": "payable", "amount": "50.00"}, {"status": "refused", "amount": "0.00"}),
    ]
    told = change.as_dict()
    assert told["by_payer"] == [{"payer": "council", "was": "550.00", "now": "600.00", "change": "50.00"}]


def test_a_line_that_stays_the_same_is_no_change(priced: Callable[..., Result]) -> None:
    change = money_changes(priced(FREE + ONE, ROWS), priced(FREE + ONE, ROWS))
    assert (change.lines, {was - now for _, was, now in change.totals}) == ((), {Decimal(0)})


def test_a_line_that_is_only_on_one_side_is_told(priced: Callable[..., Result]) -> None:
    grant = FREE + "fixed payments: {grant: {pays: 100, on: 2016-01-01}}\n"
    without = priced(FREE + ONE, {"people": ROWS["people"]})
    having = priced(grant + ONE, {"people": ROWS["people"]})
    (lost,) = money_changes(having, without).lines
    assert (lost["was"]["amount"], lost["now"]) == ("100.00", {"status": "none", "amount": "0"})
    assert lost["reason"] == "no such line under the later terms"
    (made,) = money_changes(without, having).lines
    assert (made["was"]["status"], made["now"]["amount"]) == ("none", "100.00")
