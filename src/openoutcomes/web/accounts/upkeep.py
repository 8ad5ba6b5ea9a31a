"""What whoever runs the platform does to accounts, and people to their own, noted in the audit trail.

From the command line nobody in particular does it; on a page, ``by`` says who.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils.text import slugify
from django_scopes import scope

from openoutcomes.web.accounts.invitations import link_of, make
from openoutcomes.web.accounts.models import User
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import note, refuse
from openoutcomes.web.core.scope import writing
from openoutcomes.web.partnerships.models import Membership, Partnership


def platform_user() -> User:
    """Return the account that stands in the audit trail for the command line. Nobody can sign in with it."""
    keeper, is_new = User.objects.get_or_create(
        email=f"platform@{settings.SITE_HOST}", defaults={"name": "The platform", "is_active": False}
    )
    if is_new:
        keeper.set_unusable_password()
        keeper.save(update_fields=["password"])
    return keeper


def invite_first_administrator(
    *, email: str, partnership: str, by: User | None = None, is_new: bool = False
) -> str:
    """Make a partnership, or find it by its name, and return the link by which its administrator joins.

    Nothing is sent: whoever does this passes the link on, or opens it themselves. With ``is_new`` there
    may be none of that name yet.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise refuse(
            f"{email!r} is no email address.", "Write it as name@example.org.", _named(by, "email")
        ) from None
    name = partnership.strip()
    slug = slugify(name)[:40].strip("-")
    if not slug:
        raise refuse(
            "a partnership needs a name with letters in it.", "Give another.", _named(by, "partnership")
        )
    with transaction.atomic(), writing("the first administrator"):
        keeper = by or platform_user()
        place, is_made = Partnership.objects.get_or_create(slug=slug, defaults={"name": name[:120]})
        if is_new and not is_made:
            raise refuse(
                f"there is a partnership called {place} already.",
                "Give another name; or where you lost its link, get another with: openoutcomes web create-administrator",
                "partnership",
            )
        with scope(partnership=place):
            seats = Membership.objects.filter(role="administrator", ended_at=None)
            if seats.filter(user__email=address).exists():
                mend = "They sign in as always, or choose a new password there."
                raise refuse(f"{address} is an administrator of {place} already.", mend, _named(by, "email"))
            invitation, token = make(place, keeper, address=address, role="administrator")
            seat = Access(keeper, place, ())
            detail = {"role": "administrator", "from": _where(by)}
            note(seat, "accounts.invite", invitation, detail=detail)
    return link_of(token)


def _named(by: User | None, field: str) -> str:
    """Return what a mistake is about: a field of the page, or an option of the command."""
    return field if by is not None else f"--{field}"


def _where(by: User | None) -> str:
    return "page" if by is not None else "command line"


def _account(email: str) -> User:
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise refuse(f"nobody has an account with {email!r}.", "Check the address.", "EMAIL")
    return user


def _note(user: User, verb: str, by: User | None = None) -> None:
    """Note it in every partnership in which the account has or had a seat."""
    keeper = by or platform_user()
    mine = Membership.objects.with_scopes_disabled().filter(user=user)  # type: ignore[attr-defined]
    for place in Partnership.objects.filter(pk__in=mine.values("partnership")):
        with scope(partnership=place), writing(verb):
            note(Access(keeper, place, ()), verb, user, detail={"from": _where(by)})


@transaction.atomic
def close(email: str, *, by: User | None = None) -> User:
    """Close an account: it is signed out everywhere, and cannot sign in until it is opened again."""
    user = _account(email)
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.end_sessions()
    _note(user, "accounts.close", by)
    return user


@transaction.atomic
def close_own(user: User) -> User:
    """Close one's own account, unless a partnership would be left without an administrator."""
    alone = needed_by(user, lock=True)
    if alone:
        names = " and ".join(str(place) for place in alone)
        raise refuse(f"nobody else is an administrator of {names}.", "Invite another administrator first.")
    return close(user.email, by=user)


def needed_by(user: User, *, lock: bool = False) -> list[Partnership]:
    """Return the partnerships of which somebody is the one administrator who can sign in.

    Inside a transaction ``lock`` holds their seats, so that two who close their accounts at one moment do
    not both succeed.
    """
    seats = Membership.objects.with_scopes_disabled().filter(role="administrator", ended_at=None)  # type: ignore[attr-defined]
    mine = seats.filter(user=user).values("partnership")
    held = seats.filter(partnership__in=mine).select_related("user")
    if lock:
        held = held.select_for_update(of=("self",))
    others = {seat.partnership_id for seat in held if seat.user_id != user.pk and seat.user.is_active}
    return list(Partnership.objects.filter(pk__in=mine).exclude(pk__in=others).order_by("name"))


@transaction.atomic
def reopen(email: str, *, by: User | None = None) -> User:
    """Open a closed account again."""
    user = _account(email)
    if user == platform_user():
        raise refuse("this account stands for the command line, and nobody signs in with it.")
    user.is_active = True
    user.save(update_fields=["is_active"])
    _note(user, "accounts.reopen", by)
    return user


@transaction.atomic
def forget_second_step(email: str) -> int:
    """Take away every second step of somebody who lost them all; return how many there were.

    They are signed out everywhere, and add a new one when they next sign in.
    """
    user = _account(email)
    found = Authenticator.objects.filter(user=user)
    count = found.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    found.delete()
    user.end_sessions()
    _note(user, "accounts.forget_second_step")
    return count


def describe(email: str) -> list[tuple[str, str]]:
    """Return what there is to say of an account: its state, seats and second steps."""
    user = _account(email)
    seats = Membership.objects.with_scopes_disabled().filter(user=user, ended_at=None)  # type: ignore[attr-defined]
    steps = Authenticator.objects.filter(user=user).values_list("type", flat=True)
    confirmed = EmailAddress.objects.filter(user=user, verified=True).aggregate(n=models.Count("pk"))["n"]
    said = [
        ("account", "open" if user.is_active else "closed"),
        ("address", "confirmed" if confirmed else "not confirmed"),
        ("second step", ", ".join(sorted(set(steps))).replace("_", " ") or "none"),
        ("last signed in", f"{user.last_login:%Y-%m-%d}" if user.last_login else "never"),
    ]
    for seat in seats.select_related("partnership", "organisation"):
        where = f" at {seat.organisation}" if seat.organisation else ""
        said.append(("seat", f"{seat.role_name()}{where}, {seat.partnership}"))
    return said
