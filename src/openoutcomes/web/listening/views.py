"""Pages of rounds: the list, one round, its frame and sample, who hears whom, who was heard, and its end."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.agenda.models import Segment
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.listening import asking, commands, frames, queries
from openoutcomes.web.listening.coverage import HEADINGS, NOTE, coverage
from openoutcomes.web.listening.forms import (
    AssignForm,
    BringInForm,
    CloseForm,
    DrawForm,
    RoundFilter,
    RoundForm,
    SampleFilter,
    ShareOutForm,
)
from openoutcomes.web.listening.models import Conversation, Round, Sampled, Theme
from openoutcomes.web.listening.showing import (
    confirm_page,
    done,
    form_page,
    places,
    round_tag,
    state_tag,
    theme_tag,
)
from openoutcomes.web.listening.words import LOST, RULES, STAGE_MEANINGS, STAGES, STRATA
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.sharing.forms import sent


@page("listening.view")
def rounds(request: Any) -> HttpResponse:
    """List the rounds of listening."""
    access = request.access
    filters = RoundFilter(request.GET)
    filters.is_valid()
    rows = queries.with_counts(access.partnership, queries.rounds_for(access))
    if state := filters.cleaned_data.get("state"):
        rows = rows.filter(state=state)
    is_running = access.may("listening.run")
    columns = [
        Column("Round", lambda row: Cell(row.title, at(request, "round", round_id=row.round_id), under=row.purpose[:140]),
               sort="title", plain=lambda row: row.title),
        Column("How it stands", round_tag, sort="state"),
        Column("Offered help", lambda row: f"{day(row.since)} to {day(row.until)}", sort="since",
               plain=lambda row: f"{row.since} to {row.until}"),
        Column("Themes without an answer", lambda row: str(row.themes_waiting), numeric=True),
        Column("Begun", lambda row: day(row.begun_at), sort="begun_at", plain=lambda row: row.begun_at.date()),
    ]  # fmt: skip
    if is_running:
        columns.insert(3, Column("Heard", lambda row: f"{row.heard} of {row.asked}", numeric=True))
    if wants_csv(request):
        return as_csv(rows.order_by("-begun_at"), columns, "rounds-of-listening")
    actions = [("Plan a round", at(request, "round_add"))] if is_running else []
    return render(
        request, "listening/rounds.html",
        {
            "title": "Listening",
            "lead": "Who was heard, who was not, and what came of it. Everybody who was offered help can be asked: "
            "those who stayed, those who left, and those who never started.",
            "listing": listing(
                request, rows, columns, caption="Rounds of listening", one="round", sort="-begun_at", filters=filters,
                empty="Nobody has been asked yet. A round begins with what you want to understand.",
                empty_action=actions[0] if actions else None,
            ),
            "actions": actions, "places": places(request),
        },
    )  # fmt: skip


def _round_form(request: Any, **kwargs: Any) -> RoundForm:
    partnership = request.access.partnership
    return RoundForm(
        sent(request),
        segments=Segment.of(partnership).order_by("-is_focus", "name"),
        programmes=Programme.of(partnership).select_related("organisation").order_by("name"),
        contracts=Contract.of(partnership).filter(is_closed=False).order_by("name"),
        **kwargs,
    )


@page("listening.run")
def round_add(request: Any) -> HttpResponse:
    """Plan a round."""
    focus = Segment.of(request.access.partnership).filter(is_focus=True).first()
    initial = {"independent_only": True, "strata": ["stage", "provider"],
               "segment": focus.segment_id if focus else ""}  # fmt: skip
    form = _round_form(request, initial=initial)
    return form_page(
        request, form,
        lambda: commands.plan_round(request.access, values=form.values(), once=form.key()),
        title="Plan a round of listening", button="Go on to who may be asked",
        lead="Nobody is asked yet. Next you see how many people it may reach.",
        back=at(request, "listening"), told="The round is planned. Now look at whom it may reach.",
        then=lambda made: at(request, "round_frame", round_id=made.round_id),
    )  # fmt: skip


@page("listening.run")
def round_change(request: Any, round_id: str) -> HttpResponse:
    """Change a round."""
    row = queries.round_or_404(request.access, round_id)
    initial = {name: getattr(row, name) for name in commands.DETAILS}
    initial |= {
        "segment": row.segment.segment_id if row.segment else "",
        "contract": row.contract.contract_id if row.contract else "",
        "revision": row.revision,
    }
    form = _round_form(request, initial=initial, is_drawn=row.state != "planned")
    return form_page(
        request, form,
        lambda: commands.change_round(
            request.access, listening=row, values=form.values(), once=form.key(),
            expected=form.cleaned_data.get("revision") or 0,
        ),
        title="Change the round", caption=row.title, then=at(request, "round", round_id=round_id),
        told="The round was changed.",
        lead="" if row.state == "planned" else "People have been drawn, so whom it is about is fixed.",
    )  # fmt: skip


@page("listening.view")
def round_(request: Any, round_id: str) -> HttpResponse:
    """Show a round: what it is for, how it stands, and what is next."""
    access = request.access
    row = queries.round_or_404(access, round_id)
    themes = list(queries.themes_for(access).filter(round=row))
    context: dict[str, Any] = {
        "round": row, "tag": round_tag(row), "back": at(request, "listening"),
        "programmes": [] if not row.programmes else frames.programmes_of(row),
        "strata": [STRATA[name] for name in row.strata], "rule": RULES.get(row.rule, "").partition(":")[0].lower(),
        "themes": [(theme, theme_tag(theme)) for theme in themes],
        "is_running": access.may("listening.run"), "may_code": access.may("listening.code"),
        "meanings": STAGE_MEANINGS, "left_out": [(frames.LEFT_OUT[why], count) for why, count in row.left_out.items()],
        "visits": queries.visits_for(access).filter(round=row).count(),
    }  # fmt: skip
    if context["is_running"] and row.state == "drawn":
        context |= _next(request, row)
    return render(request, "listening/round.html", context)


def _next(request: Any, row: Round) -> dict[str, Any]:
    """Return the one thing to do next in a round that is open, and how far it has come."""
    counts = Counter(Sampled.of(row.partnership).filter(round=row).values_list("state", flat=True))
    unassigned = (
        Sampled.of(row.partnership)
        .filter(round=row, listener=None, state__in=("to_invite", "invited"))
        .count()
    )
    left = queries.open_ends(row)
    to_code = queries.to_code(request.access).filter(round=row).count()
    to_settle = queries.to_settle(request.access).filter(round=row).count()
    to_tell = queries.to_tell(row.partnership, row).count()
    themes = Theme.of(row.partnership).filter(round=row, retired_at=None)
    unanswered = themes.filter(answered="").count()

    def to(name: str) -> str:
        return at(request, name, round_id=row.round_id)

    steps = [
        (unassigned, f"{unassigned} people have nobody to hear them yet.", "Say who hears whom", to("round_assign")),
        (to_code and themes.exists(), f"{to_code} notes wait for you to code them.", "Code the next note", at(request, "to_code")),
        (not themes.exists() and counts["heard"] > 4, "People have spoken, and the code book is empty.", "Begin the code book",
         to("code_book")),
        (to_settle, f"Two coders disagree on {to_settle} notes.", "Settle them", to("code_book")),
        (unanswered and not counts["to_invite"] + counts["invited"], f"{unanswered} themes wait for an answer.",
         "See them", f"{at(request, 'themes')}?show=waiting&round={row.round_id}"),
        (to_tell, f"{to_tell} people can be told what came of what they said.", "Take it back to them", to("round_telling")),
        (not left.musts and not left.whys, "Everything has its answer, and everybody was told.", "Close the round",
         to("round_close")),
    ]  # fmt: skip
    following = next(((why, button, address) for holds, why, button, address in steps if holds), None)
    open_ones = counts["to_invite"] + counts["invited"]
    return {
        "next": following, "counts": counts, "open_ones": open_ones, "lost": sum(counts[one] for one in LOST),
        "asked": sum(counts.values()) - counts["reserve"], "left": left,
    }  # fmt: skip


@page("listening.run")
def round_frame(request: Any, round_id: str) -> HttpResponse:
    """Show how many people the round may reach, by group; then draw."""
    access = request.access
    row = queries.round_or_404(access, round_id)
    if row.state != "planned":
        return redirect(at(request, "round", round_id=round_id))
    found = frames.offered(row)
    frame, problem = None, ""
    try:
        frame = frames.frame_of(found, row.strata)
    except InputError as error:
        problem = error.problems[0].what
    form = DrawForm(
        sent(request),
        initial={
            "seed": commands.new_seed(),
            "size": min(len(found.people), 40) or None,
            "fingerprint": frame.fingerprint if frame else "",
        },
    )
    was_done, _ = done(
        form, request,
        lambda: commands.draw(
            access, listening=row, once=form.key(),
            **{name: form.cleaned_data[name] for name in ("size", "seed", "rule", "minimum", "fingerprint")},
        ),
    )  # fmt: skip
    if was_done:
        say(request, "The sample is drawn. Now say who hears whom.")
        return redirect(at(request, "round_assign", round_id=round_id))
    if form.is_bound and frame:
        # What is looked at now is what is drawn next.
        again: Any = request.POST.copy()
        again["fingerprint"] = frame.fingerprint
        form.data = again
    return render(
        request, "listening/frame.html",
        {
            "round": row, "form": form, "sizes": sorted(frame.sizes.items()) if frame else [], "problem": problem,
            "total": len(found.people), "by": " and ".join(STRATA[name].lower() for name in row.strata),
            "left_out": [(frames.LEFT_OUT[why], count) for why, count in sorted(found.left_out.items())],
            "back": at(request, "round", round_id=round_id), "title": "Whom it may reach", "caption": row.title, "button": "Draw the sample",
            "meanings": {STAGES[code]: words for code, words in STAGE_MEANINGS.items()},
        },
    )  # fmt: skip


@page("listening.run")
def drawn_again(request: Any, round_id: str) -> HttpResponse:
    """Draw the sample again from what was kept, and say whether it is the same."""
    row = queries.round_or_404(request.access, round_id)
    if row.state == "planned":
        return redirect(at(request, "round", round_id=round_id))
    sample = frames.drawn_again(row)
    now = {(one.id, one.stratum, one.place, one.role == "reserve") for one in sample.people}
    kept = Sampled.of(row.partnership).filter(round=row)
    then = set(kept.values_list("person__person_id", "stratum", "place", "is_reserve"))
    return render(
        request, "listening/again.html",
        {
            "round": row, "back": at(request, "round", round_id=round_id), "same": now == then,
            "same_frame": sample.fingerprint == row.fingerprint, "people": len(now), "differ": len(now ^ then),
        },
    )  # fmt: skip


def _open_ones(row: Round) -> Any:
    rows = Sampled.of(row.partnership).filter(round=row, state__in=("to_invite", "invited"))
    return rows.select_related("listener").order_by("stratum", "place")


@page("listening.run")
def round_assign(request: Any, round_id: str) -> HttpResponse:
    """Say who hears whom: share everybody out, or give some to one."""
    access = request.access
    row = queries.round_or_404(access, round_id)
    back = at(request, "round", round_id=round_id)
    if row.state != "drawn":
        return redirect(back)
    people = queries.listeners(access.partnership)
    by_key = {str(one.pk): one for one in people}
    rows = list(_open_ones(row)[:200])
    share = ShareOutForm(sent(request) if "among" in request.POST else None, listeners=people)
    give = AssignForm(
        sent(request) if request.method == "POST" and "among" not in request.POST else None,
        listeners=people, sampled=rows,
    )  # fmt: skip
    by_id = {one.sampled_id: one for one in rows}
    if share.is_bound:
        was_done, count = done(share, request, lambda: _share(access, row, share, by_key))
    else:
        was_done, count = done(give, request, lambda: _give(access, row, give, by_key, by_id))
    if was_done:
        say(
            request,
            f"{count or 'Some'} people have a listener now. Each listener sees them under “People to hear”.",
        )
        return redirect(back)
    return render(
        request, "listening/assign.html",
        {
            "round": row, "share": share, "form": give if not share.is_bound else share, "give": give, "back": back,
            "unassigned": sum(1 for one in rows if one.listener_id is None), "title": "Who hears whom",
            "empty": not rows, "places": places(request),
        },
    )  # fmt: skip


def _share(access: Any, row: Round, form: ShareOutForm, by_key: dict[str, Any]) -> int:
    among = [by_key[one] for one in form.cleaned_data["among"]]
    return asking.share_out(access, listening=row, among=among, once=form.key())


def _give(
    access: Any, row: Round, form: AssignForm, by_key: dict[str, Any], by_id: dict[str, Sampled]
) -> int:
    chosen = [by_id[one] for one in form.cleaned_data["sampled"]]
    return asking.assign(
        access, listening=row, to=by_key[form.cleaned_data["to"]], sampled=chosen, once=form.key()
    )


@page("listening.run")
def round_people(request: Any, round_id: str) -> HttpResponse:
    """List the invitations of a round, without names."""
    row = queries.round_or_404(request.access, round_id)
    filters = SampleFilter(request.GET, strata=row.sizes)
    filters.is_valid()
    asked = filters.cleaned_data
    rows = Sampled.of(row.partnership).filter(round=row).select_related("listener", "provider")
    if asked.get("state"):
        rows = rows.filter(state=asked["state"])
    elif not wants_csv(request):
        rows = rows.exclude(state="reserve")
    if asked.get("stratum"):
        rows = rows.filter(stratum=asked["stratum"])
    if asked.get("who") == "none":
        rows = rows.filter(listener=None)
    columns = [
        Column("Invitation", lambda one: one.short, plain=lambda one: one.sampled_id),
        Column("Group", lambda one: one.stratum, sort="stratum"),
        Column("Place", lambda one: f"{one.place}{' (reserve)' if one.is_reserve else ''}", sort="place", numeric=True),
        Column("What came of it", state_tag, sort="state"),
        Column("How", lambda one: one.get_route_display(), sort="route"),
        Column("Listener", lambda one: str(one.listener or "Nobody yet"), sort="listener__name"),
        Column("Invited", lambda one: day(one.invited_on), sort="invited_on", plain=lambda one: one.invited_on or ""),
        Column("Settled", lambda one: day(one.settled_on), sort="settled_on", plain=lambda one: one.settled_on or ""),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows.order_by("stratum", "place"), columns, "invitations")
    actions = []
    if row.state == "drawn":
        actions = [("Say who hears whom", at(request, "round_assign", round_id=round_id)),
                   ("Bring in a reserve", at(request, "round_reserve", round_id=round_id))]  # fmt: skip
    return render(
        request, "core/list_page.html",
        {
            "title": f"Invitations: {row.title}", "back": at(request, "round", round_id=round_id), "actions": actions,
            "lead": "Only the listener of each sees who it is.",
            "listing": listing(request, rows, columns, caption="Invitations", one="invitation", sort="stratum", filters=filters),
        },
    )  # fmt: skip


@page("listening.run")
def round_reserve(request: Any, round_id: str) -> HttpResponse:
    """Bring in reserves of a group, in their order."""
    access = request.access
    row = queries.round_or_404(access, round_id)
    back = at(request, "round", round_id=round_id)
    if row.state != "drawn":
        return redirect(back)
    counted = (
        Sampled.of(row.partnership)
        .filter(round=row)
        .values("stratum")
        .annotate(lost=Count("pk", filter=Q(state__in=LOST)), left=Count("pk", filter=Q(state="reserve")))
        .order_by("stratum")
    )
    strata = [(one["stratum"], one["lost"], one["left"]) for one in counted if one["left"]]
    form = BringInForm(sent(request), strata=strata)
    return form_page(
        request, form,
        lambda: asking.bring_in(
            access, listening=row, stratum=form.cleaned_data["stratum"], count=form.cleaned_data["count"],
            once=form.key(),
        ),
        title="Bring in a reserve", caption=row.title, then=at(request, "round_assign", round_id=round_id), back=back,
        told=lambda count: f"{count or 1} brought in, in the order they were drawn. Now say who hears them.",
        lead="Reserves come in the order in which chance put them, so nobody chooses whom to hear.", button="Bring in",
    )  # fmt: skip


@page("listening.view")
def round_coverage(request: Any, round_id: str) -> HttpResponse:
    """Show who was heard and who was not, and what may be said of everybody."""
    access = request.access
    row = queries.round_or_404(access, round_id)
    if row.state == "planned":
        return redirect(at(request, "round", round_id=round_id))
    found = coverage(row, is_running=access.may("listening.run"))
    if wants_csv(request):
        columns = [Column("Group", lambda one: one.name)]
        columns += [
            Column(heading, partial(_cell, place), plain=partial(_plain, place))
            for place, heading in enumerate(HEADINGS)
        ]
        return as_csv(found.rows, columns, "who-was-heard")
    return render(
        request, "listening/coverage.html",
        {
            "round": row, "found": found, "headings": HEADINGS, "note": NOTE, "title": "Who was heard",
            "back": at(request, "round", round_id=round_id), "export": f"{request.path}?format=csv",
        },
    )  # fmt: skip


def _cell(place: int, row: Any) -> str:
    return str(row.cells[place][1])


def _plain(place: int, row: Any) -> str:
    return _cell(place, row).replace(",", "")


@page("listening.run")
def round_close(request: Any, round_id: str) -> HttpResponse:
    """Close a round, when every theme has its answer."""
    access = request.access
    row = queries.round_or_404(access, round_id)
    back = at(request, "round", round_id=round_id)
    if row.state != "drawn":
        return redirect(back)
    left = queries.open_ends(row)
    form = CloseForm(sent(request), needs_why=bool(left.whys))
    return form_page(
        request, form,
        lambda: commands.close_round(
            access, listening=row, why=form.cleaned_data.get("why", ""), once=form.key()
        ),
        title="Close the round", caption=row.title, then=back, template="listening/close.html", button="Close the round",
        told="The round is closed. It stays to be read.", left=left,
        themes=f"{at(request, 'themes')}?show=waiting&round={round_id}",
    )  # fmt: skip


@page("listening.run")
def round_reopen(request: Any, round_id: str) -> HttpResponse:
    """Open a closed round again."""
    access = request.access
    row = queries.round_or_404(access, round_id)
    return confirm_page(
        request, lambda key: commands.reopen_round(access, listening=row, once=key),
        title="Open this round again?", caption=row.title, then=at(request, "round", round_id=round_id),
        says=["People can be heard, notes coded and themes added again."], told="The round is open again.",
        button="Open again",
    )  # fmt: skip


@page("listening.run")
def round_telling(request: Any, round_id: str) -> HttpResponse:
    """List who was heard, and whether they were told what came of it; without names."""
    row = queries.round_or_404(request.access, round_id)
    rows = Conversation.of(row.partnership).filter(round=row, withdrawn_at=None).select_related("listener")
    ready = set(queries.to_tell(row.partnership, row).values_list("pk", flat=True))

    def told(one: Conversation) -> Cell:
        if one.told_on is not None:
            return Cell(one.get_told_how_display(), tag="grey" if one.told_how == "not_possible" else "green",
                        under=one.told_why or day(one.told_on))  # fmt: skip
        if one.pk in ready:
            return Cell("Can be told now", tag="yellow")
        return Cell("Waits for answers", tag="blue")

    def act(one: Conversation) -> Cell | str:
        if one.told_on is not None:
            return ""
        return Cell("Note that they were told", at(request, "tell", conversation_id=one.conversation_id))

    columns = [
        Column("Note", lambda one: one.short, plain=lambda one: one.conversation_id),
        Column("Heard", lambda one: day(one.held_on), sort="held_on", plain=lambda one: one.held_on),
        Column("How", lambda one: one.get_route_display(), sort="route"),
        Column("By", lambda one: str(one.listener or "Themselves"), sort="listener__name"),
        Column("Told", told, sort="told_on"),
        Column("Do", act, plain=lambda _: ""),
    ]
    if wants_csv(request):
        return as_csv(rows.order_by("held_on"), columns[:-1], "told")
    return render(
        request, "core/list_page.html",
        {
            "title": "Taken back to those who spoke", "back": at(request, "round", round_id=round_id),
            "lead": "Each person is told what came of what they said: on their page, through their link, or by whoever heard them.",
            "listing": listing(request, rows, columns, caption="People heard", one="person", many="people", sort="told_on",
                               empty="Nobody has been heard yet."),
        },
    )  # fmt: skip
