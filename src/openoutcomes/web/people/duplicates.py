"""Who may be one human being under two ids: looked for when somebody is added or changed."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import QuerySet

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.crypto import SHORTEST, digest, digits, plain_words
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.models import Likeness, Person, Sight, Token
from openoutcomes.web.people.queries import people_for
from openoutcomes.web.records.models import Record

#: Names at least this alike are thought to be one; the first letters of every word must be the same.
_ALIKE = 0.82
_LETTERS = 4
#: The most people compared, and the most shown.
_MOST, _SHOWN = 200, 5


@dataclass(frozen=True)
class Known:
    """What is known of whoever is being added."""

    name: str
    known_as: str = ""
    phone: str = ""
    email: str = ""
    birth_year: int | None = None


@dataclass(frozen=True)
class Likely:
    """Somebody who may be the same human being, and why."""

    person: Person
    why: str
    birth_year: str = ""


def likely(access: Access, known: Known) -> list[Likely]:
    """Return people that the seat may see who may be the one being added, likeliest first."""
    return _likely(people_for(access), access.partnership.pk, known)


def note_likenesses(person: Person, organisation: Organisation) -> None:
    """Note who of an organisation's own people may be the same human being, inside a command."""
    own = Sight.objects.filter(Sight.holds(), organisation=organisation, basis="own").values("person")
    people = Person.objects.filter(pk__in=own, merged_into=None, erased_at=None).exclude(pk=person.pk)
    details = Record.objects.filter(person=person, table="people", current=True).first()
    year = details.values.get("birth_year") if details else None
    known = Known(person.name, person.known_as, person.phone, person.email, int(year) if year else None)
    for found in _likely(people, person.partnership_id, known):
        first, second = sorted((person, found.person), key=lambda each: each.pk)
        Likeness.objects.get_or_create(
            partnership=person.partnership, person=first, other=second, organisation=organisation
        )


def likenesses_for(access: Access) -> QuerySet[Likeness]:
    """Return the pairs of a seat's organisations that nobody has settled yet."""
    return (
        Likeness.of(access.partnership)
        .filter(
            organisation__in=access.organisation_ids("people.merge"),
            dismissed_at=None,
            person__merged_into=None,
            other__merged_into=None,
            person__erased_at=None,
            other__erased_at=None,
        )
        .select_related("person", "other", "organisation")
    )


def _likely(people: QuerySet[Person], partnership: int, known: Known) -> list[Likely]:
    reached = [digest(partnership, "phone", digits(known.phone))] if digits(known.phone) else []
    reached += [digest(partnership, "email", known.email.strip().casefold())] if known.email else []
    by_reach = _with(people, partnership, reached) if reached else people.none()
    found = {person.pk: Likely(person, "The same telephone or e-mail address") for person in by_reach[:_MOST]}
    for name in filter(None, (known.name, known.known_as)):
        for person in _named_alike(people, partnership, name)[:_MOST]:
            alike = max(_likeness(name, other) for other in (person.name, person.known_as) if other)
            if alike >= _ALIKE and person.pk not in found:
                why = "The same name" if alike == 1 else "Nearly the same name"
                found[person.pk] = Likely(person, why)
    years = _birth_years(list(found))
    kept = []
    for one in found.values():
        year = years.get(one.person.pk, "")
        if known.birth_year and year and abs(int(year) - known.birth_year) > 1 and "name" in one.why:
            continue
        kept.append(Likely(one.person, one.why, year))
    return kept[:_SHOWN]


def _with(people: QuerySet[Person], partnership: int, digests: list[str]) -> QuerySet[Person]:
    tokens = Token.objects.filter(partnership=partnership, digest__in=digests)
    return people.filter(pk__in=tokens.values("person"))


def _named_alike(people: QuerySet[Person], partnership: int, name: str) -> QuerySet[Person]:
    """Return those whose name has words that begin like every word of ``name``."""
    words = plain_words(name)
    if not words:
        return people.none()
    for word in words:
        beginning = word[: max(SHORTEST, min(_LETTERS, len(word) - 1))]
        people = _with(people, partnership, [digest(partnership, "name", beginning)])
    return people


def _likeness(one: str, other: str) -> float:
    first, second = (" ".join(sorted(plain_words(name))) for name in (one, other))
    return SequenceMatcher(None, first, second).ratio()


def _birth_years(people: list[int]) -> dict[int, str]:
    rows = Record.objects.filter(person__in=people, table="people", current=True)
    return {row.person_id: row.values.get("birth_year", "") for row in rows if row.person_id is not None}
