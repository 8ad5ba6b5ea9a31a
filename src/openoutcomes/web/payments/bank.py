"""Where providers are paid: proposed by one person, checked by another, and payments wait meanwhile."""

from __future__ import annotations

import re

from openoutcomes.web.claims.parties import payers_of_provider, was_member
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.payments.models import BankDetails

_SORT_CODE = re.compile(r"[0-9]{6}")
_ACCOUNT = re.compile(r"[0-9]{6,8}")


def read_sort_code(text: str) -> str:
    """Return a sort code as 12-34-56, however it was typed; refuses what is none."""
    found = re.sub(r"[\s-]", "", text)
    if not _SORT_CODE.fullmatch(found):
        raise refuse("this is not a sort code.", "It has six digits, like 12-34-56.", "sort_code")
    return f"{found[:2]}-{found[2:4]}-{found[4:]}"


def read_account_number(text: str) -> str:
    """Return an account number of eight digits; shorter ones are filled with noughts in front, as banks do."""
    found = re.sub(r"[\s-]", "", text)
    if not _ACCOUNT.fullmatch(found):
        what = "this is not an account number."
        raise refuse(what, "It has eight digits; some older ones have six or seven.", "account_number")
    return found.zfill(8)


@command
def propose_account(
    by: Access, *, provider: Organisation, account_name: str, sort_code: str, account_number: str
) -> BankDetails:
    """Propose where a provider is to be paid. Payments to it wait until somebody else has checked it."""
    by.require("bank.propose", provider)
    # Taken first, so that two proposals at once cannot both stand.
    provider = Organisation.objects.select_for_update().get(pk=provider.pk)
    account_name = account_name.strip()
    if not account_name:
        raise refuse("no account name was given.", "Write it as on the bank statement.", "account_name")
    sort_code, account_number = read_sort_code(sort_code), read_account_number(account_number)
    rows = BankDetails.objects.filter(provider=provider)
    if rows.filter(state="proposed").exists():
        what = "bank details already wait to be checked."
        raise refuse(what, "Withdraw those first if they are wrong.")
    now = rows.filter(state="checked").first()
    if now is not None and (now.account_name, now.sort_code, now.account_number) == (
        account_name, sort_code, account_number,
    ):  # fmt: skip
        raise refuse("these details are in use already.", "There is nothing to change.")
    made: BankDetails = BankDetails.objects.create(
        partnership=by.partnership,
        provider=provider,
        account_name=account_name,
        sort_code=sort_code,
        account_number=account_number,
        last_four=account_number[-4:],
        proposed_by=by.user,
    )
    note(by, "bank.propose", made, organisation=provider, detail={"last_four": made.last_four})
    return made


@command
def withdraw_account(by: Access, *, details: BankDetails) -> BankDetails:
    """Withdraw a proposal, by anybody who may propose for the provider: what was in use stays in use."""
    by.require("bank.propose", details.provider)
    details = _proposed(details)
    details.state, details.ended_at = "withdrawn", clock.now()
    details.save()
    note(by, "bank.withdraw", details, organisation=details.provider)
    return details


@command
def check_account(
    by: Access, *, details: BankDetails, confirmed: bool, how: str, last_four: str = "", check_note: str = ""
) -> BankDetails:
    """Check a proposal for a payer, and say how. Never by whoever proposed it, nor by a member of the provider.

    ``last_four`` are the digits that the checker was told, by somebody known to be at the provider.
    """
    paying = payers_of_provider(details.provider)
    by.require_any("bank.check", paying)
    Organisation.objects.select_for_update().get(pk=details.provider_id)
    details = _proposed(details)
    if why := why_not_check(by, details):
        raise refuse(why, "Ask a colleague.")
    if how not in dict(BankDetails.WAYS):
        raise refuse("nobody said how the details were checked.", "Choose one of the ways.", "how")
    if confirmed and last_four.strip() != details.last_four:
        what = "these are not the last four digits that were proposed."
        raise refuse(what, "Stop, and refuse the details unless you misheard.", "last_four")
    if not confirmed and not check_note.strip():
        raise refuse("no reason was given.", "Say why the details are refused.", "check_note")
    details.checked_by, details.checked_at = by.user, clock.now()
    details.checked_for = next(one for one in paying if by.allows("bank.check", one))
    details.how, details.check_note = how, check_note.strip()
    if confirmed:
        BankDetails.objects.filter(provider=details.provider, state="checked").update(
            state="replaced", ended_at=clock.now()
        )
        details.state = "checked"
    else:
        details.state, details.ended_at = "refused", clock.now()
    details.save()
    note(
        by, "bank.check", details, organisation=details.checked_for,
        detail={"last_four": details.last_four, "confirmed": confirmed, "how": how},
    )  # fmt: skip
    return details


def why_not_check(by: Access, details: BankDetails) -> str:
    """Say why somebody may not check a proposal, or nothing when they may."""
    if details.proposed_by_id == by.user.pk:
        return "you proposed these details, so somebody else has to check them."
    if was_member(by.user, details.provider, details.proposed_at):
        return f"you hold a seat in {details.provider}, so you may not check its bank details."
    return ""


def _proposed(details: BankDetails) -> BankDetails:
    found: BankDetails = (
        BankDetails.objects.select_for_update(of=("self",)).select_related("provider").get(pk=details.pk)
    )
    if found.state != "proposed":
        raise refuse("these details no longer wait to be checked.", "Open the page again.")
    return found
