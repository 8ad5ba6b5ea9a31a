"""What in words written for others may point at a person: looked for before they go to others, and shown to whoever shares them.

Some things have no place in them at all and must go: addresses, numbers to ring, numbers of a person.
Others only look like a name or a small number, so that somebody has to look and say that it is none.
It finds what it can; whoever shares them answers for the rest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from openoutcomes.web.core.crypto import plain_words

#: A number of people under this may point at one of them.
SMALL: Final = 10
#: Kind to what pages call it, and whether it has to go.
KINDS: Final = {
    "email": ("an e-mail address", True),
    "phone": ("a telephone number", True),
    "national_insurance": ("a National Insurance number", True),
    "nhs": ("an NHS number", True),
    "postcode": ("a postcode", True),
    "few": ("a small number of people", False),
    "age": ("somebody's age", False),
    "date": ("a whole date", False),
    "name": ("words that may be a name", False),
}
_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_PEOPLE = (
    r"people|persons?|m[ae]n|wom[ae]n|child(?:ren)?|girls?|boys?|adults?|teenagers?|clients?|participants?|residents?|"
    r"tenants?|famil(?:y|ies)|mothers?|fathers?|mums?|dads?|parents?|carers?|students?|pupils?|patients?|prisoners?|"
    r"care leavers?|service users?|users?|households?"
)
_PATTERNS: Final = {
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "phone": re.compile(r"(?<![\d£.,])(?:\+44[\s-]?|0)(?:\d[\s-]?){8,9}\d(?!\d)"),
    "national_insurance": re.compile(
        r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d\d\s?\d\d\s?\d\d\s?[A-D]\b", re.IGNORECASE
    ),
    "nhs": re.compile(r"(?<![\d£.,])\d{3}[\s-]?\d{3}[\s-]?\d{4}(?!\d)"),
    "postcode": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b"),
    "few": re.compile(
        rf"\b(?:[1-9]|{'|'.join(_NUMBER_WORDS)})(?:\s+(?:out\s+)?of\s+(?:the\s+)?\w+)?(?:\s+[\w-]+){{0,2}}?\s+(?:{_PEOPLE})\b",
        re.IGNORECASE,
    ),
    "age": re.compile(
        r"\b(?:aged?\s+\d{1,3}(?!\s*(?:to|and|or|-|–|\d))|\d{1,3}[\s-]years?[\s-]old)\b", re.IGNORECASE
    ),
    "date": re.compile(
        r"\b(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}(?:st|nd|rd|th)?\s+(?:January|February|March|April|"
        r"May|June|July|August|September|October|November|December)\s+\d{4})\b"
    ),
}  # fmt: skip
_NAME = re.compile(r"[A-Z][a-z'’]+(?:-[A-Z][a-z]+)?(?:\s+(?:[A-Z]\.?\s+)?[A-Z][a-z'’]+(?:-[A-Z][a-z]+)?)*")
_OPENS = re.compile(r"(?:^|[.!?:;•“\"(\n]\s*[-*]?\s*)$")
#: Words with a capital letter that are nobody's name.
_KNOWN = frozenset(
    plain_words(
        "a after all an and as at before both but by each every for from he her here his how i if in it its many most "
        "my no nobody not of on one or our she so some that the their then there these they this those to we what when "
        "where who why with you your january february march april may june july august september october november "
        "december monday tuesday wednesday thursday friday saturday sunday christmas easter english british scottish "
        "welsh irish england britain scotland wales ireland europe european london council borough county city "
        "department government national health service services trust fund centre college university school housing "
        "benefit universal credit jobcentre job plus community charity association group partnership panel board "
        "manager director officer worker team lead coordinator north south east west act chances life social impact "
        "bond outcomes"
    )
)


@dataclass(frozen=True)
class Suspect:
    """Something in a case that may point at a person."""

    field: str
    kind: str
    text: str

    @property
    def key(self) -> str:
        """Return what names it in a form: the same as long as the words are the same."""
        return hashlib.sha256(f"{self.field}\0{self.kind}\0{self.text}".encode()).hexdigest()[:16]

    @property
    def must_go(self) -> bool:
        """Whether it has no place in a case at all."""
        return KINDS[self.kind][1]

    @property
    def words(self) -> str:
        """Return what it looks like."""
        return KINDS[self.kind][0]


def suspects(values: Mapping[str, Any], known: Iterable[str] = ()) -> list[Suspect]:
    """Return what may point at a person, field by field; ``known`` names what is no person, such as organisations."""
    harmless = _KNOWN | {word for name in known for word in plain_words(name)}
    found: dict[Suspect, None] = {}
    for field, value in values.items():
        if not isinstance(value, str):
            continue
        for kind, pattern in _PATTERNS.items():
            for match in pattern.finditer(value):
                text = " ".join(match[0].split())
                if kind != "nhs" or _is_nhs_number(text):
                    found[Suspect(field, kind, text)] = None
        for text in _names(value, harmless):
            found[Suspect(field, "name", text)] = None
    return list(found)


def _is_nhs_number(text: str) -> bool:
    """Say whether ten digits have the check digit of an NHS number."""
    digits = [int(c) for c in text if c.isdigit()]
    check = 11 - sum(digit * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return check % 11 == digits[9] and check != 10


def _names(text: str, harmless: frozenset[str] | set[str]) -> Iterable[str]:
    for match in _NAME.finditer(text):
        parts = match[0].split()
        opens = bool(_OPENS.search(text[: match.start()]))
        if opens and (len(parts) == 1 or plain_words(parts[0])[0] in _KNOWN):
            # Any word begins a sentence with a capital letter.
            parts = parts[1:]
        left = [part for part in parts if not set(plain_words(part)) <= harmless]
        if left:
            yield " ".join(parts)
