"""Reading referrals: in and out, and what each side may see of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.http import Http404

from openoutcomes.web.accounts.models import User
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.people.models import Person, Sight
from openoutcomes.web.people.queries import people_for, person_or_404
from openoutcomes.web.records.models import Record
from openoutcomes.web.referrals.models import Referral

_BACK = Q(state__in=["declined", "handed_back"], route="between", next="")


def _rows(access: Access) -> QuerySet[Any]:
    seen = Sight.of(access.partnership).filter(
        Sight.holds(),
        person=OuterRef("person"),
        organisation__in=access.organisation_ids("referrals.view"),
    )
    # What the receiving organisation was given with the referral may have been stopped meanwhile.
    given = Sight.of(access.partnership).filter(Sight.holds(), pk=OuterRef("sight"))
    return (
        Referral.of(access.partnership)
        .select_related("person", "from_organisation", "to_organisation", "programme", "sight")
        .annotate(is_visible=Exists(seen), is_open=Exists(given) | Q(sight=None))
    )


def incoming(access: Access) -> QuerySet[Any]:
    """Return the referrals to the seat's organisations, those that wait first.

    ``is_visible`` says whether the person may still be seen: a page shows no name without it.
    """
    rows = _rows(access).filter(to_organisation__in=access.organisation_ids("referrals.view"))
    return rows.annotate(rank=_rank(Q(state="made", is_open=True)))


def outgoing(access: Access) -> QuerySet[Any]:
    """Return the referrals that the seat's organisations made: those that came back first, then waiting."""
    rows = _rows(access).filter(from_organisation__in=access.organisation_ids("referrals.view"))
    return rows.annotate(rank=_rank(_BACK, Q(state="made")))


def _rank(*first: Q) -> Case:
    whens = [When(condition, then=Value(number)) for number, condition in enumerate(first)]
    return Case(*whens, default=Value(9), output_field=IntegerField())


def waiting_in(access: Access) -> QuerySet[Any]:
    """Return the referrals that wait for an answer of the seat's organisations."""
    return incoming(access).filter(state="made", is_open=True, is_visible=True)


def came_back(access: Access) -> QuerySet[Any]:
    """Return the referrals that came back to the seat's organisations, with nothing said of what is next."""
    return outgoing(access).filter(_BACK)


def unanswered(access: Access) -> QuerySet[Any]:
    """Return the referrals of the seat's organisations that nobody has answered in time."""
    return outgoing(access).filter(state="made", due_on__lt=today())


def referral_or_404(access: Access, referral_id: str) -> tuple[Any, str]:
    """Return a referral and the seat's side of it, ``in``, ``out`` or ``both``; raises Http404 for others.

    A person who can no longer be seen (the share was stopped, or has ended) takes the referral
    with them.
    """
    mine = access.organisation_ids("referrals.view")
    row = (
        _rows(access)
        .filter(Q(to_organisation__in=mine) | Q(from_organisation__in=mine), referral_id=referral_id)
        .first()
    )
    if row is None:
        raise Http404("No such referral, or not one that you may see")
    person_or_404(access, row.person.person_id)
    sides = [
        side
        for side, organisation in (("in", row.to_organisation_id), ("out", row.from_organisation_id))
        if organisation in mine
    ]
    return row, "both" if len(sides) == 2 else sides[0]


def history_of(referral: Referral) -> list[Record]:
    """Return the versions of the referral's record, oldest first."""
    rows = Record.of(referral.partnership).filter(table="referrals", record_id=referral.referral_id)
    return list(rows.order_by("version"))


def wanted(history: list[Record]) -> str:
    """Return what the person wants, in the words with which the referral was made."""
    return str(history[0].values.get("why", "")) if history else ""


def programmes_of(organisation: Organisation) -> QuerySet[Programme]:
    """Return the open programmes of an organisation."""
    return Programme.of(organisation.partnership).filter(organisation=organisation, is_open=True)


def practitioners_of(organisation: Organisation) -> QuerySet[Any]:
    """Return those who work with people in an organisation, by name."""
    return (
        User.objects.filter(
            memberships__partnership=organisation.partnership_id,
            memberships__organisation=organisation,
            memberships__role__in=["practitioner", "provider_manager"],
            memberships__ended_at=None,
            is_active=True,
        )
        .distinct()
        .order_by("name")
    )


def of_person(access: Access, person: Person) -> QuerySet[Any]:
    """Return the referrals of a person that the seat's organisations made or got, newest first."""
    mine = access.organisation_ids("referrals.view")
    rows = _rows(access).filter(Q(to_organisation__in=mine) | Q(from_organisation__in=mine), person=person)
    return rows.filter(person__in=people_for(access)).order_by("-made_on", "-pk")


def recorded_since(referral: Referral) -> bool:
    """Say whether the receiving organisation recorded anything about the person since it accepted."""
    rows = Record.of(referral.partnership).filter(
        person=referral.person, organisation=referral.to_organisation, recorded_at__gte=referral.accepted_at
    )
    return rows.exclude(table="referrals").exclude(
        table="enrolments", enrolment=referral.enrolment_id, version=1
    ).exists()  # fmt: skip
