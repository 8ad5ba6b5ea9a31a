"""What waits about listening: people to hear, notes to code and settle, themes to answer, people to tell."""

from __future__ import annotations

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.waiting import Waiting
from openoutcomes.web.listening import queries
from openoutcomes.web.listening.models import Sampled
from openoutcomes.web.listening.words import OPEN


def waiting(access: Access) -> list[Waiting]:
    """Return what waits for a seat, each for its role."""
    slug = access.partnership.slug

    def at(name: str) -> str:
        return reverse(name, kwargs={"partnership": slug})

    found = []
    if access.may("listening.hear"):
        rows = queries.to_hear(access).filter(state__in=OPEN, round__state="drawn")
        late = rows.filter(next_on__lt=today()).count()
        count = rows.count()
        found.append(
            Waiting(count, _say(count, "person", "people", "to hear"), at("to_hear"), is_late=bool(late))
        )
    if access.may("listening.code"):
        count = queries.to_code(access).count()
        found.append(Waiting(count, _say(count, "note", "notes", "to code"), at("to_code")))
        apart = queries.to_settle(access).count()
        found.append(
            Waiting(apart, _say(apart, "note", "notes", "on which two coders disagree"), at("listening"))
        )
    if access.may("listening.answer"):
        rows = queries.to_answer(access)
        late = rows.filter(due_on__lt=today()).count()
        count = rows.count() - late
        themes = at("themes")
        found.append(Waiting(count, _say(count, "theme", "themes", "to answer"), f"{themes}?show=waiting"))
        found.append(
            Waiting(
                late,
                _say(late, "theme", "themes", "without an answer, past the day"),
                f"{themes}?show=late",
                is_late=True,
            )
        )
    if access.may("listening.run"):
        rows = Sampled.of(access.partnership).filter(listener=None, state__in=OPEN, round__state="drawn")
        count = rows.count()
        found.append(
            Waiting(
                count, _say(count, "person", "people", "drawn, with nobody to hear them"), at("listening")
            )
        )
        count = queries.to_tell(access.partnership).count()
        found.append(
            Waiting(
                count,
                _say(count, "person", "people", "to be told what came of what they said"),
                at("listening"),
            )
        )
    if access.may("listening.speak"):
        count = queries.asked_people(access).count()
        found.append(Waiting(count, "time you are asked what you think" if count == 1 else "times you are asked what you think",
                             at("own_view")))  # fmt: skip
        count = queries.to_tell(access.partnership).filter(person__in=access.person_ids()).count()
        found.append(
            Waiting(
                count,
                "answer to what you told us" if count == 1 else "answers to what you told us",
                at("own_view"),
            )
        )
    return found


def _say(count: int, one: str, many: str, what: str) -> str:
    return f"{one if count == 1 else many} {what}"
