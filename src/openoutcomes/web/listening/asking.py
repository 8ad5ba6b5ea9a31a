"""Reaching the people of a sample: who hears whom, each try, what came of it, reserves in their order, links."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.listening.commands import refuse_contact
from openoutcomes.web.listening.models import LINK_DAYS, Round, Sampled, Try
from openoutcomes.web.listening.queries import listeners, organisations_of, supported_by
from openoutcomes.web.listening.words import LOST, RESULTS, ROUTES, TRIES

#: In one go.
_MOST = 500


def _require_running(listening: Round) -> None:
    if listening.state != "drawn":
        raise refuse("this round is not open.", "Open its page again.")


@command
def assign(by: Access, *, listening: Round, to: Any, sampled: Sequence[Sampled]) -> int:
    """Say who hears some people of the sample; return how many.

    Whoever supports somebody does not hear them in a round whose listeners are independent.
    """
    by.require("listening.run")
    _require_running(listening)
    if not sampled:
        raise refuse("nobody was chosen.", "Choose at least one invitation.", "sampled")
    if to.pk not in {one.pk for one in listeners(by.partnership)}:
        raise refuse("this person does not listen here.", "Choose another.", "to")
    rows = _open_ones(listening, sampled)
    if listening.independent_only:
        theirs = organisations_of(by.partnership, to)
        supports = supported_by(by.partnership, [row.person_id for row in rows])
        close = [row for row in rows if theirs & supports.get(row.person_id, set())]
        if close:
            raise refuse(
                f"{to} works for an organisation that supports {len(close)} of these people.",
                "Choose somebody independent: people speak differently to those who help them.",
                "to",
            )
    for row in rows:
        row.listener, row.assigned_at = to, now()
    Sampled.objects.bulk_update(rows, ["listener", "assigned_at"])
    note(by, "listening.assign", listening, detail={"to": to.pk, "people": len(rows)})
    return len(rows)


def _open_ones(listening: Round, sampled: Sequence[Sampled]) -> list[Sampled]:
    keys = [row.pk for row in sampled[:_MOST]]
    rows = list(
        Sampled.objects.select_for_update(of=("self",)).filter(pk__in=keys, round=listening).order_by("pk")
    )
    if any(not row.is_open for row in rows):
        raise refuse("one of these is settled or still in reserve.", "Open the list again.", "sampled")
    return rows


@command
def share_out(by: Access, *, listening: Round, among: Sequence[Any]) -> int:
    """Share the people whom nobody hears yet among listeners, evenly; return how many found one."""
    by.require("listening.run")
    _require_running(listening)
    allowed = {one.pk for one in listeners(by.partnership)}
    if not among or any(one.pk not in allowed for one in among):
        raise refuse("no listener was chosen.", "Choose at least one.", "among")
    rows = list(
        Sampled.objects.select_for_update(of=("self",))
        .filter(round=listening, listener=None, state__in=("to_invite", "invited"))
        .order_by("stratum", "place")
    )
    supports = supported_by(by.partnership, [row.person_id for row in rows])
    homes = {one.pk: organisations_of(by.partnership, one) for one in among}
    given = dict.fromkeys((one.pk for one in among), 0)
    done = []
    for row in rows:
        fits = [
            one
            for one in among
            if not (listening.independent_only and homes[one.pk] & supports.get(row.person_id, set()))
        ]
        if fits:
            row.listener = min(fits, key=lambda one: given[one.pk])
            row.assigned_at = now()
            given[row.listener.pk] += 1
            done.append(row)
    if not done:
        raise refuse(
            "nobody could be shared out.",
            "Everybody has a listener, or these listeners support everybody who is left.",
            "among",
        )
    Sampled.objects.bulk_update(done, ["listener", "assigned_at"])
    note(by, "listening.share_out", listening, detail={"people": len(done), "listeners": len(among)})
    return len(done)


def _mine(by: Access, sampled: Sampled) -> Sampled:
    """Return an invitation, locked, for whoever was given it."""
    by.require("listening.hear")
    held: Sampled = (
        Sampled.objects.select_for_update(of=("self",)).select_related("round", "person").get(pk=sampled.pk)
    )
    if held.listener_id != by.user.pk:
        raise PermissionDenied("listening.hear")
    _require_running(held.round)
    return held


@command
def note_try(
    by: Access, *, sampled: Sampled, what: str, route: str = "", next_on: dt.date | None = None
) -> Sampled:
    """Note one try to reach somebody, by which way, and when to try again."""
    held = _mine(by, sampled)
    if not held.is_open:
        raise refuse("what came of this invitation is settled.", "Undo that first, if it was a mistake.")
    if what not in TRIES or (route and route not in ROUTES):
        raise refuse("nothing was chosen.", "Choose what happened.", "what")
    if next_on is not None and next_on < today():
        raise refuse("the next try is in the past.", "Choose today or a later day.", "next_on")
    _try(by, held, what, route)
    if what != "no_answer" and held.state == "to_invite":
        held.state, held.invited_on = "invited", today()
    held.route, held.next_on = route or held.route, next_on
    held.save()
    note(
        by, "listening.note_try", held, person=held.person,
        detail={"invitation": held.sampled_id, "what": what, "route": route},
    )  # fmt: skip
    return held


def _try(by: Access, held: Sampled, what: str, route: str) -> None:
    Try.objects.create(partnership=by.partnership, sampled=held, by=by.user, what=what, route=route, at=now())


@command
def settle(by: Access, *, sampled: Sampled, result: str, never_again: bool = False) -> Sampled:
    """Say that somebody will not be heard, and why; then a reserve can be asked. It can be undone."""
    held = _mine(by, sampled)
    if not held.is_open:
        raise refuse("what came of this invitation is settled.", "Undo that first, if it was a mistake.")
    if result not in RESULTS:
        raise refuse("nothing was chosen.", "Choose what came of it.", "result")
    _try(by, held, result, held.route)
    held.state, held.settled_on, held.next_on = result, today(), None
    held.digest, held.expires_at = "", None  # a link that is out there opens nothing any more
    held.save()
    if never_again:
        refuse_contact(by, held.person)
    note(
        by, "listening.settle", held, person=held.person,
        detail={"invitation": held.sampled_id, "result": result, "never_again": never_again},
    )  # fmt: skip
    return held


@command
def undo_settle(by: Access, *, sampled: Sampled) -> Sampled:
    """Take back that somebody will not be heard."""
    held = _mine(by, sampled)
    if held.state not in LOST:
        raise refuse("there is nothing to take back.", "Open the page again.")
    if hasattr(held, "conversation"):
        raise refuse("they took back what they had said.", "Leave it at that.")
    held.state, held.settled_on = ("invited" if held.invited_on else "to_invite"), None
    held.save()
    note(
        by, "listening.undo_settle", held, person=held.person,
        detail={"invitation": held.sampled_id},
    )  # fmt: skip
    return held


@command
def bring_in(by: Access, *, listening: Round, stratum: str, count: int = 1) -> int:
    """Bring in the next reserves of a group, in the order in which they were drawn; return how many."""
    by.require("listening.run")
    _require_running(listening)
    if count < 1:
        raise refuse("no number was given.", "Give one, such as 1.", "count")
    queue = (
        Sampled.objects.select_for_update(of=("self",))
        .filter(round=listening, stratum=stratum, state="reserve")
        .select_related("person")
        .order_by("place")
    )
    taken, asked = [], 0
    for row in queue[: count + _MOST]:
        if asked == count:
            break
        # Whoever was erased since cannot be asked, and keeps their place: passing over is not chance.
        is_there = row.person.erased_at is None
        row.state, row.settled_on = ("to_invite", None) if is_there else ("not_eligible", today())
        asked += is_there
        taken.append(row)
    if not asked:
        raise refuse("nobody is left in reserve in this group.", "Say so beside the figures.", "stratum")
    Sampled.objects.bulk_update(taken, ["state", "settled_on"])
    places = [row.place for row in taken]
    note(by, "listening.bring_in", listening, detail={"stratum": stratum, "places": places})
    return asked


def digest_of(token: str) -> str:
    """Return what is kept of a link's secret."""
    return hashlib.sha256(f"listening:{token}".encode()).hexdigest()


@command
def make_link(by: Access, *, sampled: Sampled) -> tuple[Sampled, str]:
    """Make a link by which somebody can answer once, without signing in; return it with its secret.

    The secret is shown once and only its digest is kept; a link made before opens nothing any more.
    """
    held = _mine(by, sampled)
    if not held.is_open:
        raise refuse("what came of this invitation is settled.", "Undo that first, if it was a mistake.")
    token = secrets.token_urlsafe(24)
    held.digest, held.expires_at = digest_of(token), now() + dt.timedelta(days=LINK_DAYS)
    if held.state == "to_invite":
        held.state, held.invited_on = "invited", today()
    held.route = "link"
    held.save()
    _try(by, held, "link", "link")
    note(
        by, "listening.make_link", held, person=held.person,
        detail={"invitation": held.sampled_id, "days": LINK_DAYS},
    )  # fmt: skip
    return held, token
