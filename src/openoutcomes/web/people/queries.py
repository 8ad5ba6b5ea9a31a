"""Reading people: who may be seen, how much of them, and how they are found."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from openoutcomes.web.accounts.models import User
from openoutcomes.web.audit.models import viewed
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.crypto import SHORTEST, digest, digits, plain_words, search_tokens
from openoutcomes.web.partnerships.models import Membership, Organisation
from openoutcomes.web.people.models import Enrolment, Person, Sight, Token


def people_for(access: Access, action: str = "people.view") -> QuerySet[Person]:
    """Return the people that a seat may see: of its organisations, shared with them, or itself.

    Merged and erased people are left out.
    """
    people = Person.of(access.partnership).filter(merged_into=None, erased_at=None)
    reach = access.reach(action)
    if reach == "partnership":
        return people
    if reach == "organisation":
        seen = Sight.of(access.partnership).filter(
            Sight.holds(), organisation__in=access.organisation_ids(action)
        )
        return people.filter(Q(pk__in=seen.values("person")) | Q(pk__in=access.person_ids()))
    return people.filter(pk__in=access.person_ids()) if reach == "self" else people.none()


def own_people(access: Access, action: str = "people.view") -> QuerySet[Person]:
    """Return the people whom the seat's organisations have as their own, not those shared with them."""
    own = Sight.of(access.partnership).filter(
        Sight.holds(), organisation__in=access.organisation_ids(action), basis="own"
    )
    people = Person.of(access.partnership).filter(merged_into=None, erased_at=None)
    return people.filter(pk__in=own.values("person"))


def shared_people(access: Access, action: str = "people.view") -> QuerySet[Person]:
    """Return the people of others who are shared with the seat's organisations."""
    sights = Sight.of(access.partnership).filter(
        Sight.holds(), organisation__in=access.organisation_ids(action)
    )
    shared = sights.exclude(basis="own")
    own = sights.filter(basis="own", person=OuterRef("pk"))
    return people_for(access, action).filter(~Exists(own), pk__in=shared.values("person"))


def person_or_404(access: Access, person_id: str, action: str = "people.view") -> Person:
    """Return a person whom the seat may see; raises Http404 for anybody else, who may as well not exist.

    It does not note the look: pages use ``look_at``.
    """
    person = people_for(access, action).filter(person_id=person_id).first()
    if person is None:
        raise Http404("No such person, or not one that you may see")
    person.partnership = access.partnership  # known already: asked for by nothing below again
    return person


def look_at(access: Access, person_id: str, verb: str, action: str = "people.view") -> Person:
    """Return a person for a page, and note in the audit trail that they were looked at."""
    person = person_or_404(access, person_id, action)
    viewed(access, verb, person, person=person)
    return person


def is_own(access: Access, person: Person) -> bool:
    """Say whether the person is one of the seat's organisations' own (or the seat's own self)."""
    if person.pk in access.person_ids():
        return True
    return any(sight.basis == "own" for sight in sights_on(access, person, "people.view"))


def keep_sights(access: Access, person: Person) -> None:
    """Read once who may see a person, for a page that shows and changes nothing but asks often."""
    rows = Sight.of(access.partnership).filter(Sight.holds(), person=person)
    person.kept_sights = list(rows.select_related("organisation").order_by("organisation__name", "pk"))  # type: ignore[attr-defined]


def sights_on(access: Access, person: Person, action: str) -> list[Sight]:
    """Return why the seat's organisations may see a person now, for an action; by the organisation's name."""
    organisations = access.organisation_ids(action)
    if not hasattr(person, "kept_sights"):
        rows = Sight.of(access.partnership).filter(
            Sight.holds(), person=person, organisation__in=organisations
        )
        return list(rows.select_related("organisation").order_by("organisation__name", "pk"))
    return [sight for sight in person.kept_sights if sight.organisation_id in organisations]


def tables_seen(access: Access, person: Person) -> frozenset[str] | None:
    """Return the tables of the standard that the seat may see of a person; None means all of them."""
    if is_own(access, person):
        return None
    shared = sights_on(access, person, "people.view")
    return frozenset(table for sight in shared for table in sight.slice)


def records_seen(access: Access, person: Person) -> Q:
    """Return the condition on records of what the seat may see of a person; every page about records uses it.

    Themselves: everything. An organisation whose own person it is: what it recorded itself, and what
    is recorded under no organisation. Anything that another organisation recorded, only in the
    tables that are shared with it now. So a person who is with two organisations does not give each
    the other's records.
    """
    if person.pk in access.person_ids():
        return Q()
    sights = sights_on(access, person, "people.view")
    seen = Q(table__in=sorted({table for sight in sights for table in sight.slice}))
    own = [sight.organisation_id for sight in sights if sight.basis == "own"]
    return seen | Q(organisation__in=own) | Q(organisation=None) if own else seen


def own_organisation(access: Access, person: Person, action: str) -> Organisation | None:
    """Return the seat's organisation whose own person it is and in which the action is allowed; None without."""
    own = (sight.organisation for sight in sights_on(access, person, action) if sight.basis == "own")
    return next(own, None)


def workers_of(organisation: Organisation) -> QuerySet[User]:
    """Return those who may work with an organisation's people, by name."""
    seats = Membership.of(organisation.partnership).filter(
        organisation=organisation, role__in=("practitioner", "provider_manager"), ended_at=None
    )
    return User.objects.filter(pk__in=seats.values("user"), is_active=True).order_by("name", "email")


def home_of(person: Person) -> QuerySet[Sight]:
    """Return the sights of the organisations whose own person it is."""
    return Sight.of(person.partnership).filter(Sight.holds(), person=person, basis="own")


def found(people: QuerySet[Person], partnership: Any, text: str) -> QuerySet[Person]:
    """Return those of ``people`` whose name, id, telephone or e-mail address fits what was typed.

    Names fit by the beginnings of their words, from three letters; telephones and addresses whole.
    """
    text = text.strip()
    if not text:
        return people
    if text.lower().startswith("p-"):
        return people.filter(person_id=text.lower())
    wanted = []
    number = digits(text)
    if len(number) >= 6 and len(number) * 2 > len(text):
        wanted = [digest(partnership.pk, "phone", number)]
    elif "@" in text:
        wanted = [digest(partnership.pk, "email", text.casefold())]
    else:
        wanted = list(search_tokens(partnership.pk, text))
    if not wanted:
        return people.none()
    for one in wanted:
        people = people.filter(pk__in=Token.of(partnership).filter(digest=one).values("person"))
    return people


def too_short(text: str) -> bool:
    """Say whether every word typed is too short to look for by its beginning."""
    words = plain_words(text)
    return bool(words) and all(len(word) < SHORTEST for word in words)


def enrolments_for(access: Access, action: str = "people.view") -> QuerySet[Enrolment]:
    """Return the enrolments that a seat may see: those with its organisations."""
    rows = Enrolment.of(access.partnership).filter(person__merged_into=None, person__erased_at=None)
    reach = access.reach(action)
    if reach == "partnership":
        return rows
    if reach == "organisation":
        return rows.filter(organisation__in=access.organisation_ids(action))
    return rows.filter(person__in=access.person_ids()) if reach == "self" else rows.none()
