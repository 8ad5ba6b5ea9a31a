"""Bank details: two people always, payments wait meanwhile, and nobody sees a whole account number."""

import pytest
from django.db import IntegrityError, connection, transaction

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.scope import writing
from openoutcomes.web.payments.bank import (
    check_account,
    propose_account,
    read_account_number,
    read_sort_code,
    withdraw_account,
)  # fmt: skip
from openoutcomes.web.payments.models import BankDetails
from web_claims import approve, bank, figures, lock, pay, prepare, send
from web_world import seat

ACCOUNT = {"account_name": "Harbour Lights", "sort_code": "12-34-56", "account_number": "12345678"}


def propose(busy, who="provider_manager", **changes):
    return propose_account(
        busy.access(who), provider=busy.organisations["harbour"], **{**ACCOUNT, **changes}
    )  # fmt: skip


def check(busy, details, who="finance", **changes):
    values = {"confirmed": True, "how": "call-back", "last_four": details.last_four, **changes}
    return check_account(busy.access(who), details=details, **values)


@pytest.mark.parametrize(
    ("typed", "read"), [("123456", "12-34-56"), ("12 34 56", "12-34-56"), (" 12-34-56 ", "12-34-56")]
)
def test_sort_codes_are_read_however_they_are_typed(typed, read):
    assert read_sort_code(typed) == read


@pytest.mark.parametrize(("typed", "read"), [("1234 5678", "12345678"), ("123456", "00123456")])
def test_account_numbers_are_read_and_filled_to_eight_digits(typed, read):
    assert read_account_number(typed) == read


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "12-34-5x", "\uff11\uff12\uff13\uff14\uff15\uff16"]
)
def test_what_is_no_sort_code_is_refused(typed):
    with pytest.raises(InputError, match="not a sort code"):
        read_sort_code(typed)


@pytest.mark.parametrize("typed", ["", "12345", "123456789", "GB82WEST", "12345a"])
def test_what_is_no_account_number_is_refused(typed):
    with pytest.raises(InputError, match="not an account number"):
        read_account_number(typed)


def test_payments_wait_until_a_change_is_checked_by_somebody_else(busy):
    claim = lock(busy, prepare(busy))
    approve(busy, claim)
    with pytest.raises(InputError, match="nobody has checked Harbour Lights's bank details yet"):
        pay(busy, claim, "10.00")
    details = propose(busy)
    with pytest.raises(InputError, match="waits to be checked"):
        pay(busy, claim, "10.00")
    check(busy, details)
    pay(busy, claim, "10.00")
    change = propose(busy, "manager_two", account_number="87654321")
    with pytest.raises(InputError, match="waits to be checked"):
        pay(busy, claim, "10.00", reference="next")
    check(busy, change, confirmed=False, check_note="they knew nothing of it")
    pay(busy, claim, "10.00", reference="next")
    assert figures(claim, "council")[2] == 2_000
    in_use = BankDetails.objects.get(state="checked")
    assert in_use.last_four == "5678", "what was refused replaced nothing"


def test_what_is_replaced_stays_in_the_history(busy):
    bank(busy)
    bank(busy, number="87654321")
    assert [(one.last_four, one.state) for one in BankDetails.objects.order_by("pk")] == [
        ("5678", "replaced"), ("4321", "checked"),
    ]  # fmt: skip


def test_nobody_checks_what_they_proposed_or_their_own_organisation_proposed(busy):
    seat(busy.partnership, busy.users["provider_manager"], "finance", busy.organisations["council"])
    with pytest.raises(InputError, match="you proposed these details"):
        check(busy, propose(busy), "provider_manager")
    seat(busy.partnership, busy.users["fund_finance"], "practitioner", busy.organisations["harbour"])
    with pytest.raises(InputError, match="hold a seat in Harbour Lights"):
        check(busy, BankDetails.objects.get(), "fund_finance")


def test_the_database_itself_refuses_one_person_for_both(busy):
    details = propose(busy)
    with writing("test"), transaction.atomic(), pytest.raises(IntegrityError):
        BankDetails.objects.filter(pk=details.pk).update(state="checked", checked_by=details.proposed_by)


def test_a_finance_officer_of_a_provider_checks_nothing(busy):
    from django.core.exceptions import PermissionDenied

    details = propose(busy)
    with pytest.raises(PermissionDenied):
        check(busy, details, "lantern_finance")
    assert (
        busy.client("lantern_finance").get(busy.url("bank_one", bank_id=details.bank_id)).status_code == 404
    )


def test_the_last_four_digits_told_on_the_call_have_to_be_those_proposed(busy):
    with pytest.raises(InputError, match="not the last four digits"):
        check(busy, propose(busy), last_four="1111")


def test_a_proposal_can_be_withdrawn_and_the_same_details_are_no_change(busy):
    details = propose(busy)
    with pytest.raises(InputError, match="already wait to be checked"):
        propose(busy, "manager_two")
    withdraw_account(busy.access("manager_two"), details=details)
    check(busy, propose(busy))
    with pytest.raises(InputError, match="in use already"):
        propose(busy)


def test_account_numbers_are_encrypted_at_rest_and_shown_to_nobody(busy):
    details = bank(busy)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sort_code, account_number, account_name FROM payments_bankdetails")
        stored = " ".join(map(str, cursor.fetchone()))
    assert "12345678" not in stored
    assert "12-34-56" not in stored
    for name in ("provider_manager", "finance", "fund_finance"):
        for address in (busy.url("bank"), busy.url("bank_one", bank_id=details.bank_id)):
            text = busy.client(name).get(address).content.decode()
            assert "5678" in text
            assert "12345678" not in text
            assert "12-34-56" not in text


def test_a_change_goes_through_the_pages_and_other_managers_are_told(busy):
    manager = busy.client("provider_manager")
    address = busy.url("bank_propose", organisation="harbour")
    page = send(manager, address, **{**ACCOUNT, "sort_code": "12"})
    assert "This is not a sort code. It has six digits" in page.content.decode()
    assert send(manager, address, **ACCOUNT).status_code == 302
    assert "Did they mean to?" in busy.client("manager_two").get(busy.url("home")).content.decode()
    assert "Did they mean to?" not in manager.get(busy.url("home")).content.decode()
    finance = busy.client("finance")
    assert "change of bank details to check" in finance.get(busy.url("home")).content.decode()
    here = busy.url("bank_one", bank_id=BankDetails.objects.get().bank_id)
    page = send(finance, here, how="call-back", last_four="0000", confirmed="yes")
    assert "not the last four digits" in page.content.decode()
    assert send(finance, here, how="call-back", last_four="5678", confirmed="yes").status_code == 302
    assert BankDetails.objects.get().state == "checked"


def test_bank_pages_are_closed_to_everybody_else(busy, elsewhere):
    details = propose(busy)
    here = busy.url("bank_one", bank_id=details.bank_id)
    for name in ("commissioner", "practitioner", "investor", "coordinator", "administrator", "verifier"):
        assert busy.client(name).get(here).status_code == 403, name
    assert busy.client("other_manager").get(here).status_code == 404
    assert (
        busy.client("other_manager").get(busy.url("bank_propose", organisation="harbour")).status_code == 404
    )
    assert elsewhere.client("finance").get(here).status_code == 404
