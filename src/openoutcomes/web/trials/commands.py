"""Planning, starting, watching and deciding tests of change, and sharing what came of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from openoutcomes.web.cases.words import index
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, needed, note, refuse
from openoutcomes.web.core.guard import Suspect, suspects
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.ties.commands import tie
from openoutcomes.web.ties.kinds import Thing
from openoutcomes.web.ties.queries import tied_to
from openoutcomes.web.trials import queries
from openoutcomes.web.trials.models import (
    AIMS,
    FIELDS,
    LOOSE,
    Decision,
    Observation,
    Search,
    SharedTrial,
    Trial,
    TrialStep,
)
from openoutcomes.web.trials.things import thing_of

_NEEDED = {
    "title": "Say in one line what you try.",
    "hypothesis": "Say what you think will happen, and why.",
    "for_whom": "Say whom it is for.",
    "smallest": "Say what the smallest test is.",
    "measure": "Say what you look at.",
    "how_known": "Say where the figure will come from.",
    "runner": "Name the role that runs it.",
}


def _home(by: Access) -> Organisation | None:
    """Return the organisation a seat tests for; nothing where it is the partnership as a whole."""
    if by.reach("trials.run") == "partnership":
        return None
    own: Any = Organisation.of(by.partnership).filter(pk__in=by.organisation_ids("trials.run"))
    return own.order_by("name").first()


def _held(by: Access, trial: Trial) -> Trial:
    by.require("trials.run", trial.organisation_id or 0)
    held: Trial = (
        Trial.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=trial.pk)
    )
    return held


def _step(by: Access, trial: Trial, kind: str, words: str = "") -> None:
    TrialStep.objects.create(
        partnership=by.partnership, trial=trial, kind=kind, words=words, by=by.user, at=now()
    )


def _note(by: Access, verb: str, trial: Trial, **detail: Any) -> None:
    note(by, verb, trial, organisation=trial.organisation, detail=detail)


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: values[name] for name in FIELDS if name in values}
    for name, mend in _NEEDED.items():
        given[name] = needed(str(given.get(name) or ""), mend, name)
    if given.get("expected") is None or given.get("expect_by") is None:
        raise refuse(
            "there is no prediction.", "Say what you expect to see, and by when.",
            "expected" if given.get("expected") is None else "expect_by",
        )  # fmt: skip
    if given["doubt_on"] > today():
        raise refuse("the doubt cannot be of a day to come.", "Give the day it was raised.", "doubt_on")
    if given["expect_by"] <= given["doubt_on"]:
        raise refuse("it is expected before anybody doubted.", "Give a later day.", "expect_by")
    if given.get("worse_off") not in dict(Trial.WORSE):
        raise refuse("nobody has asked who could be worse off.", "Choose one.", "worse_off")
    if given["worse_off"] == "maybe":
        if not str(given.get("worse_who") or "").strip():
            raise refuse("it is not said who could be worse off.", "Say who, without a name.", "worse_who")
        if not str(given.get("worse_then") or "").strip():
            raise refuse(
                "it is not said what you would do then.", "Say how you notice, and what then.", "worse_then"
            )
    return given


@command
def plan(by: Access, *, values: Mapping[str, Any], aims: Sequence[Thing] = ()) -> Trial:
    """Plan a test. It may be tied to what it serves at once; without, it is listed as work linked to no aim."""
    organisation = _home(by)
    by.require("trials.run", organisation)
    trial = Trial(
        partnership=by.partnership,
        organisation=organisation,
        added_by=by.user,
        added_at=now(),
        **_checked(values),
    )
    trial.index()
    trial.save()
    _step(by, trial, "planned")
    for aim in aims:
        if aim.kind not in AIMS:
            raise refuse("this is no aim.", "Choose a commitment, theme, story or barrier.", "aim")
        tie(by, one=thing_of(by, trial), other=aim)
    _note(by, "trials.plan", trial, aims=len(aims))
    return trial


@command
def change(
    by: Access,
    *,
    trial: Trial,
    values: Mapping[str, Any],
    why: str = "",
    expected_revision: int | None = None,
) -> Trial:
    """Change a test. What was predicted stays as it was once it runs."""
    held = _held(by, trial)
    if expected_revision is not None and held.revision != expected_revision:
        raise refuse(
            "somebody changed this test after you opened it.", "Open it again, and add what is missing."
        )
    if held.state not in ("planned", "running"):
        raise refuse("this test is over.", "Take the decision back first, or plan another.")
    given = _checked({**{name: getattr(held, name) for name in FIELDS}, **values})
    changed = [name for name in given if getattr(held, name) != given[name]]
    fixed = [name for name in changed if name not in LOOSE]
    if held.state == "running" and fixed:
        raise refuse(
            "the prediction stays as it was before the test began.",
            "Decide to adapt it: the next cycle can say otherwise.", fixed[0],
        )  # fmt: skip
    if not changed:
        raise refuse("nothing was changed.", "Change something, or go back.")
    before = "; ".join(f"{name.replace('_', ' ')}: {getattr(held, name) or '–'}" for name in changed)
    for name in changed:
        setattr(held, name, given[name])
    held.revision += 1
    held.index()
    held.save()
    _step(by, held, "changed", f"{why.strip()}\nBefore: {before}".strip())
    _note(by, "trials.change", held, fields=changed)
    return held


@command
def look(by: Access, *, trial: Trial, words: str, took: str) -> Search:
    """Keep what was found of earlier attempts, and what its people take from it."""
    held = _held(by, trial)
    words = needed(words, "Say what to look for.", "words")
    took = needed(took, "Say what you take from it, also where it is nothing.", "took")
    found = [one.kept() for one in queries.tried(by, words, without=held)]
    search: Search = Search.objects.create(
        partnership=by.partnership,
        trial=held,
        words=words[:400],
        found=found,
        took=took,
        by=by.user,
        at=now(),
    )
    _step(by, held, "looked", took)
    _note(by, "trials.look", held, found=len(found))
    return search


@command
def start(by: Access, *, trial: Trial, on: dt.date | None = None) -> Trial:
    """Start a test, after its people have looked at what was tried before."""
    held = _held(by, trial)
    on = on or today()
    if held.state != "planned":
        raise refuse("this test has started already, or is over.", "Open the page again.")
    if not queries.has_searched(held):
        raise refuse("nobody has looked at what was tried before.", "Look first: it takes a minute.")
    if not held.doubt_on <= on <= today():
        raise refuse("it cannot have started on this day.", "Give a day since the doubt was raised.", "on")
    if held.expect_by <= on:
        raise refuse(
            "the day for the result has gone by before it starts.", "Change the plan: say a later day.", "on"
        )
    held.state, held.started_on = "running", on
    held.save()
    _step(by, held, "started")
    _note(by, "trials.start", held, on=on.isoformat())
    return held


@command
def observe(
    by: Access,
    *,
    trial: Trial,
    on: dt.date,
    value: Decimal | None = None,
    n: int | None = None,
    words: str = "",
    corrects: Observation | None = None,
) -> Observation:
    """Write down what was seen on a day; ``corrects`` names what it takes the place of."""
    held = _held(by, trial)
    if held.state not in ("running", *Trial.DECIDED) or held.started_on is None:
        raise refuse("this test has not started.", "Start it first.")
    if not held.started_on <= on <= today():
        raise refuse("it cannot have been seen on this day.", "Give a day since the test began.", "on")
    if value is None and not words.strip():
        raise refuse("nothing was written.", "Give a figure or words.", "value")
    if held.unit == "percent" and value is not None and not 0 <= value <= 100:
        raise refuse("a part of a hundred lies between 0 and 100.", "Check the figure.", "value")
    if held.unit == "people" and value is not None and n is not None and value > n:
        raise refuse("there are more people than there were in all.", "Check both numbers.", "n")
    if corrects is not None and (
        corrects.trial_id != held.pk or Observation.objects.filter(corrects=corrects).exists()
    ):
        raise refuse("this was corrected already.", "Open the page again.")
    made: Observation = Observation.objects.create(
        partnership=by.partnership, trial=held, on=on, value=value, n=n, words=words.strip(), corrects=corrects,
        by=by.user, at=now(),
    )  # fmt: skip
    _note(by, "trials.observe", held, on=on.isoformat())
    return made


@command
def decide(
    by: Access, *, trial: Trial, decision: str, why: str, learned: str, role: str, on: dt.date | None = None
) -> Decision:
    """Decide what follows. To adapt makes the next cycle, planned with the same words and aims."""
    held = _held(by, trial)
    on = on or today()
    if held.state != "running" or held.started_on is None:
        raise refuse("this test is not running.", "Open the page again.")
    if decision not in dict(Decision.KINDS):
        raise refuse("nothing was decided.", "Choose one.", "decision")
    if not held.started_on <= on <= today():
        raise refuse("it cannot have been decided on this day.", "Give a day since the test began.", "on")
    made: Decision = Decision.objects.create(
        partnership=by.partnership, trial=held, decision=decision, why=needed(why, "Write why.", "why"),
        learned=needed(learned, "Write what you learned, above all where it did not work.", "learned"),
        role=needed(role, "Name the role that decided.", "role"), on=on, by=by.user, at=now(),
    )  # fmt: skip
    held.state, held.decided_on = decision, on
    held.save()
    if decision == "adapt":
        _next_cycle(by, held, made)
    _note(by, "trials.decide", held, decision=decision)
    return made


def _next_cycle(by: Access, trial: Trial, decision: Decision) -> Trial:
    values = {name: getattr(trial, name) for name in FIELDS}
    length = trial.expect_by - (trial.started_on or trial.doubt_on)
    following = Trial(
        partnership=by.partnership, organisation=trial.organisation, added_by=by.user, added_at=now(),
        cycle=trial.cycle + 1, cycle_of=trial,
        # The new doubt is what was learned, on the day it was.
        **{**values, "doubt": decision.learned, "doubt_on": decision.on,
           "expect_by": max(decision.on, today()) + max(length, dt.timedelta(days=7))},
    )  # fmt: skip
    following.index()
    following.save()
    _step(by, following, "planned", f"Cycle {following.cycle}: {decision.why}")
    for thing in tied_to(by, "trial", trial.trial_id):
        if thing.kind in AIMS:
            tie(by, one=thing_of(by, following), other=thing)
    return following


@command
def undo(by: Access, *, trial: Trial, why: str) -> Trial:
    """Take a decision back that was a mistake: the test runs on. A next cycle that has not started goes."""
    held = _held(by, trial)
    if held.state not in Trial.DECIDED:
        raise refuse("nothing is decided.", "Open the page again.")
    why = needed(why, "Write why.", "why")
    following = queries.next_cycle(held)
    if following is not None:
        if following.state != "planned":
            raise refuse("the next cycle has started.", "Decide about that one.")
        following.state = "dropped"
        following.save()
        _step(by, following, "dropped", why)
    held.state, held.decided_on = "running", None
    held.save()
    _step(by, held, "undone", why)
    _note(by, "trials.undo", held)
    return held


@command
def drop(by: Access, *, trial: Trial, why: str) -> Trial:
    """Say that a planned test will not be started, and why; or plan it again."""
    held = _held(by, trial)
    if held.state not in ("planned", "dropped"):
        raise refuse("this test has started.", "Decide to stop it, and say what was learned.")
    why = needed(why, "Write why.", "why")
    again = held.state == "dropped"
    if again and held.cycle_of is not None and queries.next_cycle(held.cycle_of) is not None:
        raise refuse("another next cycle was planned since.", "Go on with that one.")
    if again and held.cycle_of is not None and held.cycle_of.state != "adapt":
        raise refuse("the cycle before is not decided to be adapted.", "Decide that first.")
    held.state = "planned" if again else "dropped"
    held.save()
    _step(by, held, "again" if again else "dropped", why)
    _note(by, "trials.drop", held, again=again)
    return held


# Sharing


def public_words(trial: Trial, learned: str, result: str = "") -> dict[str, str]:
    """Return the words of a test that others would read; no figure that was seen is among them."""
    return {
        "title": trial.title, "hypothesis": trial.hypothesis, "for_whom": trial.for_whom, "smallest": trial.smallest,
        "measure": trial.measure, "expected": queries.figure(trial, trial.expected), "result": result,
        "learned": learned.strip(),
    }  # fmt: skip


def suspects_of(trial: Trial, learned: str) -> list[Suspect]:
    """Return what in a test may point at a person; names of the partnership's organisations are none."""
    names = Organisation.of(trial.partnership).values_list("name", flat=True)
    words = public_words(trial, learned)
    del words["expected"]  # it was said before anybody was counted
    return suspects(words, [*names, trial.partnership.name, trial.partnership.place])


@command
def share(by: Access, *, trial: Trial, learned: str, looked_at: Collection[str] = ()) -> SharedTrial:
    """Let other partnerships read a test as it stands, after a check; those that were stopped above all."""
    held = _held(by, trial)
    if held.state not in (*Trial.DECIDED, "running"):
        raise refuse("this test has not started.", "Share it when there is something to tell.")
    learned = needed(learned, "Say what others can learn from it.", "learned")
    found = suspects_of(held, learned)
    going = [one for one in found if one.must_go]
    if going:
        raise refuse(f"“{going[0].text}” looks like {going[0].words}.", "Change the words, and take it out.")
    if any(one.key not in looked_at for one in found):
        raise refuse(
            "not everything that was found has been looked at.", "Tick each that names nobody.", "looked_at"
        )
    judged = queries.verdict(held, queries.observations_of(held))
    words = public_words(held, learned, judged.words if judged else "")
    shared = SharedTrial.objects.filter(trial=held, withdrawn_at=None).first()
    if shared is None:
        shared = SharedTrial(partnership=by.partnership, trial=held, shared_by=by.user, shared_at=now())
    shared.values, shared.result, shared.all_words = words, held.state, index(words.values())
    shared.save()
    _step(by, held, "shared")
    _note(by, "trials.share", held, looked_at=len(found))
    return shared  # type: ignore[no-any-return]


@command
def unshare(by: Access, *, trial: Trial) -> Trial:
    """Take a test back from the other partnerships."""
    held = _held(by, trial)
    shared = SharedTrial.objects.filter(trial=held, withdrawn_at=None).first()
    if shared is None:
        raise refuse("this test is not shared.", "Open the page again.")
    shared.withdrawn_at, shared.withdrawn_by = now(), by.user
    shared.save()
    _step(by, held, "unshared")
    _note(by, "trials.unshare", held)
    return held
