"""Who was heard and who was not, and what may be said of everybody: figures by openoutcomes.voice.

Those who run a round see its working counts as they are, since they invite people by them. Everybody else sees
counts that are protected: see :mod:`openoutcomes.web.results.small_numbers`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from django.db.models import Count, Q

from openoutcomes.standard.problems import InputError
from openoutcomes.voice import (
    Agreement,
    Answer,
    Case,
    Coding,
    Estimate,
    Response,
    Weighted,
    agreement,
    estimate_mean,
    estimate_proportion,
    response,
    weigh,
)
from openoutcomes.web.listening.models import Coding as Coded
from openoutcomes.web.listening.models import Conversation, Round, Said, Sampled, Theme
from openoutcomes.web.listening.queries import CODERS
from openoutcomes.web.listening.words import OUTCOMES
from openoutcomes.web.results.small_numbers import LEAST, Bound, protect, rounded

#: Weights are held between these multiples of their mean, so that no one voice drowns the others.
LIMITS = (0.3, 3.0)
HELD_BACK = "held back*"
NOTE = (
    f"* Fewer than {LEAST} people, or a figure held back so that nobody can work out one that is. "
    "Other counts are rounded to the nearest 5."
)


@dataclass(frozen=True)
class Figures:
    """Everything worked out for a round: who answered, weights where there are any, and each person's answer."""

    response: Response
    weighted: Weighted | None
    why_not: str
    people: dict[str, Conversation]

    def weights(self) -> dict[str, float]:
        """Return the weight of each conversation of the sample, by its id."""
        if self.weighted is None:
            return {}
        return {self.people[one.id].conversation_id: one.final for one in self.weighted.people}


def figures(listening: Round) -> Figures:
    """Work out who was heard and with what weight."""
    rows = list(
        Sampled.of(listening.partnership)
        .filter(round=listening)
        .order_by("stratum", "place")
        .values_list("pk", "stratum", "state", "route", "place")
    )
    notes = Conversation.of(listening.partnership).filter(
        round=listening, withdrawn_at=None, sampled__isnull=False
    )
    people = {str(one.sampled_id): one for one in notes}
    cases = [
        Case(str(pk), stratum, OUTCOMES[state], route, place)  # type: ignore[arg-type]
        for pk, stratum, state, route, place in rows
    ]
    counted = response(cases, listening.sizes)
    try:
        weighted = weigh(cases, listening.sizes, limits=LIMITS, leave_out_unheard=True)
    except InputError as error:
        return Figures(counted, None, " ".join(each.what for each in error.problems), people)
    return Figures(counted, weighted, "", people)


@dataclass(frozen=True)
class Estimated:
    """One figure of everybody: its words, and why there is none where there is none."""

    title: str
    words: str
    cautions: tuple[str, ...] = ()


def estimates(listening: Round, found: Figures, *, is_running: bool) -> list[Estimated]:
    """Return what everybody who was offered help would say, with an interval; or why nothing can be said."""
    if found.weighted is None:
        return []
    helped, scores = [], []
    for one in found.weighted.people:
        note = found.people.get(one.id)
        said = note.helped if note else ""
        helped.append(
            Answer(one.id, one.stratum, one.final, 1.0 if said == "yes" else 0.0, counted=bool(said))
        )
        score = note.score if note else None
        scores.append(Answer(one.id, one.stratum, one.final, float(score or 0), counted=score is not None))
    sizes = found.weighted.sizes
    return [
        _shown(
            "Would say that it helped",
            estimate_proportion(helped, sizes, at_least=LEAST),
            is_running=is_running,
        ),
        _shown(
            listening.score_question,
            estimate_mean(scores, sizes, at_least=LEAST),
            is_running=is_running,
        ),
    ]


def _shown(title: str, one: Estimate, *, is_running: bool) -> Estimated:
    if one.value is None:
        return Estimated(title, f"Fewer than {LEAST} people answered this, so no figure is shown.")
    as_share = one.kind == "proportion"

    def number(value: float) -> str:
        return f"{value * 100:.0f}%" if as_share else f"{value:.1f}"

    words = number(one.value)
    if one.low is not None and one.high is not None:
        low, high = (one.low, one.high) if as_share else (max(one.low, 0.0), min(one.high, 10.0))
        words += f" (95 times in 100 it lies between {number(low)} and {number(high)})"
    cautions = one.cautions if is_running else tuple(
        caution for caution in one.cautions if caution.startswith(("The interval", "Only"))
    )  # fmt: skip
    return Estimated(title, words, cautions)


@dataclass(frozen=True)
class Row:
    """One group of people: the counts of its row, each in words."""

    name: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Coverage:
    """A table of who was heard, sentences that go with every figure, and the figures."""

    rows: tuple[Row, ...]
    routes: tuple[Row, ...]
    statement: tuple[str, ...]
    estimates: tuple[Estimated, ...]
    is_protected: bool
    few: tuple[str, ...] = field(default=())


HEADINGS = (
    "Offered help",
    "Asked",
    "Heard",
    "Said no",
    "Not reached or other",
    "No result yet",
    "Response rate",
)


def coverage(listening: Round, *, is_running: bool) -> Coverage:
    """Return who was heard and who was not, as a seat may see it."""
    found = figures(listening)
    tallies = dict(found.response.by_stratum)
    counts: dict[Hashable, int] = {}
    bounds: list[Bound] = []
    parts = ("heard", "no", "other", "waiting")
    for name, tally in [*tallies.items(), ("all", found.response.total)]:
        counts |= {
            (name, "offered"): sum(listening.sizes.values()) if name == "all" else listening.sizes.get(name, 0),
            (name, "asked"): tally.eligible, (name, "heard"): tally.heard, (name, "no"): tally.declined,
            (name, "other"): tally.not_reached + tally.other + tally.partly, (name, "waiting"): tally.waiting,
        }  # fmt: skip
        counts[name, "rest"] = counts[name, "offered"] - tally.eligible
        bounds.append(Bound(tuple((name, part) for part in parts), (name, "asked")))
        bounds.append(Bound(((name, "asked"), (name, "rest")), (name, "offered")))
    for part in ("offered", "asked", *parts):
        bounds.append(Bound(tuple((name, part) for name in tallies), ("all", part)))  # noqa: PERF401
    shown: Mapping[Hashable, int | None] = counts if is_running else protect(counts, bounds)

    def row(title: str, name: str) -> Row:
        cells = [_count(shown[name, part]) for part in ("offered", "asked", *parts)]
        heard, asked = shown[name, "heard"], shown[name, "asked"]
        rate = "" if heard is None or not asked else f"{heard / asked:.0%}"
        return Row(
            title, tuple(zip(HEADINGS, [*cells, rate or ("" if is_running else HELD_BACK)], strict=True))
        )

    few = tuple(name for name, tally in tallies.items() if tally.heard < LEAST)
    return Coverage(
        rows=(*(row(name, name) for name in tallies), row("Everybody", "all")),
        routes=_routes(found.response, is_running=is_running),
        statement=_statement(found, few, is_running=is_running),
        estimates=tuple(estimates(listening, found, is_running=is_running)),
        is_protected=not is_running,
        few=few,
    )


def _count(count: int | None) -> str:
    return HELD_BACK if count is None else f"{count:,}"


def _routes(found: Response, *, is_running: bool) -> tuple[Row, ...]:
    counts: dict[Hashable, int] = {
        (name, part): value
        for name, tally in found.by_route.items()
        for part, value in (
            ("asked", tally.eligible),
            ("heard", tally.heard),
            ("not", tally.eligible - tally.heard),
        )
    }
    bounds = [Bound(((name, "heard"), (name, "not")), (name, "asked")) for name in found.by_route]
    shown = counts if is_running else protect(counts, bounds)
    return tuple(
        Row(name, (("Asked", _count(shown[name, "asked"])), ("Heard", _count(shown[name, "heard"]))))
        for name in found.by_route
    )


def _statement(found: Figures, few: Sequence[str], *, is_running: bool) -> tuple[str, ...]:
    """Return what must be said beside every figure; for others than those who run it, without small counts."""
    if found.weighted is None:
        return (found.why_not,) if is_running else ("Too few people were heard for any figure.",)
    if is_running:
        return found.weighted.statement
    total = found.response.total
    said = []
    if total.heard >= LEAST:
        said.append(
            f"About {rounded(total.heard)} of {rounded(total.eligible)} people who were asked were heard, out of about "
            f"{rounded(sum(found.weighted.sizes.values()))} who were offered help."
        )
    if few:
        said.append(f"Few or none were heard in {'; '.join(few)}: the figures say little of them.")
    said.append(
        "Each person heard stands for others of their group. It supposes that those not heard would have answered "
        "like them; nothing here can check that."
    )
    if found.weighted.trimmed:
        said.append(
            f"Weights were held between {LIMITS[0]:g} and {LIMITS[1]:g} times their mean. It steadies the figures and "
            "may lean them towards the people heard most."
        )
    if found.weighted.effective_size >= LEAST:
        said.append(
            f"They tell about as much as {found.weighted.effective_size:.0f} people drawn with equal weights would."
        )
    return tuple(said)


@dataclass(frozen=True)
class HowMany:
    """How many said a theme, in words that may be shown to anybody."""

    people: str
    share: str


def how_many(listening: Round, themes: Sequence[Theme]) -> dict[int, HowMany]:
    """Return for each theme how many of those heard said it, and the share of everybody it stands for.

    Everybody sees the same: counts of ten or more, rounded; the share of all only where the count is shown.
    """
    heard = (
        Conversation.of(listening.partnership)
        .filter(round=listening, withdrawn_at=None)
        .exclude(coded_at=None)
    )
    total = heard.count()
    rows = Said.of(listening.partnership).filter(theme__in=list(themes))
    said: dict[int, list[str]] = {}
    for theme, conversation in rows.values_list("theme", "conversation__conversation_id"):
        said.setdefault(int(theme), []).append(conversation)
    counts: dict[Hashable, int] = {"heard": total}
    bounds = []
    for one in themes:
        number = len(said.get(one.pk, []))
        counts |= {(one.pk, "yes"): number, (one.pk, "no"): total - number}
        bounds.append(Bound(((one.pk, "yes"), (one.pk, "no")), "heard"))
    shown = protect(counts, bounds)
    weights = figures(listening).weights() if any(shown[one.pk, "yes"] is not None for one in themes) else {}
    weighed = sum(weights.values())
    found = {}
    for one in themes:
        number_shown, of = shown[one.pk, "yes"], shown["heard"]
        if number_shown is None:
            found[one.pk] = HowMany("", "")
            continue
        # Everybody coded by now, whether weighted or not: those who came forward have no weight.
        stands = sum(weights.get(key, 0.0) for key in said.get(one.pk, []))
        share = f"{5 * round(20 * stands / weighed)}%" if weighed and stands else ""
        people = f"about {number_shown} of {of}" if of is not None else f"about {number_shown}"
        found[one.pk] = HowMany(people, share)
    return found


@dataclass(frozen=True)
class Book:
    """How far two coders agree: over the notes that two have coded."""

    agreement: Agreement | None
    done: int
    waiting: int
    apart: int
    themes: dict[str, str]


def agreed(listening: Round) -> Book:
    """Return how far coders agree in a round, before anything was settled."""
    notes = Conversation.of(listening.partnership).filter(round=listening, withdrawn_at=None)
    counted = Counter(notes.annotate(coders=Count("codings")).values_list("coders", flat=True))
    apart = notes.annotate(coders=Count("codings")).filter(Q(coders=CODERS), coded_at=None).count()
    themes = {
        one.theme_id: one.title
        for one in Theme.of(listening.partnership).filter(round=listening, retired_at=None)
    }
    pairs = (
        Coded.of(listening.partnership)
        .filter(conversation__in=notes.annotate(coders=Count("codings")).filter(coders=CODERS).values("pk"))
        .select_related("coder", "conversation")
    )
    codings = [
        Coding(
            one.conversation.conversation_id, str(one.coder),
            frozenset(themes[key] for key in one.themes if key in themes),
        )
        for one in pairs
    ]  # fmt: skip
    found = agreement(codings, themes.values(), resamples=0) if codings else None
    return Book(found, counted[CODERS], counted[0] + counted[1], apart, themes)


def in_hundred(value: Fraction | float | None) -> str:
    """Return a share in words, or that there is none."""
    return "" if value is None else f"{float(value):.0%}"
