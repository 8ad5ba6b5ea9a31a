"""A contract's own examples: people, what happened to them, and what the terms must pay.

They are the terms' tests, written so that a commissioner can check them by hand. An example
names each outcome it expects to pay; an outcome that pays without being named is a failure,
unless the example gives the total payable.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from openoutcomes.contracts.lines import Line, Result
from openoutcomes.contracts.pricing import price
from openoutcomes.contracts.reading import Document, read_terms
from openoutcomes.contracts.reading_values import TermsReader
from openoutcomes.contracts.terms import Terms
from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.money import format_money
from openoutcomes.standard.problems import InputError
from openoutcomes.standard.yamlnodes import Node, suggestion

_DATE = r"(\d{4}-\d{2}-\d{2})"
_AMOUNT = r"£?(-?\d+(?:\.\d+)?)"
_TOTALS = ("payable", "held", "reduced", "refused", "earned", "gross")
_SYNONYMS = {
    "id": "person_id",
    "person": "person_id",
    "born": "birth_year",
    "area": "area_code",
    "started": "started_on",
    "referred": "referred_on",
    "ended": "ended_on",
    "provider": "provider_id",
    "programme": "programme_id",
    "enrolment": "enrolment_id",
    "age_at_enrolment": "age_at_start",
    "age": "age_at_start",
}
_PEOPLE = ("person_id", "birth_year", "sex", "ethnicity", "area_code", "disability", "characteristics")
_ENROLMENTS = (
    "enrolment_id", "person_id", "programme_id", "provider_id", "referred_on", "referred_by",
    "started_on", "ended_on", "age_at_start", "payment_group", "cohort",
)  # fmt: skip
#: Fields of records that hold several values.
_LISTS = ("characteristics", "evidence_kinds", "evidence_dates", "items")
_LONG_AFTER = 3653

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Example:
    """One worked example as read: its records by table, and its expectations."""

    says: str
    line: int
    as_of: dt.date
    parameters: Mapping[str, str]
    tables: Mapping[str, list[Row]]
    expect: tuple[Expected, ...]
    totals: tuple[tuple[str, Decimal], ...]
    payers: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What one outcome's line (or lines together) must be."""

    outcome: str
    status: str
    amount: Decimal | None
    on: dt.date | None
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an example came out: no failures means that it passed."""

    example: Example
    result: Result | None
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.failures


def run_examples(document: Document) -> list[Outcome]:
    """Run every example of a file of terms. Raises InputError when the examples are badly written."""
    terms = read_terms(document, assume=True)
    node = document.node.mapping.get("examples")
    reader = TermsReader(payers=terms.versions[-1].payer_names)
    examples = [_read(reader, item, terms) for item in (node.items if node is not None else [])]
    reader.raise_if_any()
    return [_run(document, example) for example in examples]


def _run(document: Document, example: Example) -> Outcome:
    try:
        terms = read_terms(document, example.parameters, assume=True)
        dataset = Dataset.from_rows(example.tables)
    except InputError as error:
        return Outcome(example, None, tuple(f"line {example.line}: {problem}" for problem in error.problems))
    result = price(terms, dataset, example.as_of)
    return Outcome(example, result, tuple(_failures(example, result)))


# Reading ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Given:
    """The tables of one example as they are gathered."""

    reader: TermsReader
    terms: Terms
    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    dates: list[dt.date] = field(default_factory=list)

    def add(self, table: str, id_field: str, row: Row) -> None:
        row.setdefault(id_field, f"{id_field.removesuffix('_id')[0]}{len(self.tables[table]) + 1}")
        self.tables[table].append(row)


def _read(reader: TermsReader, node: Node, terms: Terms) -> Example:
    keys = reader.section(node, "example", required=("says", "given", "expect"))
    given = _Given(reader, terms)
    if "given" in keys:
        _read_given(given, keys["given"])
    last = max((*given.dates, terms.versions[-1].runs.last or dt.date(2000, 1, 1)))
    expected, totals, payers = (
        _read_expect(reader, keys["expect"], terms) if "expect" in keys else ((), (), ())
    )
    values = {}
    for name, child in keys["parameters"].mapping.items() if "parameters" in keys else ():
        if name not in terms.parameters:
            reader.error(
                child, f"{name!r} is not a parameter of this contract.", suggestion(name, terms.parameters)
            )
        else:
            values[name] = child.text
    return Example(
        says=keys["says"].text if "says" in keys else "",
        line=node.line,
        as_of=(reader.day(keys["as of"]) if "as of" in keys else None)
        or last + dt.timedelta(days=min(_LONG_AFTER, (dt.date.max - last).days)),
        parameters=values,
        tables=dict(given.tables),
        expect=expected,
        totals=totals,
        payers=payers,
    )


def _read_given(given: _Given, node: Node) -> None:
    keys = given.reader.section(node, "given")
    people = [
        *(keys["person"].items if "person" in keys else []),
        *(keys["people"].items if "people" in keys else []),
    ]
    for item in people:
        _read_person(given, item)
    for name, read in _ITEMS.items():
        for item in keys[name].items if name in keys else []:
            read(given, item)
    if "counts" in keys:
        _read_counts(given, keys["counts"])
    for name, (table, id_field) in _ROWS.items():
        for item in keys[name].items if name in keys else []:
            row = _plain_row(given, item)
            if table in ("feedback", "needs", "enrolments"):
                row.setdefault("person_id", "p1")
            given.add(table, id_field, row)
    known = {row["person_id"] for row in given.tables["people"]}
    for table in ("achievements", "events", "measures", "feedback", "needs", "enrolments"):
        for row in given.tables.get(table, []):
            if row.get("person_id") not in known:
                known.add(row.get("person_id"))
                given.tables["people"].append({"person_id": row.get("person_id")})
    for table in [name for name, rows in given.tables.items() if not rows]:
        del given.tables[table]


def _field(name: str) -> str:
    name = name.replace(" ", "_").replace("-", "_")
    return _SYNONYMS.get(name, name)


def _scalar(given: _Given, name: str, node: Node) -> object:
    if node.is_list and name in _LISTS:
        return [item.text for item in node.items]
    if not (node.is_scalar or node.is_empty):
        given.reader.error(node, f"expected one value here, found {node.text}.", "Write field: value.")
    _note_dates(given, node.text)
    return node.text or None


def _note_dates(given: _Given, text: str) -> None:
    for found in re.findall(_DATE, text):
        try:
            given.dates.append(dt.date.fromisoformat(found))
        except ValueError:
            continue


def _plain_row(given: _Given, node: Node) -> Row:
    if not node.is_map:
        given.reader.error(node, f"expected the fields of a record, found {node.text or 'nothing'!r}.")
    return {(name := _field(key)): _scalar(given, name, child) for key, child in node.mapping.items()}


def _read_person(given: _Given, node: Node) -> None:
    row = _plain_row(given, node)
    number = len(given.tables["people"]) + 1
    row.setdefault("person_id", f"p{number}")
    for key in row:
        if key not in _PEOPLE and key not in _ENROLMENTS:
            child = next(c for k, c in node.mapping.items() if _field(k) == key)
            known = [*_PEOPLE, *_ENROLMENTS]
            given.reader.error(
                child, f"{key!r} is not a field of a person or an enrolment.", suggestion(key, known)
            )
    given.tables["people"].append({k: v for k, v in row.items() if k in _PEOPLE})
    enrolment = {k: v for k, v in row.items() if k in _ENROLMENTS}
    enrolment.setdefault("enrolment_id", f"e-{row['person_id']}")
    given.tables["enrolments"].append(enrolment)


_ACHIEVED = re.compile(rf"(\S+) on {_DATE}(?: with (.+))?")
_CLAUSES: tuple[tuple[re.Pattern[str], Callable[[Row, re.Match[str]], None]], ...] = (
    (re.compile(rf"claimed(?: on)? {_DATE}"), lambda row, m: row.update(claimed_on=m[1])),
    (re.compile(rf"sustained to {_DATE}"), lambda row, m: row.update(sustained_to=m[1])),
    (re.compile(r"quantity (\d+(?:\.\d+)?)"), lambda row, m: row.update(quantity=m[1])),
    (re.compile(r"by (\S+)"), lambda row, m: row.update(provider_id=m[1])),
    (re.compile(r"for (\S+)"), lambda row, m: row.update(person_id=m[1])),
    (re.compile(r"as (\S+)"), lambda row, m: row.update(achievement_id=m[1])),
    (re.compile(r"unclaimed"), lambda row, _: row.update(claimed_on=None)),
    (re.compile(rf"evidence dated {_DATE}"), lambda row, m: row.update(dated=m[1])),
    (re.compile(rf"(accepted|queried|refused|unverified)(?: on {_DATE})?"), lambda row, m: row.update(state=m[1], on=m[2])),
)  # fmt: skip
_ACHIEVED_MEND = (
    "Write 'OUTCOME on 2015-02-01 with EVIDENCE', and after commas any of: claimed DATE, sustained to DATE, "
    "quantity N, by PROVIDER, for PERSON, as ID, unclaimed, evidence dated DATE, unverified, queried, refused."
)


def _read_achievement(given: _Given, node: Node) -> None:
    if node.is_map:
        row = _plain_row(given, node)
    else:
        _note_dates(given, node.text)
        first, *clauses = [part.strip() for part in node.text.split(",")]
        match = _ACHIEVED.fullmatch(first)
        if match is None:
            given.reader.error(node, f"{node.text!r} is not an achievement.", _ACHIEVED_MEND)
            return
        row = {"outcome": match[1], "achieved_on": match[2]}
        if match[3]:
            row["evidence_kinds"] = match[3].split(" and ")
        for clause in clauses:
            found = next(((m, act) for pattern, act in _CLAUSES if (m := pattern.fullmatch(clause))), None)
            if found is None:
                given.reader.error(node, f"{clause!r} is not understood.", _ACHIEVED_MEND)
            else:
                found[1](row, found[0])
    code = row.get("outcome")
    known = [name for version in given.terms.versions for name in version.outcomes]
    if isinstance(code, str) and code not in known:
        given.reader.error(node, f"{code!r} is not an outcome of this contract.", suggestion(code, known))
    _add_achievement(given, row)


def _add_achievement(given: _Given, row: Row) -> None:
    state, on = row.pop("state", "accepted"), row.pop("on", None)
    dated = row.pop("dated", None)
    row.setdefault("person_id", "p1")
    row.setdefault("claimed_on", row.get("achieved_on"))
    kinds = row.get("evidence_kinds")
    if isinstance(kinds, str):
        kinds = row["evidence_kinds"] = kinds.split(" and ")
    if isinstance(kinds, list) and "evidence_dates" not in row:
        row["evidence_dates"] = [dated or row.get("achieved_on") for _ in kinds]
    row.setdefault("achievement_id", f"a{len(given.tables['achievements']) + 1}")
    given.tables["achievements"].append(row)
    if state != "unverified":
        finding: Row = {
            "achievement_id": row["achievement_id"],
            "state": state,
            "verified_on": on or row.get("claimed_on") or row.get("achieved_on"),
        }
        given.add("verifications", "verification_id", finding)


_EVENT = re.compile(rf"(\S+) on {_DATE}(?:, for (\S+))?")
_MEASURE = re.compile(rf"(\S+) (\d+(?:\.\d+)?) on {_DATE}(?:, for (\S+))?")


def _read_event(given: _Given, node: Node) -> None:
    match = _EVENT.fullmatch(node.text)
    if node.is_map:
        row = _plain_row(given, node)
        row.setdefault("person_id", "p1")
    elif match is None:
        given.reader.error(
            node, f"{node.text!r} is not an event.", "Write 'accommodation-lost on 2015-04-01'."
        )
        return
    else:
        _note_dates(given, node.text)
        row = {"kind": match[1], "occurred_on": match[2], "person_id": match[3] or "p1"}
    given.add("events", "event_id", row)


def _read_measure(given: _Given, node: Node) -> None:
    match = _MEASURE.fullmatch(node.text)
    if node.is_map:
        row = _plain_row(given, node)
        row.setdefault("person_id", "p1")
    elif match is None:
        given.reader.error(node, f"{node.text!r} is not a reading.", "Write 'swemwbs 21.5 on 2015-02-01'.")
        return
    else:
        _note_dates(given, node.text)
        row = {"instrument": match[1], "score": match[2], "taken_on": match[3], "person_id": match[4] or "p1"}
    given.add("measures", "measure_id", row)


def _read_counts(given: _Given, node: Node) -> None:
    runs = given.terms.original.runs
    if node.is_map:
        for code, child in node.mapping.items():
            row: Row = {"outcome": code, "count": child.text}
            _add_count(given, row, runs.first, runs.last)
        return
    for item in node.items:
        _add_count(given, _plain_row(given, item), runs.first, runs.last)


def _add_count(given: _Given, row: Row, first: dt.date | None, last: dt.date | None) -> None:
    row.setdefault("period_start", (first or dt.date(2000, 1, 1)).isoformat())
    row.setdefault("period_end", (last or dt.date(2000, 12, 31)).isoformat())
    given.add("achievement_counts", "achievement_count_id", row)


_ITEMS: dict[str, Callable[[_Given, Node], None]] = {
    "achievements": _read_achievement,
    "events": _read_event,
    "measures": _read_measure,
}
_ROWS = {
    "enrolments": ("enrolments", "enrolment_id"),
    "feedback": ("feedback", "feedback_id"),
    "needs": ("needs", "need_id"),
    "contributions": ("contributions", "contribution_id"),
    "cohort results": ("cohort_results", "cohort_result_id"),
    "indicators": ("indicators", "indicator_id"),
}
_EXPECT = re.compile(rf"(?:(held|refused|reduced)(?: to)?)? ?(?:{_AMOUNT})?(?: on {_DATE})?")


def _read_expect(
    reader: TermsReader, node: Node, terms: Terms
) -> tuple[tuple[Expected, ...], tuple[tuple[str, Decimal], ...], tuple[tuple[str, Decimal], ...]]:
    codes = [
        code
        for version in terms.versions
        for section in (version.outcomes, version.cohort_outcomes, version.fixed, version.surplus)
        for code in section
    ]
    expected: list[Expected] = []
    totals: list[tuple[str, Decimal]] = []
    payers: list[tuple[str, Decimal]] = []
    if not node.is_map:
        reader.error(node, "expect is written as outcome: amount.", "Write {home: 500}.")
    for key, child in node.mapping.items():
        if key in codes:
            expected += [e for item in child.items if (e := _read_expected(reader, key, item)) is not None]
        elif key in _TOTALS:
            totals.append((key, reader.decimal(child) or Decimal(0)))
        elif key == "payers":
            for name, value in child.mapping.items():
                if name not in reader.payers:
                    reader.error(
                        value, f"{name!r} is not a payer of this contract.", suggestion(name, reader.payers)
                    )
                payers.append((name, reader.decimal(value) or Decimal(0)))
        else:
            reader.error(
                child,
                f"{key!r} is not an outcome of this contract.",
                suggestion(key, [*codes, *_TOTALS, "payers"]),
            )
    return tuple(expected), tuple(totals), tuple(payers)


def _read_expected(reader: TermsReader, code: str, node: Node) -> Expected | None:
    match = _EXPECT.fullmatch(node.text)
    if match is None or not node.text:
        mend = "Write 500, '1500 on 2015-09-14', 'held 1500', 'reduced to 1000' or 'refused'."
        reader.error(node, f"{node.text!r} is not something to expect.", mend)
        return None
    amount = Decimal(match[2]) if match[2] else None
    try:
        on = dt.date.fromisoformat(match[3]) if match[3] else None
    except ValueError:
        reader.error(node, f"{match[3]!r} is not a date.", "Write dates as 2015-01-31 (year-month-day).")
        return None
    return Expected(code, match[1] or "", amount, on, node.text)


# Comparing ----------------------------------------------------------------------------------


def _failures(example: Example, result: Result) -> list[str]:
    failures = []
    by_outcome: dict[str, list[Line]] = defaultdict(list)
    for line in result.lines:
        by_outcome[line.outcome].append(line)
    wanted: dict[str, list[Expected]] = defaultdict(list)
    for expected in example.expect:
        wanted[expected.outcome].append(expected)
    for code, expectations in wanted.items():
        lines = by_outcome.get(code, [])
        fits = _fits_all(expectations[0], lines) if len(expectations) == 1 else _fit_each(expectations, lines)
        if not fits:
            text = ", ".join(e.text for e in expectations)
            failures.append(f"{code}: expected {text}; got {_say(lines, result.currency)}")
    totals = result.totals()
    if "payable" not in dict(example.totals):
        failures += [
            f"{code}: nothing was expected; got {_say(lines, result.currency)}"
            for code, lines in by_outcome.items()
            if code not in wanted and any(line.minor for line in lines)
        ]
    for name, amount in example.totals:
        if totals[name] != amount:
            failures.append(
                f"{name} in all: expected {_money(amount, result)}; got {_money(totals[name], result)}"
            )
    paid = {row["payer"]: row["amount"] for row in result.by_payer()}
    for name, amount in example.payers:
        if paid.get(name, Decimal(0)) != amount:
            got = _money(paid.get(name, Decimal(0)), result)
            failures.append(f"{name} pays: expected {_money(amount, result)}; got {got}")
    return failures


def _money(amount: Decimal, result: Result) -> str:
    return format_money(amount, result.currency)


def _fits_all(expected: Expected, lines: list[Line]) -> bool:
    """Whether one expectation fits a line, or all the outcome's lines taken together."""
    if not lines:
        return expected.amount == 0 and not expected.status
    if expected.on is not None:
        return any(_fits(expected, line) for line in lines)
    if expected.status == "refused":
        return any(line.status == "refused" for line in lines) and all(not line.minor for line in lines)
    if expected.status == "held":
        held = sum((line.held for line in lines), Decimal(0))
        waits = any(line.status == "held" for line in lines)
        return (
            waits
            and (expected.amount is None or held == expected.amount)
            and not any(line.minor for line in lines)
        )
    if expected.status == "reduced" and not any(line.status == "reduced" for line in lines):
        return False
    return expected.amount is None or sum((line.amount for line in lines), Decimal(0)) == expected.amount


def _fit_each(expectations: list[Expected], lines: list[Line]) -> bool:
    if len(expectations) != len(lines):
        return False
    return all(_fits(expected, line) for expected, line in zip(expectations, lines, strict=True))


def _fits(expected: Expected, line: Line) -> bool:
    if expected.on is not None and line.achieved_on != expected.on:
        return False
    if expected.status and line.status != expected.status:
        return False
    if not expected.status and line.status in ("held", "refused"):
        return False
    value = {"held": line.held, "refused": line.refused}.get(expected.status, line.amount)
    return expected.amount is None or value == expected.amount


def _say(lines: list[Line], currency: str) -> str:
    if not lines:
        return "no line"
    shown = []
    for line in lines:
        amount = {"held": line.held, "refused": line.refused}.get(line.status, line.amount)
        word = "" if line.status == "payable" else f"{line.status} "
        shown.append(
            f"{word}{format_money(amount, currency)} on {line.achieved_on.isoformat()} ({line.reason})"
        )
    return "; ".join(shown)
