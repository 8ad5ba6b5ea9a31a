"""What a claim says in words: rules without codes, every line on one page, and what can be done next."""

from __future__ import annotations

import datetime as dt

from openoutcomes.contracts.reading import parse_terms, read_terms
from openoutcomes.web.contracts.wording import of_terms
from web_claims import DAY, achieve, approve, bank, find, lock, on, payer, prepare
from web_world import TERMS


def _page(world, who, name, **kwargs):
    answer = world.client(who).get(world.url(name, **kwargs))
    assert answer.status_code == 200
    return answer


def _main(answer):
    return answer.content.decode().partition("<main")[2].partition("</main>")[0]


def _wording(text=TERMS):
    return of_terms(read_terms(parse_terms(text, "terms.yaml"), {}, assume=True))


def test_codes_of_the_terms_become_words_and_nothing_else_does():
    wording = _wording()
    assert wording.plain("Follows home-entry, sustained for 3 months.") == (
        "Follows “Home entry”, sustained for 3 months."
    )
    assert wording.plain("evidence is missing: landlord-letter") == "evidence is missing: landlord letter"
    assert wording.plain("it waits for home-entry (home-entry-7), which is held") == (
        "it waits for “Home entry” (home-entry-7), which is held"
    )
    assert wording.plain("the well-known not-home-entry of home") == "the well-known not-home-entry of home"


def test_the_longest_code_is_put_in_words_first():
    wording = _wording(TERMS.replace("home-3-months", "home-entry-kept"))
    assert wording.plain("Follows home-entry-kept.") == "Follows “Home entry kept”."


def test_lines_say_why_in_words_and_the_line_itself_gives_the_code_once(busy):
    claim = prepare(busy)
    page = _main(_page(busy, "provider_manager", "claim", claim_id=claim.claim_id))
    assert "evidence is missing: landlord letter" in page
    assert "landlord-letter" not in page
    held = claim.lines.get(status="held")
    line = _main(_page(busy, "provider_manager", "claim_line", claim_id=claim.claim_id, number=held.pk))
    assert "Follows “Home entry”, sustained for 3 months" in line
    assert "Called <code>home-3-months</code> in the terms" in line
    assert "Decided by this rule: <strong>Follows “Home entry”, sustained for 3 months</strong>" in line


def test_the_card_of_outcomes_says_its_rules_in_words(busy):
    address = busy.url("outcome_add", enrolment_id=busy.enrolments["ash"].enrolment_id)
    page = _main(busy.client("practitioner").get(address))
    assert "Follows “Home entry”, sustained for 3 months." in page
    assert "Follows home-entry" not in page


def test_a_preview_says_its_rules_in_words(busy):
    waits = busy.outcomes["waits"]
    page = _main(_page(busy, "practitioner", "outcome", record_id=waits.record_id))
    assert "“Home entry”" in page
    assert "home-entry" not in page


def test_every_line_of_a_claim_can_be_shown_on_one_page_to_print(busy):
    for number in range(30):
        achieve(busy, "ash", day=dt.date(2025, 2, 2) + dt.timedelta(days=number))
    claim = prepare(busy)
    first = _page(busy, "provider_manager", "claim", claim_id=claim.claim_id)
    assert len(first.context["listing"].rows) == 25
    assert "Show all lines, to print" in first.content.decode()
    whole = busy.client("provider_manager").get(first.context["all_address"].partition("#")[0])
    assert len(whole.context["listing"].rows) == claim.lines.count() > 30
    assert not whole.context["listing"].page_links
    assert "data-print" in whole.content.decode()
    again = busy.client("provider_manager").get(whole.context["all_address"].partition("#")[0])
    assert len(again.context["listing"].rows) == 25


def test_all_lines_keep_the_filters_that_are_in_use(busy):
    for number in range(30):
        achieve(busy, "ash", day=dt.date(2025, 2, 2) + dt.timedelta(days=number))
    claim = prepare(busy)
    address = busy.url("claim", claim_id=claim.claim_id)
    page = busy.client("provider_manager").get(f"{address}?kind=refused&page=2")
    assert page.context["all_address"] == f"{address}?kind=refused&all=1#lines"


def test_a_claim_of_few_lines_offers_no_second_way_to_show_them(busy):
    claim = prepare(busy)
    assert "to print" not in _main(_page(busy, "provider_manager", "claim", claim_id=claim.claim_id))


def _next(world, who, claim):
    return _page(world, who, "claim", claim_id=claim.claim_id).context["actions"]


def test_no_payment_is_offered_until_bank_details_are_checked_but_what_can_be_done_is(busy):
    from openoutcomes.web.payments.bank import propose_account

    claim = lock(busy, prepare(busy))
    approve(busy, claim)
    found = _next(busy, "finance", claim)
    assert found["main"] == []
    assert (
        found["why"]
        == "No payment can be recorded now: nobody has checked Harbour Lights's bank details yet."
    )
    assert [words for words, _ in _next(busy, "provider_manager", claim)["main"]] == [
        "Give the bank details of Harbour Lights"
    ]

    details = propose_account(
        busy.access("provider_manager"), provider=busy.organisations["harbour"], account_name="Harbour Lights",
        sort_code="12-34-56", account_number="12345678",
    )  # fmt: skip
    assert _next(busy, "finance", claim)["main"] == [
        ("Check the bank details of Harbour Lights", busy.url("bank_one", bank_id=details.bank_id))
    ]
    waiting = _next(busy, "provider_manager", claim)
    assert waiting["main"] == []
    assert waiting["why"].startswith("Payment waits: a change of Harbour Lights's bank details")


def test_a_payment_is_offered_once_bank_details_are_checked(busy):
    claim = lock(busy, prepare(busy))
    approve(busy, claim)
    bank(busy)
    found = _next(busy, "finance", claim)
    address = busy.url("pay", claim_id=claim.claim_id, payer=payer(busy, "council").pk)
    assert found == {"main": [("Record a payment by Kirkdale Council", address)], "further": [], "why": ""}
    assert _next(busy, "provider_manager", claim)["why"] == ""


def test_what_happened_to_a_line_in_other_claims_is_told_in_words(busy):
    first = lock(busy, prepare(busy))
    with on(DAY + dt.timedelta(days=1)):
        find(busy, busy.outcomes["first"], "refused", "not the right address")
        second = lock(busy, prepare(busy, "2025-Q1b"))
    line = second.lines.filter(adjusts=True).first()
    page = _page(busy, "provider_manager", "claim_line", claim_id=second.claim_id, number=line.pk)
    assert [other.claim for other, _ in page.context["before"]] == [first]
