"""Pages of team capacity: totals by provider, one's own posts, and the months that were kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.changes import queries, staffing, team
from openoutcomes.web.changes.forms import DayForm, FillForm, MonthForm, PostForm
from openoutcomes.web.changes.models import CapacityMonth, Holding, Supervision
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, done, form_page, page, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.core.templatetags.oo import money as in_money
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.results.small_numbers import LEAST, rounded
from openoutcomes.web.sharing.forms import sent


def _number(value: Any) -> str:
    return (
        "" if value is None else f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    )


def _total_columns(own: frozenset[int]) -> list[Column]:
    def is_own(row: team.Total) -> bool:
        return row.organisation.pk in own

    def people(row: team.Total) -> str:
        shown = row.shown_people(is_own=is_own(row))
        return f"Fewer than {LEAST}" if shown is None else str(shown)

    return [
        Column("Provider", lambda row: Cell(row.organisation.name, under=row.programme.name)),
        Column("Posts", lambda row: _number(row.posts), numeric=True),
        Column("Vacant", lambda row: _number(row.vacant), numeric=True),
        Column("People", people, numeric=True),
        Column("People for each post", lambda row: _number(row.caseload(is_own=is_own(row))), numeric=True),
        Column("Room for more", lambda row: _number(row.spare(is_own=is_own(row))), numeric=True),
        Column(
            "Supervision overdue", lambda row: f"{row.late} of {row.due}" if row.due else "", numeric=True
        ),
    ]


def _post_columns(request: Any) -> list[Column]:
    def filled(one: team.Standing) -> Cell:
        if one.holding is None:
            return Cell(f"Vacant since {day(one.vacant_since)}", tag="orange")
        return Cell(str(one.holding.user or "Filled"), under=f"since {day(one.holding.since)}")

    def supervised(one: team.Standing) -> Cell | str:
        if one.supervision_due is None:
            return day(one.last_supervised)
        words = f"Due {day(one.supervision_due)}"
        return Cell(
            words,
            tag="red" if one.is_late else "",
            under=f"last {day(one.last_supervised)}" if one.last_supervised else "",
        )

    def load(one: team.Standing) -> str:
        if one.people is None:
            return ""
        return f"{one.people} of {_number(one.guide)}" if one.guide is not None else str(one.people)

    return [
        Column("Post", lambda one: Cell(one.post.title, at(request, "post", post_id=one.post.post_id), under=one.post.programme.name)),
        Column("Full time", lambda one: _number(one.post.fte), numeric=True),
        Column("Filled", filled),
        Column("People", load, numeric=True),
        Column("Room for more", lambda one: _number(one.spare), numeric=True),
        Column("Supervision", supervised),
        Column("Unspent while vacant", lambda one: in_money(one.unspent), numeric=True),
    ]  # fmt: skip


@page("capacity.view")
def capacity(request: Any) -> HttpResponse:
    """Show what teams can take on: totals by provider, and one's own posts one by one."""
    access = request.access
    own = access.organisation_ids("capacity.manage")
    rows = team.standings(team.posts_for(access))
    totals = team.totals(rows)
    if wants_csv(request):
        return as_csv(totals, _total_columns(own), "capacity")
    mine = [one for one in rows if one.post.organisation_id in own]
    programmes = queries.programmes_for(access, "capacity.manage").order_by("name") if own else []
    missing = team.not_kept(access) if own else []
    return render(
        request, "changes/capacity.html",
        {
            "title": "Team capacity",
            "listing": listing(
                request, totals, _total_columns(own), caption="Capacity by provider", one="team",
                empty="No posts are written down yet.",
            ),
            "posts": listing(request, mine, _post_columns(request), caption="Your posts", one="post", export=False, per_page=200)
            if own else None,
            "programmes": [(str(one), at(request, "post_add", programme_id=one.programme_id)) for one in programmes],
            "missing": missing, "month": f"{team.last_month():%B}", "back": at(request, "changes"),
        },
    )  # fmt: skip


@page("capacity.view")
def months(request: Any) -> HttpResponse:
    """List how teams stood at the end of each month that was kept."""
    access = request.access
    own = access.organisation_ids("capacity.manage")
    rows = team.months_for(access)

    def people(row: CapacityMonth) -> str:
        if row.organisation_id in own:
            return str(row.people)
        return str(rounded(row.people)) if row.people >= LEAST else f"Fewer than {LEAST}"

    columns = [
        Column("Month", lambda row: f"{row.month:%B %Y}", sort="month", plain=lambda row: row.month.isoformat()),
        Column("Provider", lambda row: Cell(row.organisation.name, under=row.programme.name), sort="organisation__name",
               plain=lambda row: f"{row.organisation.name}, {row.programme.name}"),
        Column("Posts", lambda row: _number(row.posts), numeric=True),
        Column("Vacant", lambda row: _number(row.vacancies), numeric=True),
        Column("People", people, numeric=True),
        Column("Supervisions", lambda row: str(row.supervisions), numeric=True),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, columns, "capacity-months")
    return render(
        request, "core/list_page.html",
        {
            "title": "Capacity by month",
            "listing": listing(
                request, rows, columns, caption="Capacity by month", one="month", sort="-month",
                empty="No month was kept yet. A provider manager keeps each when it is over.",
            ),
            "back": at(request, "capacity"),
        },
    )  # fmt: skip


@page("capacity.manage")
def keep(request: Any) -> HttpResponse:
    """Keep how one's own teams stood at the end of last month."""
    access = request.access
    month = team.last_month()
    # All of one's own, so that a month kept too early can be kept again.
    posts = team.own_posts(access).order_by().values("programme")
    programmes = Programme.of(access.partnership).filter(pk__in=posts).order_by("name")
    chosen = [one.programme_id for one in team.not_kept(access)]
    form = MonthForm(sent(request), programmes=programmes, initial={"programmes": chosen})
    back = at(request, "capacity")

    def act() -> Any:
        for number, programme in enumerate(form.cleaned_data["programmes"]):
            once = f"{form.key()}{number}" if form.key() else ""
            staffing.keep_month(access, programme=programme, month=month, once=once)
        return True

    if done(request, form, act):
        say(request, f"{month:%B %Y} is kept.")
        return redirect(at(request, "capacity_months"))
    return form_page(request, form, f"Keep {month:%B %Y}", back, button="Keep it")


@page("capacity.manage")
def post_add(request: Any, programme_id: str) -> HttpResponse:
    """Add a post."""
    access = request.access
    programme = queries.programme_or_404(access, programme_id, "capacity.manage")
    form = PostForm(sent(request), programme=programme)
    made = done(
        request, form,
        lambda: staffing.add_post(access, programme=programme, values=form.values(), once=form.key()),
    )  # fmt: skip
    if made is not None:
        say(request, "The post was added. Say who fills it.")
        return redirect(at(request, "post", post_id=made.post_id))
    return form_page(
        request, form, "Add a post", at(request, "capacity"), caption=programme.name, button="Add the post"
    )


@page("capacity.manage")
def post(request: Any, post_id: str) -> HttpResponse:
    """Show a post: who fills it, their caseload and supervision, and what it leaves unspent."""
    access = request.access
    found = team.post_or_404(access, post_id)
    standing = next(iter(team.standings([found])), None)
    return render(
        request, "changes/post.html",
        {
            "row": found, "one": standing,
            "guide": _number(standing.guide) if standing else "", "spare": _number(standing.spare) if standing else "",
            "fte": _number(found.fte),
            "holdings": Holding.of(access.partnership).filter(post=found).select_related("user"),
            "supervisions": Supervision.of(access.partnership).filter(post=found)[:12],
            "back": at(request, "capacity"),
        },
    )  # fmt: skip


@page("capacity.manage")
def post_change(request: Any, post_id: str) -> HttpResponse:
    """Change a post, or say when it ends."""
    access = request.access
    found = team.post_or_404(access, post_id)
    initial = {name: getattr(found, name) for name in staffing.FIELDS}
    initial |= {"line": found.line.line_id if found.line else "", "expected": found.revision}
    form = PostForm(sent(request), programme=found.programme, initial=initial)
    back = at(request, "post", post_id=post_id)
    made = done(
        request, form,
        lambda: staffing.change_post(
            access, post=found, values=form.values(), expected=form.cleaned_data["expected"], once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "The post was changed.")
        return redirect(back)
    return form_page(request, form, "Change the post", back, caption=found.title)


@page("capacity.manage")
def fill(request: Any, post_id: str) -> HttpResponse:
    """Say who fills a post."""
    access = request.access
    found = team.post_or_404(access, post_id)
    form = FillForm(sent(request), organisation=found.organisation)
    back = at(request, "post", post_id=post_id)
    made = done(
        request, form,
        lambda: staffing.fill(
            access, post=found, since=form.cleaned_data["since"], user=form.cleaned_data["user"], once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "The post is filled.")
        return redirect(back)
    return form_page(request, form, "Who fills the post?", back, caption=found.title)


@page("capacity.manage")
def vacate(request: Any, post_id: str) -> HttpResponse:
    """Say when whoever fills a post left it."""
    access = request.access
    found = team.post_or_404(access, post_id)
    form = DayForm(sent(request))
    form.fields["on"].label = "What was their last day?"
    form.fields["on"].help_text = "Vacant time begins the day after. For example, 27 3 2026"
    back = at(request, "post", post_id=post_id)
    act = lambda: staffing.vacate(access, post=found, until=form.cleaned_data["on"], once=form.key())  # noqa: E731
    if done(request, form, act) is not None:
        say(request, "The post is vacant.")
        return redirect(back)
    return form_page(request, form, "They left the post", back, caption=found.title, button="It is vacant")


@page("capacity.manage")
def supervised(request: Any, post_id: str) -> HttpResponse:
    """Write down a day of supervision."""
    access = request.access
    found = team.post_or_404(access, post_id)
    form = DayForm(sent(request))
    form.fields["on"].label = "When was supervision?"
    form.fields["on"].help_text = "The day alone, nothing of what was said. For example, 27 3 2026"
    back = at(request, "post", post_id=post_id)
    act = lambda: staffing.supervise(access, post=found, on=form.cleaned_data["on"], once=form.key())  # noqa: E731
    if done(request, form, act) is not None:
        say(request, "It is written down.")
        return redirect(back)
    return form_page(request, form, "Supervision was held", back, caption=found.title)
