"""Reading the rate card: one outcome's prices and rules."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import get_args

from openoutcomes.contracts import words
from openoutcomes.contracts.calendar import PERIOD_KINDS, PeriodKind
from openoutcomes.contracts.keys import KEYS
from openoutcomes.contracts.reading_values import (
    TermsReader,
    read_codes,
    read_days,
    read_duration,
    read_kinds,
    read_payer_shares,
    read_pays,
    read_range,
    read_shares,
)
from openoutcomes.contracts.terms import (
    DATE_BASES,
    Condition,
    EitherOr,
    Follows,
    Indexed,
    Measured,
    Outcome,
    PersonSays,
    Price,
    Slots,
    VoidIf,
    Within,
)
from openoutcomes.contracts.words import Duration
from openoutcomes.standard.yamlnodes import Node, suggestion

_SCOPES = ("person", "enrolment", "cohort", "contract", "provider")
_SCOPE = re.compile(r"(?:([0-9]{1,9}) per )?([a-z]+)(?: each (.+))?")
_NUMBER_SUBJECTS = ("age at enrolment",)
_DATE_SUBJECTS = ("referred", "started")
_KIND_SUBJECTS = ("characteristic", "event")


def read_outcome(reader: TermsReader, code: str, node: Node, order: int) -> Outcome:
    """Read one entry of ``outcomes``."""
    keys = reader.section(node, "outcome", required=("pays",))
    pays = read_pays(reader, keys["pays"]) if "pays" in keys else Price(Decimal(0))
    price_by = reader.choice(keys["price by"], DATE_BASES) if "price by" in keys else None
    outcome = Outcome(
        code=code,
        order=order,
        pays=pays,
        line=node.line,
        says=reader.text(keys["says"]) if "says" in keys else "",
        counts_as=read_codes(reader, keys["counts as"]) if "counts as" in keys else (),
        for_each=reader.choice(keys["for each"], ("achievement", "enrolment"))
        if "for each" in keys
        else "achievement",  # type: ignore[arg-type]
        slots=_read_slots(reader, node, keys),
        apart=_duration(reader, keys, "at least apart"),
        who=read_who(reader, keys["who"]) if "who" in keys else (),
        follows=tuple(_read_follows(reader, item, code) for item in keys["follows"].items)
        if "follows" in keys
        else (),
        within=tuple(_read_within(reader, item, code) for item in keys["within"].items)
        if "within" in keys
        else (),
        achieved=read_days(reader, keys["achieved"]) if "achieved" in keys else None,
        claim_within=_duration(reader, keys, "claim within"),
        claim_after=_duration(reader, keys, "claim after"),
        evidence=read_kinds(reader, keys["evidence"]) if "evidence" in keys else None,
        evidence_within=_duration(reader, keys, "evidence within"),
        alternates=_read_alternates(reader, keys["evidence alternates"])
        if "evidence alternates" in keys
        else (),
        measured=tuple(_read_measured(reader, item) for item in keys["measured by"].items)
        if "measured by" in keys
        else (),
        person_says=_read_person_says(reader, keys["person says"]) if "person says" in keys else None,
        void_if=_read_void(reader, keys["void if"]) if "void if" in keys else None,
        **_read_quantity(reader, keys.get("quantity")),  # type: ignore[arg-type]
        taper=read_shares(reader, keys["taper"]) if "taper" in keys else None,
        deadweight=read_shares(reader, keys["deadweight"]) if "deadweight" in keys else None,
        payers=read_payer_shares(reader, keys["payers"]) if "payers" in keys else (),
        verified=read_verification(reader, keys["verification"]) if "verification" in keys else None,
        price_by=price_by,  # type: ignore[arg-type]
        indexed=_read_indexed(reader, keys["price rises with"]) if "price rises with" in keys else None,
        shared_with=reader.yes(keys["shared with contributors"])
        if "shared with contributors" in keys
        else False,
    )
    if outcome.evidence_within and not (outcome.evidence or outcome.alternates):
        reader.error(keys["evidence within"], "no evidence is asked for.", "Add evidence: …")
    return outcome


def read_verification(reader: TermsReader, node: Node) -> bool:
    """Read ``required`` or ``not required``."""
    return reader.choice(node, ("required", "not required")) == "required"


def _duration(reader: TermsReader, keys: dict[str, Node], name: str) -> Duration | None:
    return read_duration(reader, keys[name]) if name in keys else None


def _read_slots(reader: TermsReader, node: Node, keys: dict[str, Node]) -> tuple[Slots, ...]:
    slots = [_slot(reader, item, once=True) for item in keys["once per"].items] if "once per" in keys else []
    if "at most" in keys:
        slots += [_slot(reader, item, once=False) for item in keys["at most"].items]
    repeatable = "repeatable" in keys and reader.yes(keys["repeatable"])
    each_enrolment = "for each" in keys and keys["for each"].text == "enrolment"
    if repeatable and slots:
        reader.error(
            keys["repeatable"],
            "it cannot be repeatable and limited too.",
            "Keep one of the keys; an amendment takes one out with 'repeatable: no'.",
        )
    if node.is_map and not (repeatable or slots or each_enrolment):
        mend = "Add 'once per: person', 'at most: 4 per person' or 'repeatable: yes'."
        reader.error(node, "the terms do not say how often this pays.", mend)
    return tuple(slot for slot in slots if slot is not None)


def _slot(reader: TermsReader, node: Node, *, once: bool) -> Slots | None:
    match = _SCOPE.fullmatch(node.text)
    example = (
        "person, enrolment, 'person each contract year'"
        if once
        else "'26 per person', '4 per person each quarter'"
    )
    if match is None or (match[1] is None) != once:
        reader.error(node, f"{node.text!r} does not say how often.", f"Write {example}.")
        return None
    scope, period = match[2], match[3]
    if once and scope == "period":
        reader.error(node, "which period?", "Write 'person each quarter' or 'person each contract year'.")
        return None
    if scope not in _SCOPES:
        reader.error(node, f"{scope!r} is not a thing to count by.", suggestion(scope, _SCOPES))
        return None
    if period is not None and period not in PERIOD_KINDS:
        reader.error(node, f"{period!r} is not a period.", suggestion(period, PERIOD_KINDS))
        return None
    most = int(match[1] or 1)
    if most < 1:
        reader.error(node, "it must pay at least once.")
        return None
    return Slots(most, scope, period)  # type: ignore[arg-type]


def read_who(reader: TermsReader, node: Node) -> tuple[Condition, ...]:
    """Read the lines of ``who``: a list of single keys, or one mapping."""
    conditions = []
    for item in node.items:
        if not item.is_map:
            reader.error(item, "a condition is a key and a value.", "Write '- age at enrolment: 18 to 24'.")
            continue
        for subject, child in item.mapping.items():
            if subject not in KEYS["condition"]:
                reader.error(
                    child,
                    f"unknown condition {subject!r}.",
                    suggestion(subject, KEYS["condition"]),
                    "unknown-key",
                )
            else:
                conditions.append(_condition(reader, subject, child))
    return tuple(conditions)


def _condition(reader: TermsReader, subject: str, node: Node) -> Condition:
    if subject in _NUMBER_SUBJECTS:
        needed = read_range(reader, node)
        return Condition(subject, number=needed, text=f"{subject}: {needed}")
    if subject in _DATE_SUBJECTS:
        span = read_days(reader, node)
        return Condition(subject, days=span, text=f"{subject}: {span}")
    if subject in _KIND_SUBJECTS:
        kinds = read_kinds(reader, node)
        return Condition(subject, kinds=kinds, text=f"{subject}: {kinds}")
    if subject == "need":
        keys = reader.section(node, "need", required=("category",))
        category = reader.text(keys["category"]) if "category" in keys else ""
        intensity = read_range(reader, keys["intensity"]) if "intensity" in keys else None
        text = f"need: {category}" + (f", intensity {intensity}" if intensity else "")
        return Condition(subject, detail=category, number=intensity, text=text)
    if subject in ("first reading", "area figure"):
        name = "instrument" if subject == "first reading" else "indicator"
        keys = reader.section(node, subject, required=(name, "is"))
        detail = reader.text(keys[name]) if name in keys else ""
        number = read_range(reader, keys["is"]) if "is" in keys else None
        return Condition(subject, detail=detail, number=number, text=f"{subject}: {detail} {number}")
    codes = read_codes(reader, node)
    return Condition(subject, words=codes, text=f"{subject}: {' or '.join(codes)}")


def _read_follows(reader: TermsReader, node: Node, code: str) -> Follows:
    if node.is_scalar:
        return Follows(outcomes=_known_outcomes(reader, node, code))
    keys = reader.section(node, "follows")
    named = [key for key in ("outcome", "event", "start") if key in keys]
    if len(named) != 1:
        reader.error(node, "say what it follows with one of outcome, event or start.")
    if "after" in keys and "sustained for" in keys:
        reader.error(
            keys["after"],
            "'after' and 'sustained for' cannot both be given.",
            "Keep 'sustained for' when it must last.",
        )
    sustained = "sustained for" in keys
    clock = [
        k
        for k in (
            "clock restarts on",
            "starts again on",
            "continues on",
            "gaps up to",
            "gaps in total",
            "still so when achieved",
        )
        if k in keys
    ]
    if clock and "clock restarts on" not in clock:
        reader.error(node, f"{clock[0]!r} needs 'clock restarts on'.", "Name the event that loses the state.")
    if clock and not sustained:
        reader.error(node, f"{clock[0]!r} needs 'sustained for'.", "Say how long it must last.")
    length = keys.get("sustained for") or keys.get("after")
    return Follows(
        outcomes=_known_outcomes(reader, keys["outcome"], code) if "outcome" in keys else (),
        events=read_codes(reader, keys["event"]) if "event" in keys else (),
        start=reader.choice(keys["start"], ("enrolment", "referral")) if "start" in keys else "",  # type: ignore[arg-type]
        length=read_duration(reader, length) if length is not None else None,
        sustained=sustained,
        lost_on=read_codes(reader, keys["clock restarts on"]) if "clock restarts on" in keys else (),
        regained_on=read_codes(reader, keys["starts again on"]) if "starts again on" in keys else (),
        moves=read_codes(reader, keys["continues on"]) if "continues on" in keys else (),
        gap=_duration(reader, keys, "gaps up to"),
        total_gap=_duration(reader, keys, "gaps in total"),
        gaps_count=reader.yes(keys["time in gaps counts"]) if "time in gaps counts" in keys else False,
        still_so=reader.yes(keys["still so when achieved"]) if "still so when achieved" in keys else False,
    )


def _known_outcomes(reader: TermsReader, node: Node, code: str) -> tuple[str, ...]:
    codes = read_codes(reader, node)
    for name in codes:
        if name == code:
            reader.error(
                node, "an outcome cannot follow itself.", "Use 'at least apart' for time between repeats."
            )
        elif name not in reader.outcome_codes:
            reader.error(
                node, f"{name!r} is not an outcome of this contract.", suggestion(name, reader.outcome_codes)
            )
    return codes


def _read_within(reader: TermsReader, node: Node, code: str) -> Within:
    length, _, of = node.text.partition(" of ")
    found = words.duration(length)
    of = {"enrolment": "start", "the start": "start", "start of enrolment": "start"}.get(of, of)
    if found is None or not of:
        reader.error(
            node, f"{node.text!r} is not a window.", "Write '18 months of start' or '6 months of referral'."
        )
        return Within(Duration(1, "day"), "start")
    if of == code:
        reader.error(node, "an outcome cannot be within a time of itself.")
    elif of not in ("start", "referral", *reader.outcome_codes):
        reader.error(
            node, f"{of!r} is not start, referral or an outcome.", suggestion(of, reader.outcome_codes)
        )
    return Within(found, of)


def _read_alternates(reader: TermsReader, node: Node) -> tuple[tuple[str, ...], ...]:
    groups = []
    for item in node.items:
        parts = (
            tuple(reader.text(child) for child in item.items) if item.is_list else read_codes(reader, item)
        )
        groups.append(parts)
    if len(groups) < 2:
        reader.error(
            node,
            "evidence alternates between at least two kinds.",
            "Write [landlord-letter, self-certified].",
        )
    return tuple(groups)


def _read_measured(reader: TermsReader, node: Node) -> Measured:
    keys = reader.section(node, "measured by", required=("instrument",))
    if not {"rises by", "falls by", "last reading"} & keys.keys():
        reader.error(node, "say what must change.", "Add 'rises by', 'falls by' or 'last reading'.")

    def number(name: str) -> words.Range | None:
        return read_range(reader, keys[name]) if name in keys else None

    return Measured(
        instrument=reader.text(keys["instrument"]) if "instrument" in keys else "",
        rises=number("rises by"),
        falls=number("falls by"),
        first=number("first reading"),
        last=number("last reading"),
        first_within=_duration(reader, keys, "first within"),
        last_within=_duration(reader, keys, "last within"),
    )


def _read_person_says(reader: TermsReader, node: Node) -> PersonSays:
    keys = reader.section(node, "person says", required=("question", "answers"))
    how = (
        reader.choice(keys["collected"], ("independently", "by anyone"))
        if "collected" in keys
        else "independently"
    )
    return PersonSays(
        question=reader.text(keys["question"]) if "question" in keys else "",
        answers=reader.texts(keys["answers"]) if "answers" in keys else (),
        independently=how == "independently",
        within=_duration(reader, keys, "within"),
    )


def _read_void(reader: TermsReader, node: Node) -> VoidIf:
    if node.is_scalar:
        return VoidIf(read_codes(reader, node))
    keys = reader.section(node, "void if", required=("event",))
    events = read_codes(reader, keys["event"]) if "event" in keys else ()
    if "within" in keys and "in the last" in keys:
        reader.error(node, "'within' looks forward and 'in the last' looks back.", "Keep one of them.")
    return VoidIf(events, _duration(reader, keys, "within"), _duration(reader, keys, "in the last"))


def _read_quantity(reader: TermsReader, node: Node | None) -> dict[str, object]:
    if node is None:
        return {}
    if node.is_scalar:
        return {"quantity_unit": reader.text(node)}
    keys = reader.section(node, "quantity")
    return {
        "quantity": read_range(reader, keys["allowed"]) if "allowed" in keys else None,
        "quantity_unit": reader.text(keys["unit"]) if "unit" in keys else "",
    }


def _read_indexed(reader: TermsReader, node: Node) -> Indexed | None:
    keys = reader.section(node, "price rises with", required=("indicator", "base"))
    base = reader.day(keys["base"]) if "base" in keys else None
    if base is None or "indicator" not in keys:
        return None
    return Indexed(reader.text(keys["indicator"]), base)


def read_either_or(reader: TermsReader, name: str, node: Node) -> EitherOr:
    """Read one entry of ``either or``."""
    keys = reader.section(node, "either or", required=("one of",))
    sides = []
    for item in keys["one of"].items if "one of" in keys else []:
        side = tuple(reader.text(child) for child in item.items)
        for code, child in zip(side, item.items, strict=True):
            if code not in reader.outcome_codes:
                reader.error(
                    child,
                    f"{code!r} is not an outcome of this contract.",
                    suggestion(code, reader.outcome_codes),
                )
        sides.append(side)
    if len(sides) < 2 or len({code for side in sides for code in side}) != sum(map(len, sides)):
        reader.error(
            node, "either-or needs two or more lists with no outcome in both.", "Write one of: [[a, b], [c]]."
        )
    return EitherOr(
        name=name,
        sides=tuple(sides),
        per=reader.choice(keys["per"], ("person", "enrolment")) if "per" in keys else "person",  # type: ignore[arg-type]
        keep=reader.choice(keys["keep"], ("first", "highest")) if "keep" in keys else "first",  # type: ignore[arg-type]
    )


assert set(get_args(PeriodKind)) == set(PERIOD_KINDS)  # noqa: S101 - the two spellings of one list
