"""Pages that share tests of change between partnerships."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.core.lists import Cell, Column, listing
from openoutcomes.web.core.pages import at, done, form_page, page, say
from openoutcomes.web.sharing.forms import ConfirmForm, sent
from openoutcomes.web.trials import commands, queries
from openoutcomes.web.trials.forms import ShareForm
from openoutcomes.web.trials.models import Decision, Trial
from openoutcomes.web.trials.views import COLOURS, run_by_us

_HEADINGS = {
    "title": "What was tried", "hypothesis": "What they thought", "for_whom": "For whom", "smallest": "The smallest test",
    "measure": "What they looked at", "expected": "What they expected", "result": "What they saw",
    "learned": "What they learned",
}  # fmt: skip
_LISTED = 300


@page("trials.view")
def elsewhere_list(request: Any) -> HttpResponse:
    """List the tests that other partnerships share."""
    access = request.access
    states = dict(Trial.STATES)
    rows = list(queries.shared_elsewhere(access)[:_LISTED])
    columns = [
        Column(
            "What was tried",
            lambda one: Cell(one.values["title"], at(request, "trial_elsewhere", share_id=one.share_id),
                             under=one.values["for_whom"]),
        ),
        Column("What followed", lambda one: Cell(states[one.result], tag=COLOURS[one.result])),
        Column("What they learned", lambda one: one.values["learned"][:200]),
        Column("Partnership", lambda one: one.partnership.name),
    ]  # fmt: skip
    return render(
        request, "core/list_page.html",
        {
            "title": "Other partnerships’ tests of change",
            "lead": "What did not work there need not be tried here again.",
            "listing": listing(
                request, rows, columns, caption="Tests of change shared by other partnerships", one="test", export=False,
                empty="No other partnership of this installation shares a test of change yet.",
            ),
            "back": at(request, "trials"),
        },
    )  # fmt: skip


@page("trials.view")
def elsewhere(request: Any, share_id: str) -> HttpResponse:
    """Show a test that another partnership shares."""
    share = queries.share_or_404(request.access, share_id)
    words = [
        (heading, share.values[name])
        for name, heading in _HEADINGS.items()
        if name != "title" and share.values[name]
    ]
    return render(
        request, "trials/elsewhere.html",
        {
            "share": share, "words": words, "colour": COLOURS[share.result], "state": dict(Trial.STATES)[share.result],
            "back": at(request, "trials_elsewhere"),
        },
    )  # fmt: skip


@page("trials.run")
def share(request: Any, trial_id: str) -> HttpResponse:
    """Check a test's words, and let other partnerships read them."""
    access = request.access
    found = run_by_us(request, trial_id)
    latest = Decision.of(access.partnership).filter(trial=found).first()
    earlier = queries.share_of(found)
    initial = earlier.values["learned"] if earlier else (latest.learned if latest else "")
    learned = request.POST.get("learned", "") if request.method == "POST" else initial
    suspected = commands.suspects_of(found, learned)
    may_stay = [one for one in suspected if not one.must_go]
    form = ShareForm(sent(request), found=may_stay, fields=_HEADINGS, initial={"learned": initial})
    back = at(request, "trial", trial_id=trial_id)
    made = done(
        request, form,
        lambda: commands.share(
            access, trial=found, learned=form.cleaned_data["learned"],
            looked_at=form.cleaned_data.get("looked_at", []), once=form.key(),
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "Other partnerships can read it now. You can take it back at any time.")
        return redirect(back)
    return form_page(
        request, form, "Share with other partnerships", back, template="trials/share.html", caption=found.title,
        must_go=[(one.text, one.words, _HEADINGS[one.field]) for one in suspected if one.must_go], button="Share",
    )  # fmt: skip


@page("trials.run")
def unshare(request: Any, trial_id: str) -> HttpResponse:
    """Take a test back from other partnerships."""
    access = request.access
    found = run_by_us(request, trial_id)
    form = ConfirmForm(sent(request))
    back = at(request, "trial", trial_id=trial_id)
    if done(request, form, lambda: commands.unshare(access, trial=found, once=form.key())) is not None:
        say(request, "Other partnerships can no longer read it.")
        return redirect(back)
    says = [
        "Others can no longer read or find it.",
        "What they kept with a test of their own stays with them.",
    ]
    return form_page(
        request, form, "Stop sharing this test?", back, template="core/confirm.html", caption=found.title, says=says,
        button="Stop sharing",
    )  # fmt: skip
