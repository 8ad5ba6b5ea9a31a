"""Pages about groups and their registers."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.templatetags.oo import day, words
from openoutcomes.web.groups import commands, queries
from openoutcomes.web.groups.forms import GroupFilter, GroupForm, RegisterForm
from openoutcomes.web.groups.models import Attendance, Group, Session
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people.models import Person
from openoutcomes.web.people.queries import found, person_or_404
from openoutcomes.web.sharing.forms import ConfirmForm, sent
from openoutcomes.web.sharing.queries import months_on, one_organisation

#: The most people found at once beside a register.
_FOUND = 10


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


@page("groups.view")
def groups(request: Any) -> HttpResponse:
    """List the groups, with how many different people came."""
    access = request.access
    rows = queries.groups_for(access)
    programmes = Programme.of(access.partnership).filter(
        organisation__in=access.organisation_ids("groups.view")
    )
    filters = GroupFilter(request.GET, programmes=programmes)
    filters.is_valid()
    asked = filters.cleaned_data
    if asked.get("programme"):
        rows = rows.filter(programme=asked["programme"])
    if asked.get("closed") != "all":
        rows = rows.filter(is_open=True)
    until = asked.get("until") or today()
    since = asked.get("since") or months_on(until, -12)
    counted = queries.with_counts(rows, since, until)
    columns = [
        Column("Group", lambda g: Cell(g.name, at(request, "group", group_id=g.group_id), under=g.meets),
               sort="name", plain=lambda g: g.name),
        Column("Programme", lambda g: g.programme.name if g.programme else "", sort="programme__name"),
        Column("Last met", lambda g: day(g.last_on) or "Not yet", sort="last_on", plain=lambda g: g.last_on),
        Column("Sessions", lambda g: f"{g.met:,}", sort="met", numeric=True, plain=lambda g: g.met),
        Column("Different people", lambda g: f"{g.people:,}", sort="people", numeric=True,
               plain=lambda g: g.people),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(counted.order_by("name"), columns, "groups")
    people = queries.unique_people(rows.values("pk"), since, until)
    return render(
        request,
        "core/list_page.html",
        {
            "title": "Groups",
            "lead": f"{_count(people, 'different person', 'different people')} came from {day(since)} to "
            f"{day(until)}. Somebody in two groups counts once.",
            "listing": listing(
                request, counted, columns, caption="Groups", one="group", sort="name", filters=filters,
                empty="No group is set up yet. A name is enough to start one.",
                empty_action=("Add a group", at(request, "group_add")),
            ),
            "actions": [("Add a group", at(request, "group_add"))],
        },
    )  # fmt: skip


def _values(form: GroupForm) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    given["is_open"] = not given.pop("closed", False)
    return given


@page("groups.manage")
def add(request: Any) -> HttpResponse:
    """Start a group."""
    access = request.access
    organisation = one_organisation(access, "groups.manage", request.GET.get("organisation"))
    if organisation is None:
        raise Http404("No such organisation of yours")
    programmes = Programme.of(access.partnership).filter(organisation=organisation, is_open=True)
    form = GroupForm(sent(request), programmes=programmes, is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            group = commands.add_group(
                access, organisation=organisation, values=_values(form), once=form.key()
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{group} was added.")
            return redirect(at(request, "group", group_id=group.group_id))
    return render(
        request, "core/form_page.html",
        {"title": "Add a group", "form": form, "back": at(request, "groups")},
    )  # fmt: skip


@page("groups.manage")
def change(request: Any, group_id: str) -> HttpResponse:
    """Change a group."""
    access = request.access
    group = queries.group_or_404(access, group_id, "groups.manage")
    programmes = Programme.of(access.partnership).filter(organisation=group.organisation)
    initial = {
        "name": group.name, "meets": group.meets, "place": group.place, "hours": group.hours,
        "kind": group.kind, "programme": group.programme_id, "expects": group.expects,
        "closed": not group.is_open,
    }  # fmt: skip
    form = GroupForm(sent(request), programmes=programmes, is_new=False, initial=initial)
    back = at(request, "group", group_id=group_id)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_group(access, group=group, values=_values(form), once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The group was changed.")
            return redirect(back)
    return render(
        request, "core/form_page.html",
        {"title": "Change the group", "caption": group.name, "form": form, "back": back},
    )  # fmt: skip


@page("groups.view")
def group(request: Any, group_id: str) -> HttpResponse:
    """Show a group: its sessions, and who is on its list."""
    access = request.access
    row = queries.group_or_404(access, group_id)
    if wants_csv(request):
        return _attendance_file(row)
    columns = [
        Column("Day", lambda s: Cell(day(s.held_on), at(
            request, "register_change", group_id=group_id, session_id=s.session_id)), sort="held_on"),
        Column("Came", lambda s: "Did not take place" if s.is_void else f"{s.came:,}", sort="came", numeric=True),
        Column("Hours", lambda s: f"{s.hours.normalize():f}" if s.hours else "", numeric=True),
        Column("Place", lambda s: s.place),
    ]  # fmt: skip
    since = months_on(today(), -12)
    actions = [("Take a register", at(request, "register", group_id=group_id))]
    actions.append(("Blank register to print", at(request, "register_print", group_id=group_id)))
    return render(
        request,
        "groups/group.html",
        {
            "group": row,
            "people": _count(queries.unique_people([row.pk], since, today()), "different person", "different people"),
            "listed": queries.on_register(access, row, None),
            "title": row.name,
            "back": at(request, "groups"),
            "change": at(request, "group_change", group_id=group_id),
            "actions": actions if row.is_open else [],
            "listing": listing(
                request, queries.sessions_of(row), columns, caption="Sessions", one="session", sort="-held_on",
                empty="No register has been taken yet.",
            ),
        },
    )  # fmt: skip


def _attendance_file(group: Group) -> HttpResponse:
    rows = (
        Attendance.of(group.partnership)
        .filter(session__group=group, session__is_void=False)
        .exclude(attended="")
        .select_related("session", "person")
        .order_by("session__held_on", "pk")
    )
    columns = [
        Column("Day", lambda a: a.session.held_on.isoformat()),
        Column("Session", lambda a: a.session.session_id),
        Column("Person", lambda a: a.person.person_id),
        Column("Attended", lambda a: words(a.attended, "attendance")),
        Column("Hours", lambda a: str(a.session.hours or "")),
    ]
    return as_csv(rows, columns, "attendance")


def _register(request: Any, group: Group, session: Session | None) -> HttpResponse:
    access = request.access
    ticked = request.POST.getlist("came") if request.method == "POST" else []
    typed = request.POST.get("find", "") if "find_now" in request.POST else ""
    results: list[Person] = []
    if typed:
        results = list(
            found(queries.own_people(access, group.organisation), access.partnership, typed)[:_FOUND]
        )
    namesakes = [
        person
        for name in request.POST.get("newcomers", "").splitlines()[:50]
        if name.strip()
        for person in queries.same_name(access, group.organisation, name)
    ]
    further = [*ticked, *(one.person_id for one in (*results, *namesakes))]
    people = queries.on_register(access, group, session, further)
    before = queries.came_to(session) if session else {}
    initial: dict[str, Any] = {"held_on": today(), "hours": group.hours, "place": group.place}
    if session is not None:
        initial = {
            "held_on": session.held_on, "hours": session.hours, "place": session.place,
            "is_void": session.is_void, "revision": session.revision,
            "came": [p.person_id for p in people if p.pk in before and before[p.pk].attended == "attended"],
        }  # fmt: skip
    form = RegisterForm(sent(request), people=people, is_new=session is None, initial=initial)
    back = at(request, "group", group_id=group.group_id)
    if "find_now" in request.POST and not typed.strip():
        # Also where Enter was pressed in another field: browsers take the first button of a form then.
        form.is_valid()
        form.add_error("find", "Type part of a name to find somebody. The register is not saved yet.")
    elif typed and not results:
        form.is_valid()
        form.add_error("find", "Nobody of yours fits. Check the spelling, or add them as a newcomer.")
    elif request.method == "POST" and "find_now" not in request.POST and form.is_valid():
        values = form.cleaned_data
        try:
            saved = commands.take_register(
                access, group=group, held_on=values["held_on"], came=values["came"],
                newcomers=form.names(), hours=values["hours"], place=values["place"], session=session,
                expected=values["revision"], is_void=values.get("is_void", False),
                another=values.get("another", False), anyway=values["anyway"], seconds=form.seconds(), once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            came = Attendance.of(access.partnership).filter(session=saved, attended="attended").count()
            say(request, f"The register was saved: {_count(came, 'person', 'people')} came.")
            return redirect(back)
    return render(
        request,
        "groups/register.html",
        {
            "title": "Register", "caption": group.name, "form": form, "back": back, "button": "Save the register",
            "is_finding": bool(results), "has_namesakes": bool(namesakes),
        },
    )  # fmt: skip


@page("groups.manage")
def register(request: Any, group_id: str) -> HttpResponse:
    """Take the register of a session."""
    return _register(request, queries.group_or_404(request.access, group_id, "groups.manage"), None)


@page("groups.manage")
def register_change(request: Any, group_id: str, session_id: str) -> HttpResponse:
    """Open a register again, to change it."""
    group = queries.group_or_404(request.access, group_id, "groups.manage")
    return _register(request, group, queries.session_or_404(request.access, group, session_id))


@page("groups.view")
def register_print(request: Any, group_id: str) -> HttpResponse:
    """Show a blank register to print, for a place without a telephone signal."""
    row = queries.group_or_404(request.access, group_id)
    return render(
        request,
        "groups/print.html",
        {
            "group": row,
            "people": queries.on_register(request.access, row, None),
            "blank": range(8),
            "columns": range(5),
            "back": at(request, "group", group_id=group_id),
        },
    )


@page("groups.manage")
def take_off(request: Any, group_id: str, person_id: str) -> HttpResponse:
    """Take somebody off the group's list."""
    access = request.access
    row = queries.group_or_404(access, group_id, "groups.manage")
    person = person_or_404(access, person_id)
    form = ConfirmForm(sent(request))
    back = at(request, "group", group_id=group_id)
    if request.method == "POST" and form.is_valid():
        try:
            commands.take_off(access, group=row, person=person, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{person.shown} is off the list.")
            return redirect(back)
    return render(
        request,
        "core/confirm.html",
        {
            "title": f"Take {person.shown} off the list?", "caption": row.name, "form": form, "back": back,
            "button": "Take off the list",
            "says": ["What they came to stays recorded.", "They are put back when they come again."],
        },
    )  # fmt: skip


def person_section(access: Any, person: Person) -> dict[str, Any] | None:
    """Return the groups that a person comes to, for their page; None when there are none."""
    if not access.may("groups.view"):
        return None
    rows = queries.of_person(access, person)
    return {"rows": rows} if rows else None
