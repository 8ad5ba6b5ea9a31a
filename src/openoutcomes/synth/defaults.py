"""A usable profile for any terms, seen before or not.

Every figure here is an assumption of ours, chosen so that most lines are payable: seven in ten
achieve what has nothing before it, eight in ten of those who may achieve what follows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from openoutcomes.contracts.words import Range
from openoutcomes.standard.instruments import find
from openoutcomes.standard.problems import Problem
from openoutcomes.synth.brief import Brief, Step, whole_numbers
from openoutcomes.synth.draws import Spread
from openoutcomes.synth.profile import (
    Claims,
    InstrumentProfile,
    Losses,
    NeedProfile,
    OutcomeProfile,
    Profile,
    Question,
    Shares,
    Support,
    Verification,
)

_PEOPLE = 100
_ROOT, _NEXT, _MEASURED = Fraction(7, 10), Fraction(8, 10), Fraction(6, 10)
_AGAIN, _MOST_TIMES = Fraction(85, 100), 12
_AGES = Range(Fraction(18), Fraction(64))
_YOUNGEST, _OLDEST = 0, 100
_NEEDS_WITHOUT_CODES = ("wellbeing", "social-connections")
_FEW_AREAS = 40
_QUESTION = "did-this-help"


def percent(**parts: int) -> dict[str, Fraction]:
    """Return shares given in hundredths."""
    return {word: Fraction(part, 100) for word, part in parts.items()}


_SEX = percent(female=49, male=49, not_known=2)
_ETHNICITY = percent(asian=9, black=5, mixed=4, white=78, other=2, prefer_not_to_say=2)
_DISABILITY = percent(yes=22, no=74, not_known=4)
_KINDS = percent(
    assessment=15, advice=20, coaching=25, group=10, practical=10, training=10, visit=5, contact=5
)


def even(words: Iterable[str]) -> dict[str, Fraction]:
    """Return equal shares for the words."""
    named = list(dict.fromkeys(words))
    return {word: Fraction(1, len(named)) for word in named}


def derive(brief: Brief) -> Profile:
    """Return a whole profile for the terms."""
    return Profile(
        name="made from the terms alone",
        people=_PEOPLE,
        starts=_starts(brief),
        referral=Spread(0, 7, 28),
        ages=_ages(brief),
        attributes=_attributes(brief),
        characteristics=_characteristics(brief),
        needs=_needs(brief),
        instruments={name: _instrument(brief, name) for name in brief.instruments or ("swemwbs",)},
        questions=_terms_questions(brief) or {_QUESTION: Question(Fraction(4, 10), _ANSWERS)},
        support=Support(Spread(1, 3, 6), _KINDS),
        outcomes={step.outcome.code: _outcome(step) for step in brief.steps if not step.is_payment},
        claims=Claims(delay=Spread(3, 14, 60)),
        verification=Verification(delay=Spread(2, 14, 60)),
        losses=Losses(after=Spread(30, 90, 240), away=Spread(7, 35, 120)),
        strengths=Fraction(9, 10),
        results={},
        missing=_missing(brief),
    )


_ANSWERS = percent(yes=70, partly=20, no=10)


def _missing(brief: Brief) -> dict[str, Fraction]:
    """Return blanks in what the terms do not look at."""
    usual = percent(ethnicity=4, disability=3, sex=1)
    return {name: share for name, share in usual.items() if not brief.words(name)}


def _terms_questions(brief: Brief) -> dict[str, Question]:
    questions: dict[str, Question] = {}
    for step in brief.steps:
        says = step.outcome.person_says
        if says is not None:
            yes = {answer: Fraction(9, 10) / len(says.answers) for answer in says.answers}
            other = "no" if "no" not in says.answers else "not-sure"
            questions[says.question] = Question(Fraction(95, 100), {**yes, other: Fraction(1, 10)})
    return questions


def _starts(brief: Brief) -> tuple[dt.date, dt.date]:
    """Return the days of the first and last start: early enough for the longest chain of milestones."""
    first, last = brief.start_window()
    named = [span for _, span in brief.cohorts if span is not None]
    latest = brief.last - dt.timedelta(days=longest_chain(brief) + 60)
    quarter = first + (brief.last - first) // 4
    ending = max(latest, quarter, *[span.first for span in named if span.first] or [first])
    return first, max(first, min(last, ending))


def longest_chain(brief: Brief) -> int:
    """Return the days that the longest run of sustained outcomes takes at least."""
    longest: dict[str, int] = {}
    for step in brief.steps:
        sums = [0]
        for follows in step.outcome.follows:
            before = max((longest.get(code, 0) for code in follows.outcomes), default=0)
            sums.append(before + brief.clock.longest(follows.length))
        longest[step.outcome.code] = max(sums)
    return max(longest.values(), default=0)


def _ages(brief: Brief) -> dict[int, Fraction]:
    """Return the ages that the terms allow, each as likely."""
    required = [c.number for c in brief.conditions if c.subject == "age at enrolment" and c.number]
    spans = required or brief.ranges("age at enrolment") or [_AGES]
    ends = [whole_numbers(span, _YOUNGEST, _OLDEST) for span in spans]
    if required:
        low, high = max(least for least, _ in ends), min(most for _, most in ends)
    else:
        low, high = min(least for least, _ in ends), max(most for _, most in ends)
    return dict(zip(range(low, high + 1), _equal(high - low + 1), strict=True))


def _equal(count: int) -> list[Fraction]:
    return [Fraction(1, count)] * count


def _attributes(brief: Brief) -> dict[str, Shares]:
    usual: dict[str, Shares] = {"sex": _SEX, "ethnicity": _ETHNICITY, "disability": _DISABILITY}
    found: dict[str, Shares] = {}
    for subject in ("sex", "ethnicity", "disability"):
        required = [c for c in brief.conditions if c.subject == subject]
        found[subject] = even(brief.words(subject)) if required else usual[subject]
    providers = brief.latest.providers or brief.words("provider")
    found["provider"] = even(providers or ("syn-provider-1", "syn-provider-2", "syn-provider-3"))
    found["area"] = even(areas(brief))
    found["referred by"] = even(brief.words("referred by") or ("syn-gateway", "self"))
    for subject in ("payment group", "programme"):
        if words := brief.words(subject):
            found[subject] = even(words)
    if brief.cohorts:
        found["cohort"] = even(name for name, _ in brief.cohorts)
    return found


def areas(brief: Brief) -> list[str]:
    """Return made-up area codes, marked as such; they begin as the terms ask, where they do."""
    begin = brief.words("area")
    if begin:
        return [f"{word}-SYN{number:03}" for word in begin for number in range(1, 11)]
    return [f"SYN01{number:06}" for number in range(1, _FEW_AREAS + 1)]


def _characteristics(brief: Brief) -> dict[str, Fraction]:
    """Return how often each characteristic is declared: always, where everybody has to have it."""
    found: dict[str, Fraction] = {}
    for condition in brief.about("characteristic"):
        everyone = condition in brief.conditions
        for group in condition.kinds.groups if condition.kinds else ():
            for place, word in enumerate(group):
                share = Fraction(1) if everyone and place == 0 else Fraction(1, 2)
                found[word] = max(found.get(word, Fraction(0)), share)
    return found


def _needs(brief: Brief) -> dict[str, NeedProfile]:
    found: dict[str, NeedProfile] = {}
    for condition in brief.about("need"):
        low, high = whole_numbers(condition.number or _ANY_NEED, 0, 10)
        share = Fraction(1) if condition in brief.conditions else Fraction(7, 10)
        found.setdefault(condition.detail, NeedProfile(share, max(low, 0), min(high, 10)))
    codes = [code for step in brief.steps for code in step.outcome.counts_as]
    codes += [code for group in brief.latest.cohort_outcomes.values() for code in group.counts_as]
    for place, code in enumerate(dict.fromkeys(codes or _NEEDS_WITHOUT_CODES)):
        found.setdefault(code, NeedProfile(Fraction(8 if place == 0 else 3, 10), 3, 9))
    return found


_ANY_NEED = Range(Fraction(3), Fraction(9))


def _instrument(brief: Brief, name: str) -> InstrumentProfile:
    """Return plausible readings on the instrument's own scale, worse at the start and better after."""
    low, high, higher = scale_of(name)
    width = Fraction(high - low)
    away = Fraction(4, 10)
    change = width / 8
    everyone = Fraction(1) if name in brief.instruments else Fraction(9, 10)
    mean, shift = (low + width * away, change) if higher else (high - width * away, -change)
    return InstrumentProfile(mean, width * 3 / 20, shift, low, high, everyone)


def scale_of(name: str) -> tuple[int, int, bool]:
    """Return an instrument's ends and whether higher is better; 0 to 100 for one not known."""
    known = find(name)
    if isinstance(known, Problem):
        return 0, 100, True
    instrument, scale = known
    scale = scale or instrument.scales[0]
    span = scale.span.value
    return int(span.low), int(span.high), scale.better.value == "higher"


def _outcome(step: Step) -> OutcomeProfile:
    outcome = step.outcome
    follows = [f for f in outcome.follows if f.outcomes]
    rate = _NEXT if follows else _ROOT
    if outcome.measured:
        rate = _MEASURED
    timed = any(f.length for f in outcome.follows)
    return OutcomeProfile(
        rate=rate,
        of="those who may",
        after=Spread(0, 5, 30) if timed else Spread(7, 40, 150),
        again=_AGAIN,
        most=most_times(step),
    )


def most_times(step: Step) -> int:
    """Return how often one person may be paid for a step, a dozen where the terms set no number."""
    own = [
        slots.most
        for slots in step.outcome.slots
        if slots.per in ("person", "enrolment") and not slots.period
    ]
    return min(own, default=1 if step.outcome.slots else _MOST_TIMES)
