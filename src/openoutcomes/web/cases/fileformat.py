"""Cases as a file, so that installations can exchange them: one JSON document in a strict format.

The format is declared here once: the check, the schema and the page of the documentation come from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.cases import words
from openoutcomes.web.cases.models import FIELDS

FORMAT: Final = "open-outcomes-cases"
VERSION: Final = 1
#: The largest file, in bytes, and the most cases in one.
LARGEST: Final = 2_000_000
MOST: Final = 500
_LONG = 20_000


@dataclass(frozen=True)
class Member:
    """One member of a case in a file."""

    name: str
    means: str
    longest: int = _LONG
    codes: dict[str, str] | None = None
    required: bool = False


MEMBERS: Final = (
    Member("id", "An id of the case that stays the same: a case is taken in once.", 60, required=True),
    Member("title", "What was tried, in one line.", 160, required=True),
    Member("result", "What came of it.", codes=words.RESULTS, required=True),
    Member("who_for", "Who it was for.", 160),
    Member("problem", "What the problem was.", 300),
    Member("area", "What it was about.", codes=words.AREAS),
    Member("place_kind", "What kind of place.", codes=words.PLACES),
    Member("size", "How many people.", codes=words.SIZES),
    Member("paying", "How it was paid for.", codes=words.PAYING),
    Member("period", "When it was.", 80),
    Member("context", "How things stood before."),
    Member("story", "What was done."),
    Member("partners", "Who did it together, as organisations and their parts."),
    Member("impact", "What changed."),
    Member("strength", "How the impact is known.", codes=words.STRENGTHS),
    Member("how_known", "What that rests on."),
    Member("made_it_work", "What made it work, or kept it from working."),
    Member("learned", "What was learned."),
    Member("conditions", "What would have to be true elsewhere, one to a line."),
    Member("cost", "What it cost in pounds, as text with two decimals at most, such as 40000.00.", 20),
    Member("cost_words", "What the cost covers.", 300),
    Member("contacts", "Whom to ask, one to a line: a role and an organisation, never a name.", 2000),
)
assert tuple(member.name for member in MEMBERS[1:]) == FIELDS  # noqa: S101 - held when the module loads


def schema() -> dict[str, Any]:
    """Return the format as JSON Schema."""
    properties: dict[str, Any] = {}
    for member in MEMBERS:
        shape: dict[str, Any] = {"type": "string", "description": member.means}
        if member.codes is not None:
            shape["enum"] = list(member.codes)
        else:
            shape["maxLength"] = member.longest
        if member.required and member.codes is None:
            shape["minLength"] = 1
        if member.name == "cost":
            shape["pattern"] = r"^\d{1,13}(\.\d{1,2})?$"
        properties[member.name] = shape
    case = {
        "type": "object",
        "additionalProperties": False,
        "required": [member.name for member in MEMBERS if member.required],
        "properties": properties,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Cases of what was tried, for exchange between installations of Open Outcomes",
        "type": "object",
        "additionalProperties": False,
        "required": ["format", "version", "cases"],
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "from": {"type": "string", "maxLength": 160, "description": "Which partnership wrote the file."},
            "cases": {"type": "array", "maxItems": MOST, "items": case},
        },
    }


def written(origin: str, cases: Iterable[tuple[str, dict[str, Any]]]) -> str:
    """Return cases (each an id and its values) as a file; what is empty is left out."""
    rows = [
        {"id": key, **{name: values[name] for name in FIELDS if values.get(name)}} for key, values in cases
    ]
    return json.dumps(
        {"format": FORMAT, "version": VERSION, "from": origin, "cases": rows}, indent=1, ensure_ascii=False
    )


def read(data: bytes) -> tuple[str, list[dict[str, str]]]:
    """Return who wrote a file and its cases; raises InputError with everything that is wrong in it."""
    document = _parsed(data)
    problems: list[Problem] = []
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _wrong("this is no file of cases.", f"Its member “format” has to be “{FORMAT}”.")
    if document.get("version") != VERSION or isinstance(document.get("version"), bool):
        raise _wrong(
            "the file is in another version of the format.", f"This installation reads version {VERSION}."
        )
    unknown = sorted(set(document) - {"format", "version", "from", "cases"})
    if unknown:
        problems.append(Problem(f"“{unknown[0]}” is not known at the top of the file.", "Take it out."))
    origin = document.get("from", "")
    if not isinstance(origin, str) or len(origin) > 160:
        problems.append(
            Problem("“from” is not a short text.", "Write who made the file, in at most 160 letters.")
        )
    cases = document.get("cases")
    if not isinstance(cases, list) or not cases or len(cases) > MOST:
        raise _wrong(
            "“cases” is not a list of 1 to 500 cases.", "Choose a file of cases that was downloaded here."
        )
    seen: set[str] = set()
    for number, case in enumerate(cases, start=1):
        problems += _problems(number, case)
        key = case.get("id") if isinstance(case, dict) else None
        if isinstance(key, str) and key in seen:
            problems.append(Problem(f"case {number}: the id “{key}” is there twice.", "Keep one of them."))
        seen.add(str(key))
    if problems:
        raise InputError(*problems[:20])
    return str(origin), [dict(case) for case in cases]


def _parsed(data: bytes) -> Any:
    if len(data) > LARGEST:
        raise _wrong("the file is larger than 2 MB.", "Split it, and send the parts one by one.")
    try:
        document = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_no_twice, parse_constant=_no_constant
        )
    except UnicodeDecodeError:
        raise _wrong(
            "the file is not text in UTF-8.", "Choose a file of cases that was downloaded here."
        ) from None
    except json.JSONDecodeError as error:
        raise _wrong(
            f"line {error.lineno} is not JSON.", "Choose a file of cases that was downloaded here."
        ) from None
    except RecursionError:
        raise _wrong(
            "the file is nested too deeply.", "Choose a file of cases that was downloaded here."
        ) from None
    return document


def _problems(number: int, case: Any) -> list[Problem]:
    if not isinstance(case, dict):
        return [Problem(f"case {number} is not an object.", "Write each case in curly brackets.")]
    where = f"case {number}"
    members = {member.name: member for member in MEMBERS}
    strange = sorted(set(case) - set(members))
    found = [Problem(f"{where}: “{name}” is not known.", "Take it out.") for name in strange]
    for name, member in members.items():
        value = case.get(name)
        if name not in case:
            if member.required:
                found.append(Problem(f"{where}: “{name}” is missing.", member.means))
        elif not isinstance(value, str):
            found.append(Problem(f"{where}: “{name}” is not text.", "Write it between double quotes."))
        elif member.codes is not None and value not in member.codes:
            known = ", ".join(member.codes)
            found.append(Problem(f"{where}: “{name}” is “{value[:40]}”.", f"Write one of: {known}."))
        elif len(value) > member.longest:
            found.append(Problem(f"{where}: “{name}” is too long.", f"Use at most {member.longest} letters."))
        elif member.required and not value.strip():
            found.append(Problem(f"{where}: “{name}” is empty.", member.means))
        elif name == "cost" and not _is_cost(value):
            found.append(Problem(f"{where}: “cost” is not an amount.", "Write it like 40000.00."))
    return found


def _is_cost(value: str) -> bool:
    whole, _, pence = value.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 13 and len(pence) <= 2):
        return False
    try:
        return Decimal(value) >= 0 and (pence.isdigit() or "." not in value)
    except InvalidOperation:
        return False


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _wrong(f"“{name[:40]}” is there twice in one object.", "Keep one of them.")
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise _wrong(f"{name} is no JSON.", "Take it out.")


def _wrong(what: str, mend: str) -> InputError:
    return InputError(Problem(what, mend, field="file"))
