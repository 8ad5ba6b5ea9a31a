"""The made-up people as tables of the standard, one batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from openoutcomes.synth.answers import NO_CLAIM, Answers, Readings
from openoutcomes.synth.brief import Brief
from openoutcomes.synth.cast import NO_NEED, Cast, Coded, missing
from openoutcomes.synth.claims import NONE, PENDING, ClaimRows
from openoutcomes.synth.draws import Draws, Flags, Ints, between, choose_word
from openoutcomes.synth.phrases import FINDINGS, HOURS, REASONS, STRENGTHS
from openoutcomes.synth.profile import Profile

#: What every row says of where it came from.
SOURCE = "synthetic"
PERSON, ENROLMENT, ACHIEVEMENT = "syn-", "syn-e-", "syn-a-"
LISTENER, PARTNER = "syn-listener", "syn-partner"
_DIGITS = 9
_EXACT = pa.decimal128(24, 6)
_PARTNER_SHARE = (Decimal("0.7"), Decimal("0.3"))


@dataclass(slots=True)
class Batch:
    """One batch of people with all that happened to them."""

    cast: Cast
    claims: ClaimRows
    claims_before: int
    events: list[tuple[str, Ints, Ints]]
    readings: list[Readings]
    answers: list[Answers]


@dataclass(slots=True)
class Maker:
    """Turns batches into tables. ``kinds`` are those of evidence, as claims number them."""

    brief: Brief
    profile: Profile
    seed: int
    kinds: tuple[str, ...]

    def draws(self, batch: Batch) -> Draws:
        """Return the streams of a batch."""
        return Draws(self.seed, batch.cast.batch, batch.cast.size)

    @property
    def has_programmes(self) -> bool:
        """Whether the terms tell programmes apart; otherwise each provider has one."""
        return "programme" in self.profile.attributes

    def programmes(self, cast: Cast) -> Coded:
        """Return each person's programme."""
        if self.has_programmes:
            return cast.attributes["programme"]
        provider = cast.attributes["provider"]
        return Coded(tuple(programme_of(word) for word in provider.words), provider.at)


def programme_of(provider: str) -> str:
    """Return the id of a provider's only programme."""
    return f"syn-programme-{provider}"


# Columns ---------------------------------------------------------------------------------------


def ids(prefix: str, numbers: Sequence[int] | Ints | np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
    """Return ids such as ``syn-e-000000042``."""
    digits = pc.utf8_lpad(pa.array(numbers, pa.int64()).cast(pa.string()), _DIGITS, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "")


def _words(words: Sequence[str | None], at: Ints, blank: Flags | None = None) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(at, pa.int32(), mask=blank))


def _coded(coded: Coded, people: Ints | None = None, blank: Flags | None = None) -> pa.Array:
    return _words(coded.words, coded.at if people is None else coded.at[people], blank)


def _days(days: Ints, blank: Flags | None = None) -> pa.Array:
    return pa.array(days, pa.int32(), mask=blank).cast(pa.date32())


def _same(value: object, count: int) -> pa.Array:
    return pa.array([value]).take(pa.array(np.zeros(count, np.int32)))


def _table(columns: dict[str, pa.Array]) -> pa.Table:
    count = len(next(iter(columns.values())))
    return pa.table({**columns, "source": _same(SOURCE, count)})


def _numbers(offset: int, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(offset + 1, offset + count + 1, dtype=np.int64)


def _person(batch: Batch, people: Ints) -> pa.Array:
    return ids(PERSON, people.astype(np.int64) + batch.cast.first + 1)


def _enrolment(batch: Batch, people: Ints) -> pa.Array:
    return ids(ENROLMENT, people.astype(np.int64) + batch.cast.first + 1)


def _everybody(batch: Batch) -> Ints:
    return np.arange(batch.cast.size, dtype=np.int32)


def _lists(items: pa.Array, lengths: Ints) -> pa.Array:
    """Return a list for each row; none where it would be empty."""
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    empty = np.concatenate([lengths == 0, [False]])
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32(), mask=empty), items)


# Who -------------------------------------------------------------------------------------------


def people(maker: Maker, batch: Batch, offset: int) -> pa.Table:
    """Return the table ``people``."""
    del offset
    cast, draws = batch.cast, maker.draws(batch)
    columns = {
        "person_id": _person(batch, _everybody(batch)),
        "birth_year": pa.array(cast.birth_year, pa.int64(), mask=missing(draws, "birth year", maker.profile)),
    }
    names = {"sex": "sex", "ethnicity": "ethnicity", "area_code": "area", "disability": "disability"}
    for field, subject in names.items():
        columns[field] = _coded(cast.attributes[subject], blank=missing(draws, subject, maker.profile))
    if cast.characteristics:
        has = np.stack(list(cast.characteristics.values()), axis=1)
        at = np.nonzero(has)[1].astype(np.int32)
        columns["characteristics"] = _lists(
            _words(list(cast.characteristics), at), has.sum(axis=1).astype(np.int32)
        )
    return _table(columns)


def enrolments(maker: Maker, batch: Batch, offset: int) -> pa.Table:
    """Return the table ``enrolments``: one for each person."""
    del offset
    cast, draws, who = batch.cast, maker.draws(batch), _everybody(batch)
    columns = {
        "enrolment_id": _enrolment(batch, who),
        "person_id": _person(batch, who),
        "programme_id": _coded(maker.programmes(cast)),
        "provider_id": _coded(cast.attributes["provider"]),
        "contract_id": _same(maker.brief.terms.contract, cast.size),
        "referred_on": _days(cast.referral),
        "referred_by": _coded(cast.attributes["referred by"]),
        "started_on": _days(cast.start),
    }
    last = cast.start + 60
    np.maximum.at(last, batch.claims.person, batch.claims.day)
    for _kind, person, day in batch.events:
        np.maximum.at(last, person, day)
    open_still = draws.chance("enrolment/open", Fraction(15, 100))
    any_claim = np.bincount(batch.claims.person, minlength=cast.size) > 0
    columns["ended_on"] = _days((last + 14).astype(np.int32), open_still)
    columns["end_reason"] = _words(("left", "completed"), any_claim.astype(np.int32), open_still)
    columns["age_at_start"] = pa.array(cast.age, pa.int64())
    for field, subject in (("payment_group", "payment group"), ("cohort", "cohort")):
        if subject in cast.attributes:
            columns[field] = _coded(cast.attributes[subject])
    return _table(columns)


def strengths(maker: Maker, batch: Batch, offset: int) -> pa.Table:
    """Return the table ``strengths``."""
    draws = maker.draws(batch)
    who = np.flatnonzero(draws.chance("strength/whether", maker.profile.strengths)).astype(np.int32)
    at = between(draws.uniform("strength/which"), 0, len(STRENGTHS) - 1)[who]
    return _table(
        {
            "strength_id": ids("syn-s-", _numbers(offset, len(who))),
            "person_id": _person(batch, who),
            "words": _words([words for _, words in STRENGTHS], at),
            "domain": _words([domain for domain, _ in STRENGTHS], at),
            "says": _same("the person", len(who)),
            "noted_on": _days(batch.cast.start[who]),
        }
    )


def needs(maker: Maker, batch: Batch, offset: int) -> pa.Table:
    """Return the table ``needs``; a need is met on the first day of an outcome that counts as it."""
    cast, draws = batch.cast, maker.draws(batch)
    categories = list(cast.needs)
    strength = np.stack([cast.needs[category] for category in categories], axis=1)
    person, place = (at.astype(np.int32) for at in np.nonzero(strength != NO_NEED))
    met = np.stack([_met(maker, batch, category) for category in categories], axis=1)[person, place]
    unmet = met == _NEVER
    cause = choose_word(draws.uniform("need/cause", len(person)), _CAUSES)
    pleased = between(draws.uniform("need/satisfaction", len(person)), 5, 10)
    return _table(
        {
            "need_id": ids("syn-n-", _numbers(offset, len(person))),
            "person_id": _person(batch, person),
            "enrolment_id": _enrolment(batch, person),
            "category": _words(categories, place),
            "intensity": pa.array(strength[person, place], pa.int64()),
            "presented_on": _days(cast.start[person]),
            "met_on": _days(met, unmet),
            "met_by": _coded(cast.attributes["provider"], person, unmet),
            "cause": _words(list(_CAUSES), cause),
            "satisfaction": pa.array(pleased, pa.int64(), mask=unmet),
        }
    )


_NEVER = np.iinfo(np.int32).max
_CAUSES = {"new": Fraction(5, 10), "unmet_before": Fraction(3, 10), "failed_before": Fraction(2, 10)}


def _met(maker: Maker, batch: Batch, category: str) -> Ints:
    day = np.full(batch.cast.size, _NEVER, np.int32)
    places = [s.place for s in maker.brief.steps if category in s.outcome.counts_as]
    at = np.flatnonzero(np.isin(batch.claims.step, places))
    np.minimum.at(day, batch.claims.person[at], batch.claims.day[at])
    return day


# What happened ---------------------------------------------------------------------------------


def activities(maker: Maker, batch: Batch, offset: int) -> pa.Table:
    """Return the table ``activities``."""
    cast, draws, support = batch.cast, maker.draws(batch), maker.profile.support
    count = support.sessions.days(draws.uniform("activity/count"))
    who = np.repeat(_everybody(batch), count)
    size = len(who)
    day = cast.start[who] + between(draws.uniform("activity/when", size), 0, 170)
    day = day[np.lexsort((day, who))]
    came = choose_word(draws.uniform("activity/attended", size), _ATTENDED)
    at = between(draws.uniform("activity/hours", size), 0, len(HOURS) - 1)
    kinds = choose_word(draws.uniform("activity/kind", size), support.kinds)
    return _table(
        {
            "activity_id": ids("syn-act-", _numbers(offset, size)),
            "person_id": _person(batch, who),
            "enrolment_id": _enrolment(batch, who),
            "provider_id": _coded(cast.attributes["provider"], who),
            "kind": _words(list(support.kinds), kinds),
            "started_on": _days(day),
            "hours": pa.array(HOURS, _EXACT).take(pa.array(at)),
            "attended": _words(list(_ATTENDED), came),
        }
    )


_ATTENDED = {"attended": Fraction(82, 100), "missed": Fraction(10, 100), "cancelled": Fraction(8, 100)}


def measures(maker: Maker, batch: Batch, offset: int) -> pa.Table:
    """Return the table ``measures``."""
    del maker
    person = np.concatenate([one.person for one in batch.readings])
    which = np.repeat(
        np.arange(len(batch.readings), dtype=np.int32), [len(one.person) for one in batch.readings]
    )
    score = np.concatenate([one.score for one in batch.readings])
    return _table(
        {
            "measure_id": ids("syn-m-", _numbers(offset, len(person))),
            "person_id": _person(batch, person),
            "enrolment_id": _enrolment(batch, person),
            "instrument": _words([one.instrument for one in batch.readings], which),
            "score": pa.array(score, pa.int32()).cast(_EXACT),
            "taken_on": _days(np.concatenate([one.day for one in batch.readings])),
            "how": _same("self_completed", len(person)),
        }
    )


def events(maker: Maker, batch: Batch, offset: int) -> pa.Table:
    """Return the table ``events``, in order of person and day."""
    del maker
    empty = np.zeros(0, np.int32)
    person = np.concatenate([empty, *(who for _, who, _ in batch.events)])
    day = np.concatenate([empty, *(on for _, _, on in batch.events)])
    kind = np.repeat(np.arange(len(batch.events), dtype=np.int32), [len(who) for _, who, _ in batch.events])
    order = np.lexsort((kind, day, person))
    return _table(
        {
            "event_id": ids("syn-x-", _numbers(offset, len(person))),
            "person_id": _person(batch, person[order]),
            "enrolment_id": _enrolment(batch, person[order]),
            "kind": _words([word for word, _, _ in batch.events], kind[order]),
            "occurred_on": _days(day[order]),
        }
    )


# Outcomes --------------------------------------------------------------------------------------


def achievements(maker: Maker, batch: Batch, offset: int) -> pa.Table:
    """Return the table ``achievements``."""
    claims, cast = batch.claims, batch.cast
    has = claims.evidence != NONE
    kinds = _words(maker.kinds, claims.evidence[has])
    lengths = has.sum(axis=1).astype(np.int32)
    columns = {
        "achievement_id": ids(ACHIEVEMENT, _numbers(offset, len(claims))),
        "person_id": _person(batch, claims.person),
        "enrolment_id": _enrolment(batch, claims.person),
        "provider_id": _coded(cast.attributes["provider"], claims.person),
        "programme_id": _coded(maker.programmes(cast), claims.person),
        "contract_id": _same(maker.brief.terms.contract, len(claims)),
        "outcome": _words([step.outcome.code for step in maker.brief.steps], claims.step),
        "achieved_on": _days(claims.day),
        "claimed_on": _days(claims.claimed),
    }
    if any(step.outcome.quantity is not None for step in maker.brief.steps):
        columns["quantity"] = pa.array(claims.quantity, pa.int32()).cast(_EXACT)
    columns["evidence_kinds"] = _lists(kinds, lengths)
    columns["evidence_dates"] = _lists(_days(claims.evidence_days[has]), lengths)
    return _table(columns)


def contributions(maker: Maker, batch: Batch, offset: int) -> pa.Table:
    """Return the table ``contributions``: a partner's part in some of what may be shared."""
    claims, draws = batch.claims, maker.draws(batch)
    places = [step.place for step in maker.brief.steps if step.outcome.shared_with]
    some = draws.uniform("contribution", len(claims)) < 0.4
    at = np.flatnonzero(np.isin(claims.step, places) & some)
    provider = claims.person[at]
    own = _coded(batch.cast.attributes["provider"], provider)
    size = len(at)
    parts = np.tile(np.array([0, 1], np.int32), size)
    both = pa.concat_arrays([own, _same(PARTNER, size).cast(pa.string())])
    place = np.stack([np.arange(size), np.arange(size) + size], axis=1).ravel()
    return _table(
        {
            "contribution_id": ids("syn-c-", _numbers(offset, 2 * size)),
            "achievement_id": ids(ACHIEVEMENT, np.repeat(at, 2) + batch.claims_before + 1),
            "organisation_id": both.take(pa.array(place)),
            "share": pa.array(_PARTNER_SHARE, _EXACT).take(pa.array(parts)),
        }
    )


def verifications(maker: Maker, batch: Batch, offset: int) -> pa.Table:
    """Return the table ``verifications``; what is pending has no row."""
    del maker
    claims = batch.claims
    at = np.flatnonzero(claims.finding != PENDING)
    found = claims.finding[at]
    return _table(
        {
            "verification_id": ids("syn-v-", _numbers(offset, len(at))),
            "achievement_id": ids(ACHIEVEMENT, at + batch.claims_before + 1),
            "state": _words(FINDINGS, found),
            "verified_on": _days(claims.found_on[at]),
            "verified_by": _same("contract verifier", len(at)),
            "reason": _words(REASONS, found),
        }
    )


def feedback(maker: Maker, batch: Batch, offset: int) -> pa.Table:
    """Return the table ``feedback``, collected by an organisation that is not the provider."""
    del maker
    tables = []
    for one in batch.answers:
        size = len(one.person)
        about = ids(ACHIEVEMENT, one.claim.astype(np.int64) + batch.claims_before + 1)
        blank = pa.array(one.claim == NO_CLAIM)
        tables.append(
            _table(
                {
                    "feedback_id": ids("syn-f-", _numbers(offset, size)),
                    "person_id": _person(batch, one.person),
                    "enrolment_id": _enrolment(batch, one.person),
                    "achievement_id": pc.if_else(blank, pa.scalar(None, pa.string()), about),
                    "question": _same(one.question, size),
                    "answer": _words(one.words, one.answer),
                    "answered_on": _days(one.day),
                    "asked": _same("invited", size),
                    "standing": _same("engaged", size),
                    "collected_by": _same(LISTENER, size),
                    "independent": _same(value=True, count=size),
                }
            )
        )
        offset += size
    return pa.concat_tables(tables)


Render = Callable[[Maker, Batch, int], pa.Table]

#: How each table is made, in published order. What needs no people comes from :mod:`.places`.
RENDERERS: dict[str, Render] = {
    "people": people,
    "enrolments": enrolments,
    "strengths": strengths,
    "needs": needs,
    "activities": activities,
    "measures": measures,
    "events": events,
    "achievements": achievements,
    "contributions": contributions,
    "verifications": verifications,
    "feedback": feedback,
}
