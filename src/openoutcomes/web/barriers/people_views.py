"""Pages that mark whom a barrier stops, from the barrier or from the person: one's own people alone."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from openoutcomes.web.barriers import commands, queries
from openoutcomes.web.barriers.forms import TickForm
from openoutcomes.web.barriers.models import Barrier
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.pages import at, done, form_page, page, say
from openoutcomes.web.people.models import Enrolment, Person
from openoutcomes.web.people.queries import found, look_at, own_organisation, own_people
from openoutcomes.web.sharing.forms import sent

#: The most people, and barriers, to tick on one page.
_MOST = 150


def _listed(access: Access, barrier: Barrier, text: str) -> list[Person]:
    """Return the people to tick: those marked, those somebody works with, and those they looked for."""
    own = own_people(access)
    if text:
        return list(found(own, access.partnership, text).order_by("pk")[:_MOST])
    mine = Enrolment.of(access.partnership).filter(
        Q(ended_on=None) | Q(ended_on__gt=today()), practitioner=access.user
    )
    marked = queries.marked(access, barrier)
    return list(own.filter(Q(pk__in=marked) | Q(pk__in=mine.values("person"))).order_by("pk")[:_MOST])


@page("barriers.mark")
def people(request: Any, barrier_id: str) -> HttpResponse:
    """Mark which of one's own people a barrier stops."""
    access = request.access
    barrier = queries.barrier_or_404(access, barrier_id)
    text = request.GET.get("who", "").strip()[:80]
    back = at(request, "barrier", barrier_id=barrier_id)
    if request.method == "POST":
        # What was shown is what is changed, also where the list has grown since.
        keys = request.POST.get("shown", "").split()[:_MOST]
        listed = list(own_people(access).filter(person_id__in=keys).order_by("pk"))
    else:
        listed = _listed(access, barrier, text)
    marked = queries.marked(access, barrier)
    form = TickForm(
        sent(request), label="Whom does it stop?",
        help_text="Only your organisation sees who is ticked. Others see how many, and no small number.",
        choices=[(one.person_id, one.shown) for one in listed],
        initial={"ticked": [one.person_id for one in listed if one.pk in marked]},
    )  # fmt: skip

    def act() -> Any:
        ticked = set(form.cleaned_data["ticked"])
        stopped = {one.pk for one in listed if one.person_id in ticked}
        return commands.mark_people(access, barrier=barrier, shown=listed, stopped=stopped, once=form.key())

    if done(request, form, act) is not None:
        say(request, "It is written down whom it stops.")
        return redirect(back)
    return form_page(
        request, form, "Whom does it stop?", back, template="barriers/people.html", caption=barrier.title,
        listed=listed, who=text, here=at(request, "barrier_people", barrier_id=barrier_id),
    )  # fmt: skip


@page("barriers.mark")
def of_person(request: Any, person_id: str) -> HttpResponse:
    """Mark what stops one person."""
    access = request.access
    person = look_at(access, person_id, "barriers.of_person")
    if own_organisation(access, person, "barriers.mark") is None:
        raise Http404("Not one of your own people")
    back = at(request, "person", person_id=person_id)
    stopping = queries.stopping(access, person)
    open_ones = list(queries.barriers_for(access).exclude(state__in=Barrier.DONE).order_by("title")[:_MOST])
    kept = {one.pk for one in open_ones}
    listed = [*(one for one in stopping if one.pk not in kept), *open_ones]
    marked = {one.pk for one in stopping}
    if request.method == "POST":
        shown = set(request.POST.get("shown", "").split())
        listed = [one for one in listed if one.barrier_id in shown]
    form = TickForm(
        sent(request), label="What stops this person?",
        help_text="Rules and habits of services, not what the person lacks. Only your organisation sees the ticks.",
        choices=[(one.barrier_id, one.title) for one in listed],
        initial={"ticked": [one.barrier_id for one in listed if one.pk in marked]},
    )  # fmt: skip

    def act() -> Any:
        ticked = set(form.cleaned_data["ticked"])
        stops = {one.pk for one in listed if one.barrier_id in ticked}
        return commands.mark_barriers(access, person=person, shown=listed, stops=stops, once=form.key())

    if done(request, form, act) is not None:
        say(request, "It is written down what stops this person.")
        return redirect(back)
    return form_page(
        request, form, "What gets in the way?", back, template="barriers/of_person.html", caption=person.shown,
        listed=listed,
    )  # fmt: skip


def person_section(access: Access, person: Person) -> dict[str, Any] | None:
    """Return what stops a person, for their page, where their own organisation looks at it."""
    if own_organisation(access, person, "barriers.mark") is None:
        return None
    slug = access.partnership.slug
    rows = [
        (
            one.title,
            reverse("barrier", kwargs={"partnership": slug, "barrier_id": one.barrier_id}),
            one.is_done,
        )
        for one in queries.stopping(access, person)
    ]
    address = reverse("person_barriers", kwargs={"partnership": slug, "person_id": person.person_id})
    return {"rows": rows, "address": address}
