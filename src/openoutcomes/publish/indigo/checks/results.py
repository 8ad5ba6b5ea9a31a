"""Results that cannot be true of their own counts: percentages, and more results than people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo.faults import Fault
from openoutcomes.publish.indigo.read import Row
from openoutcomes.publish.indigo.values import clean, parse_count, shares_in

_SHARE = r"(?P<share>[0-9]{1,6}(?:\.[0-9]{1,6})?) ?(?:%|per ?cent\b)(?: percent)?"
_WHOLE = r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,10})"
_PART = r"(?P<part>[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,10})"
#: Whom a percentage may be a share of, for it to be held against the number engaged.
_WHOM = (
    r"(?:participants?|people|persons?|individuals?|clients?|service users?|cases?|those"
    r"|young people|families)"
)
_PART_OF_WHOLE = re.compile(rf"{_PART} ?(?:/|of(?: the)?|out of(?: the)?) ?{_WHOLE} ?\({_SHARE}\)")
_ANY_SHARE = r"[0-9]{1,6}(?:\.[0-9]{1,6})? ?%"
_SHARES_OF_NUMBER = re.compile(
    rf"(?P<shares>(?:{_ANY_SHARE}(?:,| and|, and) ){{0,9}}{_ANY_SHARE}) of (?:the |all |our )?{_WHOLE}(?![0-9.,]*%)\b"
)
_OF_NUMBER_SHARE = re.compile(
    rf"\bof (?:the |all |our )?{_WHOLE} {_WHOM}\b[^.%0-9]{{0,60}}{_SHARE}", re.IGNORECASE
)
_SHARE_THEN_PART = re.compile(rf"{_SHARE} ?\({_PART}\)")
_SHARE_OF_PEOPLE = re.compile(rf"{_SHARE} of (?:the |all |our )?{_WHOM}\b")
_SHARE_ALONE = re.compile(rf"^{_SHARE}$")


def results_faults(row: Row, project: str) -> Iterator[Fault]:
    """Yield the faults of one row of results."""
    metric = clean(row.get(c.METRIC))
    engaged = parse_count(row.get(c.ENGAGED))
    if engaged.complaint:
        detail = f"'Number engaged' is '{clean(row.get(c.ENGAGED))[:60]}': {engaged.complaint}."
        yield Fault("prose-result", detail, c.RESULTS, row.number, project, metric)
    for column in (c.ACHIEVED, c.POSITIVE):
        count = parse_count(row.get(column)).value
        if engaged.value is not None and count is not None and count > engaged.value:
            name = column.removesuffix(" - (Value)")
            detail = f"'{name}' is {count:,f}, 'Number engaged' is {engaged.value:,f}."
            yield Fault("count-above-engaged", detail, c.RESULTS, row.number, project, metric)
        if engaged.value and count is not None and 0 < count < 1:
            # 0.75 of 23 people is 75% of 23 written another way.
            for detail in _of_whole(f"{(count * 100).normalize():f}", int(engaged.value)):
                yield Fault("impossible-percentage", detail, c.RESULTS, row.number, project, metric)
    for column in (c.ACHIEVED, c.DESCRIBED, c.NOTES):
        for detail in dict.fromkeys(_impossible(clean(row.get(column)), engaged.value)):
            name = column.removesuffix(" - (Value)")
            yield Fault(
                "impossible-percentage", f"'{name}': {detail}", c.RESULTS, row.number, project, metric
            )


def _impossible(text: str, engaged: Decimal | None) -> Iterator[str]:
    for match in _PART_OF_WHOLE.finditer(text):
        part, whole, share = _number(match["part"]), _number(match["whole"]), match["share"]
        if whole and not gives(part, whole, share):
            yield f"{part} of {whole} is {_percent(part, whole)}, not {share}%."
    for match in _SHARES_OF_NUMBER.finditer(text):
        for share in shares_in(match["shares"]):
            yield from _of_whole(f"{share:f}", _number(match["whole"]))
    for match in _OF_NUMBER_SHARE.finditer(text):
        yield from _of_whole(match["share"], _number(match["whole"]))
    if engaged is None or engaged <= 0 or engaged != int(engaged):
        return
    for match in _SHARE_THEN_PART.finditer(text):
        part = _number(match["part"])
        if not gives(part, int(engaged), match["share"]):
            yield (
                f"{match['share']}% ({part}), but {part} of the {int(engaged):,} engaged is"
                f" {_percent(part, int(engaged))}."
            )
    for pattern in (_SHARE_OF_PEOPLE, _SHARE_ALONE):
        for match in pattern.finditer(text):
            yield from _of_whole(match["share"], int(engaged))


def _of_whole(share: str, whole: int) -> Iterator[str]:
    if Decimal(share) > 100:
        yield f"{share}% is more than all of {whole:,}."
    elif whole and not reachable(whole, share):
        nearest = Fraction(Decimal(share)) * whole / 100
        low, high = int(nearest), int(nearest) + 1
        yield (
            f"{share}% of {whole:,} is no whole number: {low:,} is {_percent(low, whole)},"
            f" {high:,} is {_percent(high, whole)}."
        )


def reachable(whole: int, share: str) -> bool:
    """Say whether some whole number out of ``whole`` is ``share`` percent, at the places it is given to."""
    nearest = int(Fraction(Decimal(share)) * whole / 100)
    return any(gives(part, whole, share) for part in range(max(nearest - 1, 0), min(nearest + 2, whole) + 1))


def gives(part: int, whole: int, share: str) -> bool:
    """Say whether ``part`` of ``whole`` is ``share`` percent, rounded or cut off at its places."""
    step = Fraction(1, 10 ** len(share.partition(".")[2]))
    exact = Fraction(100 * part, whole)
    stated = Fraction(Decimal(share))
    return abs(exact - stated) <= step / 2 or stated <= exact < stated + step


def _percent(part: int, whole: int) -> str:
    return f"{Decimal(100 * part) / whole:.1f}%"


def _number(text: str) -> int:
    return int(text.replace(",", ""))
