"""Reading rounds, invitations, conversations, themes and visits, within what a seat may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from openoutcomes.web.accounts.models import User
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.permissions import MATRIX
from openoutcomes.web.listening.models import (
    Coding,
    Conversation,
    Round,
    Said,
    Sampled,
    Theme,
    ThemeAnswer,
    Visit,
)
from openoutcomes.web.listening.words import OPEN
from openoutcomes.web.partnerships.models import Membership
from openoutcomes.web.people.models import Enrolment, Person, Sight

#: Coders that each note has.
CODERS = 2


def rounds_for(access: Access) -> QuerySet[Any]:
    """Return the rounds of the partnership, for a seat that may see them."""
    rows = Round.of(access.partnership)
    return rows if access.may("listening.view") else rows.none()


def with_counts(partnership: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return rounds with how many were heard and asked, and how many themes wait, in one query."""
    asked = Sampled.of(partnership).filter(round=OuterRef("pk")).exclude(state="reserve").values("round")
    heard = asked.filter(state="heard")
    waiting = Theme.of(partnership).filter(round=OuterRef("pk"), answered="", retired_at=None).values("round")
    return rows.annotate(asked=_counted(asked), heard=_counted(heard), themes_waiting=_counted(waiting))


def _counted(rows: QuerySet[Any]) -> Any:
    counted = rows.order_by().annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def round_or_404(access: Access, round_id: str) -> Round:
    """Return a round; raises Http404 for others."""
    found: Round | None = (
        rounds_for(access).filter(round_id=round_id).select_related("segment", "contract", "begun_by").first()
    )
    if found is None:
        raise Http404("No such round")
    return found


def to_hear(access: Access) -> QuerySet[Any]:
    """Return whom a seat is to hear: those assigned to it, and nobody else."""
    rows = Sampled.of(access.partnership).filter(listener=access.user, person__erased_at=None)
    if not access.may("listening.hear"):
        return rows.none()
    return rows.exclude(state="reserve").select_related("round", "provider")


def mine_or_404(access: Access, sampled_id: str) -> Sampled:
    """Return an invitation that is assigned to the seat; raises Http404 for anybody else's."""
    found: Sampled | None = to_hear(access).filter(sampled_id=sampled_id).select_related("person").first()
    if found is None:
        raise Http404("No such invitation, or not one of yours")
    return found


def sampled_or_404(access: Access, sampled_id: str) -> Sampled:
    """Return an invitation for those who run the round: never with the person."""
    found: Sampled | None = (
        Sampled.of(access.partnership)
        .filter(sampled_id=sampled_id)
        .select_related("round", "provider", "listener")
        .first()
    )
    if found is None or not access.may("listening.run"):
        raise Http404("No such invitation")
    return found


def listeners(partnership: Any) -> list[User]:
    """Return everybody who may be asked to listen, by name."""
    seats = Membership.of(partnership).filter(role__in=list(MATRIX["listening.hear"]), ended_at=None)
    return list(User.objects.filter(pk__in=seats.values("user"), is_active=True).order_by("name", "email"))


def organisations_of(partnership: Any, user: Any) -> frozenset[int]:
    """Return the organisations in which somebody has a seat."""
    seats = Membership.of(partnership).filter(user=user, ended_at=None).exclude(organisation=None)
    return frozenset(int(key) for key in seats.values_list("organisation", flat=True))


def supported_by(partnership: Any, people: Iterable[int]) -> dict[int, set[int]]:
    """Return for each person the organisations that support them or have done so: nobody there is independent."""
    found: dict[int, set[int]] = defaultdict(set)
    keys = list(people)
    rows = Enrolment.of(partnership).filter(person__in=keys).values_list("person", "organisation")
    own = Sight.of(partnership).filter(person__in=keys, basis="own").values_list("person", "organisation")
    for person, organisation in [*rows, *own]:
        found[int(person)].add(int(organisation))
    return found


def conversations_for(access: Access) -> QuerySet[Any]:
    """Return the conversations that a seat may read: coders all, others those that they heard themselves."""
    rows = Conversation.of(access.partnership).filter(withdrawn_at=None)
    if access.may("listening.code"):
        return rows
    if access.may("listening.hear"):
        return rows.filter(listener=access.user)
    return rows.filter(person__in=access.person_ids()) if access.person_ids() else rows.none()


def conversation_or_404(access: Access, conversation_id: str) -> Conversation:
    """Return a conversation that the seat may read."""
    found: Conversation | None = (
        conversations_for(access)
        .filter(conversation_id=conversation_id)
        .select_related("round", "sampled", "person", "listener", "organisation")
        .first()
    )
    if found is None:
        raise Http404("No such conversation")
    return found


def to_code(access: Access) -> QuerySet[Any]:
    """Return the notes that wait for the seat to code them: two others have not, nor has it."""
    rows = Conversation.of(access.partnership).filter(withdrawn_at=None, coded_at=None, round__state="drawn")
    if not access.may("listening.code"):
        return rows.none()
    mine = Coding.of(access.partnership).filter(conversation=OuterRef("pk"), coder=access.user)
    return (
        rows.annotate(coders=Count("codings"))
        .filter(~Exists(mine), coders__lt=CODERS)
        .select_related("round")
        .order_by("held_on", "pk")
    )


def to_settle(access: Access) -> QuerySet[Any]:
    """Return the notes that two have coded and disagree about."""
    rows = Conversation.of(access.partnership).filter(withdrawn_at=None, coded_at=None, round__state="drawn")
    if not access.may("listening.code"):
        return rows.none()
    return rows.annotate(coders=Count("codings")).filter(coders=CODERS).select_related("round")


def themes_for(access: Access) -> QuerySet[Any]:
    """Return the themes that are in a code book."""
    rows = Theme.of(access.partnership).filter(retired_at=None)
    return rows.select_related("round", "asked_of") if access.may("listening.view") else rows.none()


def theme_or_404(access: Access, theme_id: str) -> Theme:
    """Return a theme, also one that was retired."""
    found: Theme | None = (
        Theme.of(access.partnership)
        .filter(theme_id=theme_id)
        .select_related("round", "asked_of", "added_by")
        .first()
    )
    if found is None or not access.may("listening.view"):
        raise Http404("No such theme")
    return found


def may_answer(access: Access, theme: Theme) -> bool:
    """Say whether a seat may answer a theme: the coordinator any, others those asked of their organisation."""
    reach = access.reach("listening.answer")
    if reach == "partnership":
        return True
    return reach is not None and theme.asked_of_id in access.organisation_ids("listening.answer")


def to_answer(access: Access) -> QuerySet[Any]:
    """Return the themes that wait for the seat's answer."""
    rows = themes_for(access).filter(answered="")
    reach = access.reach("listening.answer")
    if reach == "partnership":
        return rows
    return rows.filter(asked_of__in=access.organisation_ids("listening.answer")) if reach else rows.none()


def latest_answers(partnership: Any, themes: Iterable[Theme]) -> dict[int, ThemeAnswer]:
    """Return the latest answer of each theme that has one, in one query."""
    rows = ThemeAnswer.of(partnership).filter(theme__in=list(themes)).select_related("by", "organisation")
    found: dict[int, ThemeAnswer] = {}
    for answer in rows.order_by("number"):
        found[answer.theme_id] = answer
    return found


def to_tell(partnership: Any, listening: Round | None = None) -> QuerySet[Any]:
    """Return the conversations whose people can be told what came of it: all that they said has its answer."""
    waits = Said.of(partnership).filter(conversation=OuterRef("pk"), theme__answered="")
    rows = Conversation.of(partnership).filter(withdrawn_at=None, told_on=None).exclude(coded_at=None)
    if listening is not None:
        rows = rows.filter(round=listening)
    return rows.filter(~Exists(waits))


@dataclass(frozen=True)
class SaidAndDone:
    """One theme with what was done about it, for those who said it."""

    theme: Theme
    answer: ThemeAnswer | None


def said_and_done(conversation: Conversation) -> list[SaidAndDone]:
    """Return the themes of a conversation with their answers, answered ones first."""
    themes = [
        said.theme
        for said in Said.of(conversation.partnership)
        .filter(conversation=conversation)
        .select_related("theme")
        .order_by("theme__title")
    ]
    answers = latest_answers(conversation.partnership, themes)
    rows = [SaidAndDone(theme, answers.get(theme.pk)) for theme in themes]
    return sorted(rows, key=lambda one: one.answer is None)


@dataclass(frozen=True)
class OpenEnds:
    """What keeps a round from being closed (``musts``), or has to be explained (``whys``), in words."""

    musts: tuple[str, ...]
    whys: tuple[str, ...]


def open_ends(listening: Round) -> OpenEnds:
    """Return what is left to do in a round."""
    themes = Theme.of(listening.partnership).filter(round=listening, retired_at=None, answered="").count()
    notes = Conversation.of(listening.partnership).filter(round=listening, withdrawn_at=None)
    counted = notes.annotate(coders=Count("codings"))
    unread = counted.filter(coders=0).count()
    once = counted.filter(coders=1).count()
    apart = counted.filter(coders=CODERS, coded_at=None).count()
    untold = notes.filter(told_on=None).count()
    waiting = Sampled.of(listening.partnership).filter(round=listening, state__in=OPEN).count()
    musts = [
        _count(themes, "theme has no answer", "themes have no answer"),
        _count(unread, "note has been read by nobody", "notes have been read by nobody"),
        _count(apart, "note has a disagreement to settle", "notes have a disagreement to settle"),
    ]
    whys = [
        _count(once, "note was coded by one person alone", "notes were coded by one person alone"),
        _count(untold, "person heard has not been told what came of it",
               "people heard have not been told what came of it"),
        _count(waiting, "invitation has no result", "invitations have no result"),
    ]  # fmt: skip
    return OpenEnds(tuple(filter(None, musts)), tuple(filter(None, whys)))


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def visits_for(access: Access) -> QuerySet[Any]:
    """Return the visits: the partnership's to those who run, hear or study; else those of one's organisations."""
    rows = (
        Visit.of(access.partnership).filter(withdrawn_at=None).select_related("organisation", "by", "round")
    )
    if not access.may("listening.visits"):
        return rows.none()
    if access.reach("listening.visits") == "partnership":
        return rows
    own = access.organisation_ids("listening.visits")
    return rows.filter(Q(organisation__in=own) | Q(by=access.user))


def visit_or_404(access: Access, visit_id: str) -> Visit:
    """Return a visit that the seat may see."""
    found: Visit | None = visits_for(access).filter(visit_id=visit_id).first()
    if found is None:
        raise Http404("No such visit")
    return found


def asked_people(access: Access) -> QuerySet[Any]:
    """Return the open invitations of the person whose account it is."""
    rows = Sampled.of(access.partnership).filter(
        person__in=access.person_ids(), state__in=OPEN, round__state="drawn"
    )
    return rows.select_related("round")


def own_or_404(access: Access, sampled_id: str) -> Sampled:
    """Return an invitation of the person whose account it is."""
    found: Sampled | None = asked_people(access).filter(sampled_id=sampled_id).first()
    if found is None:
        raise Http404("No such invitation of yours")
    return found


def person_of(access: Access) -> Person | None:
    """Return the person whose account it is."""
    return (
        Person.of(access.partnership)
        .filter(pk__in=access.person_ids(), merged_into=None, erased_at=None)
        .first()
    )
