"""Claims through the pages: preparing, looking, submitting, approving, and whoever may not."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import pytest

from openoutcomes.web.audit.models import Event
from openoutcomes.web.claims.models import Claim
from openoutcomes.web.claims.queries import claims_for, is_locked, locked_claim_of, unclaimed
from web_claims import DAY, achieve, approve, date_parts, figures, find, lock, on, payer, prepare, send

PERIOD = {
    "label": "2025-Q1",
    **date_parts("period_from", dt.date(2025, 1, 1)),
    **date_parts("period_to", dt.date(2025, 3, 31)),
}


def test_a_claim_is_prepared_submitted_and_approved_through_the_pages(busy):
    manager = busy.client("provider_manager")
    assert send(manager, busy.url("claim_prepare"), **PERIOD).status_code == 302
    claim = Claim.objects.get()
    page = manager.get(busy.url("claim", claim_id=claim.claim_id))
    assert "£1,000.00" in page.content.decode()
    assert "evidence is missing: landlord letter" in page.content.decode()
    assert send(manager, busy.url("claim_lock", claim_id=claim.claim_id)).status_code == 302
    council = payer(busy, "council")
    address = busy.url("claim_approve", claim_id=claim.claim_id, payer=council.pk)
    assert send(busy.client("commissioner"), address, what="all").status_code == 302
    assert figures(claim, "council") == (66_666, 66_666, 0, 0, 0)


def test_the_period_of_the_next_claim_is_suggested(busy):
    form = busy.client("provider_manager").get(busy.url("claim_prepare")).context["form"]
    assert form.initial["label"] == "2025-Q1"
    assert form.initial["period_to"] == dt.date(2025, 3, 31)


def test_a_form_sent_twice_prepares_submits_and_approves_once(busy):
    manager, commissioner = busy.client("provider_manager"), busy.client("commissioner")
    key = {"once": manager.get(busy.url("claim_prepare")).context["form"].initial["once"]}
    for _ in range(2):
        assert manager.post(busy.url("claim_prepare"), {**PERIOD, **key}).status_code == 302
    claim = Claim.objects.get()
    address = busy.url("claim_lock", claim_id=claim.claim_id)
    key = {"once": manager.get(address).context["form"].initial["once"]}
    for _ in range(2):
        assert manager.post(address, key).status_code == 302
    address = busy.url("claim_approve", claim_id=claim.claim_id, payer=payer(busy, "council").pk)
    key = {**commissioner.get(address).context["form"].initial, "what": "all"}
    for _ in range(2):
        assert commissioner.post(address, key).status_code == 302
    assert figures(claim, "council") == (66_666, 66_666, 0, 0, 0)
    assert claim.approvals.count() == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"label": ""}, "This field is required"),
        (date_parts("period_to", dt.date(2024, 3, 31)), "The period ends before it begins"),
        (date_parts("as_of", dt.date(2099, 1, 1)), "must be today or in the past"),
    ],
)
def test_mistakes_in_the_form_are_said(busy, changes, says):
    page = send(busy.client("provider_manager"), busy.url("claim_prepare"), **{**PERIOD, **changes})
    assert page.status_code == 200
    assert says in page.content.decode()
    assert not Claim.objects.exists()


def test_a_draft_is_seen_by_its_own_provider_alone(busy):
    claim = prepare(busy)
    address = busy.url("claim", claim_id=claim.claim_id)
    assert busy.client("provider_manager").get(address).status_code == 200
    for name in ("commissioner", "finance", "investor", "coordinator", "administrator", "other_manager"):
        assert busy.client(name).get(address).status_code == 404, name


def test_a_submitted_claim_is_seen_by_its_parties_and_by_no_other_provider(busy, elsewhere):
    claim = lock(busy, prepare(busy))
    address = busy.url("claim", claim_id=claim.claim_id)
    seen = {name: busy.client(name).get(address).status_code for name in busy.users}
    assert {name for name, status in seen.items() if status == 200} == {
        "provider_manager", "manager_two", "commissioner", "council_two", "fund_commissioner", "finance",
        "fund_finance", "council_finance_two", "investor", "coordinator", "verifier", "administrator",
    }  # fmt: skip
    assert seen["other_manager"] == seen["lantern_finance"] == 404
    assert seen["practitioner"] == seen["evaluator"] == 403
    assert elsewhere.client("commissioner").get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("claim_lock", "manager_two"), ("claim_price_again", "manager_two"), ("claim_withdraw", "manager_two"),
    ],
)  # fmt: skip
def test_what_a_provider_does_is_closed_to_everybody_else(busy, name, who):
    claim = prepare(busy)
    address = busy.url(name, claim_id=claim.claim_id)
    assert busy.client(who).get(address).status_code == 200
    for other in ("other_manager", "commissioner", "finance", "investor", "verifier", "coordinator"):
        assert busy.client(other).get(address).status_code in (403, 404), other
        assert busy.client(other).post(address, {"once": "x"}).status_code in (403, 404), other
    claim.refresh_from_db()
    assert claim.state == "draft"


@pytest.mark.parametrize("name", ["claim_approve", "claim_return"])
def test_a_payer_acts_for_itself_alone(busy, name):
    claim = lock(busy, prepare(busy))
    council, fund = payer(busy, "council"), payer(busy, "fund")
    mine = busy.url(name, claim_id=claim.claim_id, payer=council.pk)
    assert busy.client("commissioner").get(mine).status_code == 200
    theirs = busy.url(name, claim_id=claim.claim_id, payer=fund.pk)
    assert busy.client("commissioner").post(theirs, {"what": "all"}).status_code == 404
    for other in ("provider_manager", "finance", "investor", "administrator", "other_manager"):
        assert busy.client(other).post(mine, {"what": "all"}).status_code in (403, 404), other
    assert figures(claim, "fund") == (33_334, 0, 0, 0, 0)


def test_guessed_claims_and_lines_are_not_found(busy):
    claim = lock(busy, prepare(busy))
    other = lock(busy, prepare(busy, who="other_manager", where="lantern"), "other_manager")
    client = busy.client("provider_manager")
    assert client.get(busy.url("claim", claim_id="cl-222222222222")).status_code == 404
    line = other.lines.first()
    for claim_id in (claim.claim_id, other.claim_id):
        assert client.get(busy.url("claim_line", claim_id=claim_id, number=line.pk)).status_code == 404


def test_page_file_and_ledger_say_the_same_to_the_penny(busy):
    claim = lock(busy, prepare(busy))
    client = busy.client("commissioner")
    text = client.get(busy.url("claim_lines", claim_id=claim.claim_id)).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    values = json.loads(client.get(busy.url("claim_json", claim_id=claim.claim_id)).content)
    for key, pence in (("council", 66_666), ("fund", 33_334)):
        money = Decimal(pence) / 100
        assert sum(Decimal(row[f"payer:{key}"]) for row in rows) == money
        assert {one["payer"]: one["amount"] for one in values["by_payer"]}[key] == str(money)
        assert figures(claim, key)[0] == pence
        page = client.get(busy.url("claim", claim_id=claim.claim_id)).content.decode()
        assert f"£{money}" in page
    for row in rows:
        parts = sum(Decimal(row[name]) for name in ("amount", "reduced", "held", "refused"))
        assert Decimal(row["gross"]) == parts
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal(values["totals"]["claimed"])


def test_nobody_is_named_to_those_who_pay(busy):
    claim = lock(busy, prepare(busy))
    line = claim.lines.first()
    client = busy.client("commissioner")
    for address in (
        busy.url("claim", claim_id=claim.claim_id),
        busy.url("claim_line", claim_id=claim.claim_id, number=line.pk),
        busy.url("claim_lines", claim_id=claim.claim_id),
        busy.url("claim_json", claim_id=claim.claim_id),
    ):
        text = client.get(address).content.decode()
        assert line.person_id in text
        assert "Ash" not in text
        assert "Blake" not in text


def test_a_line_walks_back_to_rule_evidence_finding_and_record_and_the_look_is_noted(busy):
    claim = lock(busy, prepare(busy))
    line = claim.lines.get(origin=busy.outcomes["first"].record_id)
    with on(DAY + dt.timedelta(days=30)):
        find(busy, busy.outcomes["first"], "refused", "looked at again")
        page = busy.client("commissioner").get(
            busy.url("claim_line", claim_id=claim.claim_id, number=line.pk)
        )
    text = page.content.decode()
    assert "Accepted by the verifier" in text
    assert "Evidence kinds: tenancy-agreement" in text
    assert "State: accepted" in text
    assert "State: refused" not in text, "what was found later is no part of the line"
    event = Event.of(busy.partnership).filter(verb="claims.explain").get()
    assert (event.kind, event.person.person_id) == ("view", line.person_id)


def test_records_that_changed_since_a_draft_was_priced_are_warned_of(busy):
    claim = prepare(busy)
    client = busy.client("provider_manager")
    address = busy.url("claim", claim_id=claim.claim_id)
    assert "changed since this draft was priced" not in client.get(address).content.decode()
    achieve(busy, "ash", "home-3-months", dt.date(2025, 4, 5), evidence="landlord-letter", accepted=False)
    assert "1 record changed since this draft was priced" in client.get(address).content.decode()
    assert send(client, busy.url("claim_price_again", claim_id=claim.claim_id)).status_code == 302
    assert "changed since this draft was priced" not in client.get(address).content.decode()


def test_a_claim_with_nothing_payable_is_not_submitted(busy):
    with on(DAY + dt.timedelta(days=1)):
        for name in ("first", "second"):
            find(busy, busy.outcomes[name], "refused")
        claim = prepare(busy)
        page = send(busy.client("provider_manager"), busy.url("claim_lock", claim_id=claim.claim_id))
    assert "There is nothing to claim" in page.content.decode()


def test_only_the_lines_ticked_are_approved(busy):
    claim = lock(busy, prepare(busy))
    address = busy.url("claim_approve", claim_id=claim.claim_id, payer=payer(busy, "council").pk)
    client = busy.client("commissioner")
    page = send(client, address, what="some")
    assert "Tick the lines that you approve" in page.content.decode()
    first = busy.outcomes["first"].record_id
    assert send(client, address, what="some", lines=[first]).status_code == 302
    assert figures(claim, "council") == (66_666, 33_333, 0, 0, 0)
    stale = {"what": "some", "lines": [first], "once": "another", "waited": 66_666}
    assert client.post(address, stale).status_code == 200, "the line waits no longer, so it is no choice"
    page = client.post(address, {"what": "all", "once": "a third", "waited": 66_666})
    assert "has changed since this page was opened" in page.content.decode()
    assert figures(claim, "council") == (66_666, 33_333, 0, 0, 0)


def test_an_outcome_in_a_locked_claim_is_known_as_locked(busy):
    first, waits = busy.outcomes["first"].record_id, busy.outcomes["waits"].record_id
    claim = prepare(busy)
    assert not is_locked(first)
    lock(busy, claim)
    assert is_locked(first)
    assert locked_claim_of(first) == claim
    assert not is_locked(waits), "what is held has not been claimed yet"


def test_a_provider_is_told_of_accepted_outcomes_to_claim_and_a_payer_of_claims_to_approve(busy):
    assert {record.record_id for record in unclaimed(busy.access("provider_manager"))} == {
        busy.outcomes["first"].record_id, busy.outcomes["second"].record_id,
    }  # fmt: skip
    home = busy.client("provider_manager").get(busy.url("home")).content.decode()
    assert "accepted outcomes to claim" in home
    claim = lock(busy, prepare(busy))
    assert not unclaimed(busy.access("provider_manager")).exists()
    home = busy.client("commissioner").get(busy.url("home")).content.decode()
    assert "claim to approve, £666.66" in home
    approve(busy, claim)
    assert "to approve" not in busy.client("commissioner").get(busy.url("home")).content.decode()


def test_the_list_is_narrowed_and_downloaded(busy):
    lock(busy, prepare(busy))
    client = busy.client("commissioner")
    assert "2025-Q1" in client.get(busy.url("claims")).content.decode()
    assert "Nothing fits" in client.get(busy.url("claims"), {"state": "paid"}).content.decode()
    rows = list(
        csv.DictReader(
            io.StringIO(client.get(busy.url("claims"), {"format": "csv"}).content.decode("utf-8-sig"))
        )
    )
    assert [(row["Claim"], row["Claimed"], row["Paid"]) for row in rows] == [
        ("harbour/2025-Q1", "1000.00", "0.00")
    ]


def test_pages_ask_no_more_of_the_database_for_more_lines(busy, django_assert_max_num_queries):
    for month in range(4, 12):
        achieve(busy, "ash", day=dt.date(2024, month, 1))
    claim = lock(busy, prepare(busy))
    client = busy.client("commissioner")
    with django_assert_max_num_queries(19):
        client.get(busy.url("claim", claim_id=claim.claim_id))
    with django_assert_max_num_queries(14):
        client.get(busy.url("claims"))


def test_claims_are_listed_by_reach(busy):
    lock(busy, prepare(busy))
    prepare(busy, who="other_manager", where="lantern")
    assert {c.reference for c in claims_for(busy.access("other_manager"))} == {"lantern/2025-Q1"}
    assert {c.reference for c in claims_for(busy.access("commissioner"))} == {"harbour/2025-Q1"}
    assert {c.reference for c in claims_for(busy.access("lantern_finance"))} == set()
