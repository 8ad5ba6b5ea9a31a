"""Pages of stories: the list in the order of those who ranked, one story, ranking, and typing in from paper."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.listening.showing import confirm_page, form_page
from openoutcomes.web.partnerships.queries import outcomes_on
from openoutcomes.web.results.tables import outcome_name
from openoutcomes.web.sharing.forms import sent
from openoutcomes.web.stories import commands, queries
from openoutcomes.web.stories.forms import MoveForm, RankForm, StoryFilter, StoryForm
from openoutcomes.web.stories.models import Ballot, Story, StoryStep
from openoutcomes.web.ties.queries import keys_tied

#: A last place for stories that nobody has ranked.
_LAST = 10**6
_TAGS = {"heard": "grey", "looked_into": "yellow", "tried": "blue", "done": "green", "cannot": "purple"}


def tag_of(row: Story) -> Cell:
    """Return how far a story has come, as a tag."""
    return Cell(row.get_state_display(), tag=_TAGS[row.state], under=day(row.state_since))


def places(request: Any) -> list[tuple[str, str]]:
    """Return the pages of this room that a seat may see."""
    access = request.access
    found = [("Stories", "stories", "stories.view"), ("Pictures", "pictures", "stories.view")]
    if access.reach("stories.rank") == "self":
        found.append(("Your ranking", "story_rank", "stories.rank"))
    elif access.may("stories.rank"):
        found.append(("Rankings from paper", "rankings", "stories.rank"))
    return [(words, at(request, name)) for words, name, action in found if access.may(action)]


@page("stories.view")
def stories(request: Any) -> HttpResponse:
    """List the stories, what matters most to those who ranked first."""
    access = request.access
    filters = StoryFilter(request.GET)
    filters.is_valid()
    asked = filters.cleaned_data
    rows = queries.stories_for(access)
    if asked.get("state"):
        rows = rows.filter(state=asked["state"])
    if asked.get("source"):
        rows = rows.filter(source=asked["source"])
    if asked.get("linked"):
        tied = set().union(
            *(keys_tied(access, "story", kind) for kind in ("change", "trial", "barrier", "commitment"))
        )
        rows = rows.filter(story_id__in=tied) if asked["linked"] == "yes" else rows.exclude(story_id__in=tied)
    order = queries.order_of(access.partnership)
    found = list(rows.order_by("-added_at", "-pk")[:500])
    found.sort(key=lambda row: order.places.get(row.story_id, _LAST))
    columns = [
        Column("Place", lambda row: str(order.places.get(row.story_id, "")), numeric=True),
        Column("Story", lambda row: Cell(row.sentence, at(request, "story", story_id=row.story_id)), plain=lambda row: row.sentence),
        Column("How it stands", tag_of, plain=lambda row: row.get_state_display()),
        Column("Ranked by", lambda row: order.ranked_by.get(row.story_id, "") if order.is_shown else ""),
        Column("Whose words", lambda row: row.get_source_display()),
        Column("Added", lambda row: day(row.added_at), plain=lambda row: row.added_at.date()),
    ]  # fmt: skip
    if not order.is_shown:
        columns = [one for one in columns if one.title not in ("Place", "Ranked by")]
    if wants_csv(request):
        return as_csv(found, columns, "stories")
    is_own = access.reach("stories.rank") == "self"
    actions = []
    if is_own:
        actions.append(("Say what matters most to you", at(request, "story_rank")))
    if access.may("stories.add"):
        actions.append(("Add a story", at(request, "story_add")))
    return render(
        request, "stories/list.html",
        {
            "title": "Stories", "actions": actions, "places": places(request), "order": order,
            "lead": "What people need, and what for, in their words; what matters most to people supported comes first.",
            "listing": listing(
                request, found, columns, caption="Stories", one="story", many="stories", filters=filters,
                empty="No story is written down yet. One sentence is enough: as whom, what is needed, what for.",
                empty_action=("Add a story", at(request, "story_add")) if access.may("stories.add") else None,
            ),
        },
    )  # fmt: skip


@page("stories.view")
def story(request: Any, story_id: str) -> HttpResponse:
    """Show a story: how it stands, how many have the need, how it is ranked, and what was done."""
    access = request.access
    row = queries.story_or_404(access, story_id)
    steps = list(StoryStep.of(row.partnership).filter(story=row).select_related("by"))
    order = queries.order_of(access.partnership)
    return render(
        request, "stories/story.html",
        {
            "story": row, "tag": tag_of(row), "steps": steps, "latest": steps[0] if steps else None,
            "place": order.places.get(story_id), "order": order, "ranked_by": order.ranked_by.get(story_id, ""),
            "demand": queries.demand(row.partnership, row.category), "need": outcome_name(row.category) if row.category else "",
            "may_change": access.may("stories.add") and queries.may_change(access, row),
            "may_move": queries.may_move(access, row), "mine": row.person_id in access.person_ids() if row.person_id else False,
            "back": at(request, "stories"),
        },
    )  # fmt: skip


def _categories(access: Any) -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in outcomes_on(access.partnership)]


@page("stories.add")
def story_add(request: Any) -> HttpResponse:
    """Write a story down."""
    access = request.access
    is_own = access.reach("stories.add") == "self"
    form = StoryForm(sent(request), categories=_categories(access), is_own=is_own)
    return form_page(
        request, form,
        lambda: commands.add_story(
            access, values=form.cleaned_data, source=form.cleaned_data.get("source", "person"), once=form.key()
        ),
        title="Add a story", back=at(request, "stories"), then=lambda made: at(request, "story", story_id=made.story_id),
        told="Thank you. Others can rank it now, and you see here what comes of it." if is_own else "The story was added.",
        lead="In one sentence: as whom, what is needed, and what for.",
    )  # fmt: skip


@page("stories.add")
def story_change(request: Any, story_id: str) -> HttpResponse:
    """Change the words of a story."""
    access = request.access
    row = queries.story_or_404(access, story_id)
    if not queries.may_change(access, row):
        raise Http404("Somebody else’s story")
    initial = {name: getattr(row, name) for name in (*commands.WORDS, "category", "revision")}
    is_own = access.reach("stories.add") == "self"
    form = StoryForm(
        sent(request), categories=_categories(access), is_own=is_own, is_change=True, initial=initial
    )
    return form_page(
        request, form,
        lambda: commands.change_story(
            access, story=row, values={"category": row.category, **form.cleaned_data},
            expected=form.cleaned_data["revision"] or 0, once=form.key(),
        ),
        title="Change the story", then=at(request, "story", story_id=story_id), told="The story was changed.",
    )  # fmt: skip


@page("stories.move")
def story_move(request: Any, story_id: str) -> HttpResponse:
    """Say how far a story has come."""
    access = request.access
    row = queries.story_or_404(access, story_id)
    form = MoveForm(sent(request), now=row.state)
    return form_page(
        request, form,
        lambda: commands.move_story(
            access, story=row, state=form.cleaned_data["state"], why=form.cleaned_data["why"], once=form.key()
        ),
        title="How it stands", caption=row.sentence, then=at(request, "story", story_id=story_id),
        told="Everybody sees how it stands now. Link what was done, so that it can be looked up.",
    )  # fmt: skip


@page("stories.add")
def story_away(request: Any, story_id: str) -> HttpResponse:
    """Take a story out of lists, or put it back."""
    access = request.access
    row = queries.story_or_404(access, story_id)
    if not queries.may_change(access, row):
        raise Http404("Somebody else’s story")
    away = row.put_away_at is None
    return confirm_page(
        request, lambda key: commands.put_away(access, story=row, away=away, once=key),
        title="Put this story away?" if away else "Put this story back?", caption=row.sentence,
        says=["It leaves lists and rankings. It can be put back."] if away else ["It is in lists and rankings again."],
        then=at(request, "story", story_id=story_id), told="Done.", button="Put away" if away else "Put back",
    )  # fmt: skip


@page("stories.rank")
def story_rank(request: Any) -> HttpResponse:
    """Rank the stories: one's own order, or somebody's from paper without their name."""
    access = request.access
    is_own = access.reach("stories.rank") == "self"
    rows = queries.to_rank(access.partnership)
    held = queries.ballot_of(access) if is_own else None
    form = RankForm(sent(request), stories=rows, places=held.places if held else {})
    act = commands.rank if is_own else commands.enter_ranking
    return form_page(
        request, form, lambda: act(access, places=form.places(), once=form.key()),
        title="What matters most to you?" if is_own else "Type in a ranking from paper",
        then=at(request, "stories" if is_own else "rankings"), template="stories/rank.html", is_own=is_own,
        told="Thank you. You can change it at any time." if is_own else "The ranking was typed in.", ranked=rows, held=held,
        button="Save my order" if is_own else "Save",
    )  # fmt: skip


@page("stories.rank")
def rankings(request: Any) -> HttpResponse:
    """List the rankings that one has typed in from paper, to take one back; people on their own page have their own."""
    access = request.access
    if access.reach("stories.rank") == "self":
        return redirect(at(request, "story_rank"))
    rows = Ballot.of(access.partnership).filter(person=None, withdrawn_at=None, entered_by=access.user)
    columns = [
        Column("Ranking", lambda row: row.short),
        Column("Stories", lambda row: str(len(row.places)), numeric=True),
        Column("Typed in", lambda row: day(row.entered_at), sort="entered_at", plain=lambda row: row.entered_at.date()),
        Column("Take back", lambda row: Cell("Take back", at(request, "ranking_away", ballot_id=row.ballot_id)), plain=lambda _: ""),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, columns[:-1], "rankings")
    actions = [
        ("Type in a ranking", at(request, "story_rank")),
        ("Print the stories to rank", at(request, "ranking_paper")),
    ]
    return render(
        request, "stories/list.html",
        {
            "title": "Rankings from paper", "places": places(request), "actions": actions,
            "lead": "People rank on paper too, with the same weight. No name is kept.",
            "listing": listing(request, rows, columns, caption="Rankings", one="ranking", sort="-entered_at",
                               empty="You have typed in none yet."),
        },
    )  # fmt: skip


@page("stories.rank")
def ranking_paper(request: Any) -> HttpResponse:
    """Show the stories with room for a place, to print."""
    return render(
        request, "stories/paper.html",
        {"rows": queries.to_rank(request.access.partnership), "back": at(request, "stories")},
    )  # fmt: skip


@page("stories.rank")
def ranking_away(request: Any, ballot_id: str) -> HttpResponse:
    """Take back a ranking: one's own, or one that one has typed in."""
    access = request.access
    rows = Ballot.of(access.partnership).filter(ballot_id=ballot_id, withdrawn_at=None)
    row = (
        rows.filter(person__in=access.person_ids()).first()
        or rows.filter(person=None, entered_by=access.user).first()
    )
    if row is None:
        raise Http404("No such ranking of yours")
    return confirm_page(
        request, lambda key: commands.withdraw_ranking(access, ballot=row, once=key), title="Take this ranking back?",
        says=["It counts no longer. You can rank again."], told="The ranking counts no longer.", button="Take back",
        then=at(request, "rankings" if row.person_id is None else "stories"),
    )  # fmt: skip
