"""What a meeting should look at about listening: what was heard, what waits for an answer, what was answered."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.rhythm import Counted, Signal
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.listening import queries
from openoutcomes.web.listening.models import Conversation, Round, Theme, Visit

#: The most signals of a kind.
_MOST = 20


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return themes that wait for an answer, those answered, rounds drawn and closed, and tries to get help."""
    if not access.may("listening.view"):
        return []
    slug = access.partnership.slug

    def at(name: str, **kwargs: str) -> str:
        return reverse(name, kwargs={"partnership": slug, **kwargs})

    themes = queries.themes_for(access)
    found = [
        Signal(
            "voices", f"People said: {row.title}. {_waits(row)}", at("theme", theme_id=row.theme_id), due=row.due_on,
            is_late=row.is_late, kind="theme", key=row.theme_id, contract=_contract(row.round),
        )
        for row in themes.filter(answered="").select_related("round__contract").order_by("due_on", "pk")[:_MOST]
    ]  # fmt: skip
    answered = themes.exclude(answered="").filter(answered_on__range=(since, until))
    found += [
        Signal(
            "voices",
            f"{'You said, we did' if row.answered == 'did' else 'You said, we cannot'}: {row.title}",
            at("theme", theme_id=row.theme_id), kind="theme", key=row.theme_id, contract=_contract(row.round),
        )
        for row in answered.select_related("round__contract").order_by("-answered_on", "pk")[:_MOST]
    ]  # fmt: skip
    rounds = queries.rounds_for(access).select_related("contract")
    found += [
        Signal(
            "voices",
            f"Listening began: {row.title}",
            at("round", round_id=row.round_id),
            contract=_contract(row),
        )
        for row in rounds.filter(drawn_at__date__range=(since, until)).order_by("pk")[:_MOST]
    ]
    found += [
        Signal(
            "voices",
            f"Listening ended: {row.title}",
            at("round", round_id=row.round_id),
            contract=_contract(row),
        )
        for row in rounds.filter(closed_at__date__range=(since, until)).order_by("pk")[:_MOST]
    ]
    if access.may("listening.run"):
        untold = queries.to_tell(access.partnership).count()
        if untold:
            are = "person who spoke is" if untold == 1 else "people who spoke are"
            found.append(
                Signal("voices", f"{untold} {are} still to be told what came of it", at("listening"))
            )
    found += [
        Signal("voices", _tried(row), at("visit", visit_id=row.visit_id))
        for row in queries.visits_for(access)
        .filter(tried_on__range=(since, until))
        .order_by("-tried_on", "pk")[:_MOST]
    ]
    return found


def counted(access: Access, first: dt.date, last: dt.date) -> list[Counted]:
    """Count who was heard and what was answered between two days."""
    if not access.may("listening.view"):
        return []
    slug = access.partnership.slug
    themes = reverse("themes", kwargs={"partnership": slug})
    notes = Conversation.of(access.partnership).filter(withdrawn_at=None)
    heard = notes.filter(held_on__range=(first, last)).count()
    told = notes.filter(told_on__range=(first, last)).exclude(told_how="not_possible").count()
    rows = queries.themes_for(access)
    found = rows.filter(added_at__date__range=(first, last)).count()
    answered = rows.exclude(answered="").filter(answered_on__range=(first, last)).count()
    counts = [Counted("heard", found, "theme in what people said" if found == 1 else "themes in what people said", themes),
              Counted("told", answered, "theme answered" if answered == 1 else "themes answered", themes)]  # fmt: skip
    if access.may("listening.run"):
        # How many spoke is a count of people, so only those who run it see it as it is.
        rounds = reverse("listening", kwargs={"partnership": slug})
        counts.insert(0, Counted("heard", heard, "person heard" if heard == 1 else "people heard", rounds))
        counts.append(Counted("told", told, "told what came of what they said", rounds))
    return counts


def _contract(row: Round) -> str:
    return row.contract.contract_id if row.contract else ""


def _waits(row: Theme) -> str:
    if row.due_on < today():
        return f"No answer, wanted by {day(row.due_on)}"
    return f"Answer wanted by {day(row.due_on)}"


def _tried(row: Visit) -> str:
    waited = "" if row.waited is None else f", waited {row.waited} minutes"
    return f"Somebody tried {row.organisation} {row.get_way_display().lower()}{waited}"
