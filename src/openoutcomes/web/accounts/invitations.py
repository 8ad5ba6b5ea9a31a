"""Invitations: made by somebody who manages seats, sent by e-mail, accepted once.

The link holds 32 random bytes, of which only a digest is kept. Whoever opens it has shown that the
address is theirs, since it went there and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import secrets
from functools import partial
from smtplib import SMTPException
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django_scopes import scope

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.accounts.models import User
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.core.permissions import IN_AN_ORGANISATION, ROLES
from openoutcomes.web.core.scope import writing
from openoutcomes.web.partnerships.models import Invitation, Membership, Organisation, Partnership
from openoutcomes.web.partnerships.queries import roles_given

#: Days for which an invitation works, unless another number is asked for.
DAYS = 14
_LOG = logging.getLogger(__name__)


@command
def invite(
    by: Access,
    *,
    email: str,
    role: str,
    organisation: Organisation | None = None,
    person: Any = None,
    days: int = DAYS,
) -> tuple[Invitation, str]:
    """Invite somebody to a seat; return the invitation and the secret of its link, which is sent by e-mail.

    Raises InputError when the message cannot be sent: the invitation stands then, and can be sent again.
    """
    address = email.strip().lower()
    organisation = _checked(by, role, organisation, person)
    _not_there_yet(by, address, role, organisation, person)
    invitation, token = make(
        by.partnership,
        by.user,
        address=address,
        role=role,
        organisation=organisation,
        person=person,
        days=days,
    )
    detail = {"role": role, "days": days}
    note(by, "accounts.invite", invitation, organisation=organisation, person=person, detail=detail)
    # After the change is kept: a message cannot be taken back, and must not hold the database while it is sent.
    transaction.on_commit(partial(_send, invitation, token, str(by.user)))
    return invitation, token


def _checked(by: Access, role: str, organisation: Organisation | None, person: Any) -> Organisation | None:
    """Return the organisation of the seat, where it is held in one; refuse what may not be given."""
    if role == "person":
        _require_own(by, person)
        return None
    if person is not None:
        raise refuse("only an account for a person supported is about a person.", "Choose that role.", "role")
    if role not in ROLES:
        raise refuse("there is no such role.", "Choose one from the list.", "role")
    if role in IN_AN_ORGANISATION and organisation is None:
        raise refuse(f"a {ROLES[role][0].lower()} works in an organisation.", "Choose one.", "organisation")
    held_in = organisation if role in IN_AN_ORGANISATION else None
    # A seat in the partnership as a whole is for those to give who manage all of it.
    by.require("members.manage", held_in or 0)
    if role not in roles_given(by):
        raise PermissionDenied("members.manage")
    if held_in is not None and not held_in.is_active:
        raise refuse(f"{held_in} is closed.", "Choose another organisation.", "organisation")
    return held_in


def _require_own(by: Access, person: Any) -> None:
    """Let those who manage seats invite their own organisation's people alone to see their record."""
    from openoutcomes.web.people.queries import own_people  # noqa: PLC0415 - people reads accounts

    by.require("members.manage")
    if person is None:
        raise refuse("nobody was named whose account it is.", "Open the person and invite them from there.")
    if not own_people(by).filter(pk=person.pk).exists():
        raise PermissionDenied("members.manage")


def _not_there_yet(
    by: Access, address: str, role: str, organisation: Organisation | None, person: Any
) -> None:
    same = {"role": role, "organisation": organisation, "person": person}
    seats = Membership.of(by.partnership).filter(ended_at=None, user__email__iexact=address, **same)
    if seats.exists():
        raise refuse(
            "somebody with this address has that seat already.", "Look at the list of seats.", "email"
        )
    waiting = Invitation.of(by.partnership).filter(
        accepted_at=None, withdrawn_at=None, expires_at__gt=clock.now(), email__iexact=address, **same
    )
    if waiting.exists():
        mend = "Send it again from the list of invitations, or withdraw it first."
        raise refuse("this address was invited to that seat, and has not answered yet.", mend, "email")


def make(
    partnership: Partnership,
    invited_by: Any,
    *,
    address: str,
    role: str,
    organisation: Organisation | None = None,
    person: Any = None,
    days: int = DAYS,
) -> tuple[Invitation, str]:
    """Write an invitation, inside a command; return it and the secret of its link."""
    token = secrets.token_urlsafe(32)
    invitation: Invitation = Invitation.objects.create(
        partnership=partnership,
        email=address,
        role=role,
        organisation=organisation,
        person=person,
        digest=digest_of(token),
        invited_by=invited_by,
        expires_at=clock.now() + dt.timedelta(days=days),
    )
    return invitation, token


def digest_of(token: str) -> str:
    """Return what is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_of(token: str) -> str:
    """Return the address of an invitation's page."""
    return settings.SITE_URL + reverse("invitation", kwargs={"token": token})


def by_digest(digest: str) -> Invitation | None:
    """Return an invitation by the digest of its link's secret, of whichever partnership, open or not."""
    if not digest:
        return None
    rows = Invitation.objects.with_scopes_disabled()  # type: ignore[attr-defined]
    found: Invitation | None = (
        rows.select_related("partnership", "organisation", "person", "invited_by")
        .filter(digest=digest)
        .first()
    )
    return found


def open_by_digest(digest: str) -> Invitation | None:
    """Return an invitation that can still be accepted, by the digest of its link's secret."""
    found = by_digest(digest)
    return found if found is not None and found.is_open else None


def why_not(invitation: Invitation) -> str:
    """Say why an invitation cannot be accepted any more, or nothing when it can."""
    if invitation.accepted_at is not None:
        return "This invitation has been used."
    if invitation.withdrawn_at is not None:
        return "This invitation was withdrawn."
    if not invitation.is_open:
        return "This invitation has run out."
    if invitation.organisation is not None and not invitation.organisation.is_active:
        return f"{invitation.organisation} is closed, so there is no seat in it."
    return ""


def account_of(invitation: Invitation) -> User | None:
    """Return the account that has the invited address, if there is one."""
    return User.objects.filter(email=invitation.email.lower()).first()


def is_for(invitation: Invitation, user: Any) -> bool:
    """Say whether an account has shown that the invited address is its own."""
    addresses = EmailAddress.objects.filter(user=user, verified=True)
    return addresses.filter(email__iexact=invitation.email).exists()


def accept(digest: str, user: Any) -> Membership:
    """Take the seat of an invitation, once; raises InputError when it cannot be taken.

    Not a command, since whoever accepts has no seat yet: the invitation is the permission.
    """
    found = by_digest(digest)
    if found is None:
        raise refuse("this link is none that we sent.", "Open the newest message again.")
    with transaction.atomic(), scope(partnership=found.partnership), writing("accounts.accept"):
        # Locked, so that the same link opened twice at one moment gives one seat.
        invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=found.pk)
        why = why_not(invitation)
        if why:
            raise refuse(why, "Ask whoever invited you for another.")
        if not is_for(invitation, user):
            raise refuse(
                "this invitation went to another address than yours.",
                "Sign in with the address it was sent to.",
            )
        seat = _seat(invitation, user)
        invitation.accepted_at = clock.now()
        invitation.save(update_fields=["accepted_at"])
        by = Access(user, found.partnership, (seat,))
        note(
            by,
            "accounts.accept",
            invitation,
            organisation=invitation.organisation,
            person=seat.person,
            detail={"role": invitation.role, "seat": seat.pk},
        )
    return seat


def _seat(invitation: Invitation, user: Any) -> Membership:
    """Return the seat of an invitation; it may be held already, when somebody was invited twice."""
    person = invitation.person
    while person is not None and person.merged_into is not None:
        person = person.merged_into
    if person is not None and person.erased_at is not None:
        raise refuse("what was held about you has been erased, so there is nothing to see.")
    seats = Membership.objects.filter(
        user=user, role=invitation.role, organisation=invitation.organisation, ended_at=None
    )
    held: Membership | None = seats.first()
    if held is None:
        held = Membership.objects.create(
            partnership=invitation.partnership,
            user=user,
            role=invitation.role,
            organisation=invitation.organisation,
            person=person,
        )
    elif held.person != person:
        raise refuse(
            "your account shows another person's record already.", "Use another address for this one."
        )
    return held


def _send(invitation: Invitation, token: str, inviter: str) -> None:
    seat = ROLES[invitation.role][0]
    where = f" at {invitation.organisation}" if invitation.organisation else ""
    last = f"{invitation.expires_at:%d %B %Y}".lstrip("0")
    if invitation.role == "person":
        invited = f"{invitation.partnership} invites you to see what is held about you, and to say whether it helped."
    else:
        invited = f"{inviter} invites you to join {invitation.partnership} as {seat.lower()}{where}."
    body = (
        f"Hello,\n\n{invited}\n\nOpen this link to accept:\n\n{link_of(token)}\n\n"
        f"It works once, until {last}. Do not pass it on: whoever opens it takes your place.\n\n"
        "If you did not expect this, delete the message. Nothing happens unless the link is opened and accepted.\n"
    )
    subject = f"Open Outcomes: an invitation to {invitation.partnership}"
    try:
        send_mail(" ".join(subject.split()), body, None, [invitation.email])
    except (OSError, SMTPException) as error:
        _LOG.exception("an invitation could not be sent")
        what = "the invitation is made, but the message could not be sent."
        mend = "Send it again from the list of invitations when the mail server answers."
        raise InputError(Problem(what, mend)) from error
