"""From a YAML file to the terms of a contract, with every mistake named by file and line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

from openoutcomes.contracts import words
from openoutcomes.contracts.calendar import HOLIDAY_PLACES, PERIOD_KINDS, WEEKDAYS, Calendar
from openoutcomes.contracts.keys import KEYS
from openoutcomes.contracts.reading_groups import (
    read_caps,
    read_cohort_outcome,
    read_day_or_none,
    read_fixed_payment,
    read_surplus_share,
)
from openoutcomes.contracts.reading_outcomes import (
    read_either_or,
    read_outcome,
    read_verification,
    read_who,
)
from openoutcomes.contracts.reading_values import (
    TermsReader,
    overlaps,
    read_days,
    read_payer_shares,
    read_shares,
)
from openoutcomes.contracts.tables import leaves_of
from openoutcomes.contracts.terms import DATE_BASES, FixedPayment, Outcome, Parameter, Price, Terms, Version
from openoutcomes.contracts.words import Days
from openoutcomes.standard.problems import InputError
from openoutcomes.standard.yamlnodes import Node, Reader, load_yaml, merged, parse_yaml, plain, suggestion

STANDINGS = ("contract", "template", "historic: not a template")
_PARAMETER = re.compile(r"\bparameter ([\w-]+)")
_ASIDE = ("parameters", "examples", "about", "source", "name")
_NEEDED = ("contract", "currency", "runs", "parties")
_WORDS = ("contract", "name", "standing", "about", "currency")
_NAMED = (
    "parameters", "either or", "cohort outcomes", "fixed payments", "surplus shares",
    "when a payer's cap is reached",
)  # fmt: skip
#: How many outcomes may follow one another: more than any contract has, few enough to walk through.
_LONGEST_CHAIN = 200
_RULES = (
    "outcomes",
    "cohort outcomes",
    "fixed payments",
    "surplus shares",
)


@dataclass(frozen=True, slots=True)
class Document:
    """A file of terms as parsed, before any parameter has a value."""

    node: Node
    file: str


def open_terms(path: Path | str) -> Document:
    """Parse a file of terms. Raises InputError when it is not strict YAML."""
    return Document(load_yaml(path), str(path))


def parse_terms(text: str, file: str = "terms.yaml") -> Document:
    """Parse terms from text, as if from ``file``."""
    return Document(parse_yaml(text, file), file)


def read_terms(
    document: Document, parameters: Mapping[str, str] | None = None, *, assume: bool = False
) -> Terms:
    """Read the terms, giving parameters their values.

    ``parameters`` are values by name; those left out take the value the terms state. With
    ``assume`` the example value stands in for one that is not given; without it a missing
    value is an error. Raises InputError with every mistake found.
    """
    reader = TermsReader()
    keys = reader.section(document.node, "contract", required=_NEEDED)
    _check_characters(reader, document.node)
    declared = _read_parameters(reader, keys.get("parameters"))
    values, missing = _bind(reader, document.node, declared, dict(parameters or {}), assume=assume)
    bound = _substitute(reader, document.node, values, declared)
    histories = _histories(reader, bound)
    # Amendments are laid over the same text, so one mistake may be met once a version.
    if reader.problems:
        raise InputError(list(dict.fromkeys(reader.problems)))
    parties = keys["parties"].mapping
    return Terms(
        contract=keys["contract"].text,
        name=keys["name"].text if "name" in keys else keys["contract"].text,
        currency=reader.currency,
        versions=histories[-1][1],
        parameters=declared,
        standing=keys["standing"].text if "standing" in keys else "contract",
        about=keys["about"].text if "about" in keys else "",
        commissioner=parties["commissioner"].text if "commissioner" in parties else "",
        investors=tuple(item.text for item in parties["investors"].items) if "investors" in parties else (),
        verifier=parties["verifier"].text if "verifier" in parties else "",
        source=_source(keys.get("source")),
        file=document.file,
        missing_parameters=missing,
        histories=histories,
    )


def load_terms(
    path: Path | str, parameters: Mapping[str, str] | None = None, *, assume: bool = False
) -> Terms:
    """Open and read a file of terms; see :func:`read_terms`."""
    return read_terms(open_terms(path), parameters, assume=assume)


def _check_characters(reader: TermsReader, node: Node) -> None:
    """Report control characters, which could rewrite the screen of whoever reads the terms."""
    for text in (node.value if isinstance(node.value, str) else "", *node.path[-1:]):
        if any((ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 for c in text):
            reader.error(node, f"{text!r} holds a control character.", "Remove it.")
    below = node.value.values() if isinstance(node.value, dict) else node.value
    for child in below if below is not None and not isinstance(below, str) else ():
        _check_characters(reader, child)


def _source(node: Node | None) -> dict[str, object]:
    value = plain(node) if node is not None else {}
    return value if isinstance(value, dict) else {"where": value}


def _read_parameters(reader: TermsReader, node: Node | None) -> dict[str, Parameter]:
    declared = {}
    for name, child in node.mapping.items() if node is not None else ():
        keys = reader.section(child, "parameter", required=("means",))
        declared[name] = Parameter(
            name=name,
            means=keys["means"].text if "means" in keys else "",
            unit=keys["unit"].text if "unit" in keys else "",
            value=keys["value"].text if "value" in keys else None,
            example=keys["example"].text if "example" in keys else None,
            assumed=reader.yes(keys["assumed"]) if "assumed" in keys else False,
            source=keys["source"].text if "source" in keys else "",
        )
    return declared


def _bind(
    reader: TermsReader, node: Node, declared: dict[str, Parameter], given: dict[str, str], *, assume: bool
) -> tuple[dict[str, str], tuple[str, ...]]:
    for name in given:
        if name not in declared:
            mend = suggestion(name, declared) or "This contract has no parameters."
            reader.error(node, f"{name!r} is not a parameter of this contract.", mend, "unknown-parameter")
    values: dict[str, str] = {}
    missing = []
    for name, parameter in declared.items():
        value = given.get(name, parameter.value)
        if value is None:
            missing.append(name)
            value = parameter.example if assume else None
            if value is None:
                unit = f" ({parameter.unit})" if parameter.unit else ""
                what = f"the parameter {name!r} has no value: {parameter.means}{unit}."
                reader.error(
                    node.mapping["parameters"].mapping[name],
                    what,
                    f"Give one with --set {name}=VALUE.",
                    "parameter",
                )
                value = "1"
        values[name] = value
    return values, tuple(missing)


def _substitute(
    reader: TermsReader, node: Node, values: Mapping[str, str], declared: Mapping[str, Parameter]
) -> Node:
    """Return the tree with every ``parameter NAME`` replaced by its value, in values and in keys.

    A whole value, or part of a phrase such as ``at least parameter target``. Prose (``says``) and
    what is set aside are left as they are.
    """

    def replaced(text: str, at: Node) -> str:
        def value(match: re.Match[str]) -> str:
            if match[1] not in declared:
                mend = suggestion(match[1], declared) or "Declare it under parameters."
                reader.error(at, f"{match[1]!r} is not a parameter of this contract.", mend)
            return values.get(match[1], "1")

        return _PARAMETER.sub(value, text)

    if isinstance(node.value, str):
        return node if node.path[-1:] == ("says",) else replace(node, value=replaced(node.value, node))
    if isinstance(node.value, list):
        return replace(node, value=[_substitute(reader, child, values, declared) for child in node.value])
    if isinstance(node.value, dict):
        aside = set(_ASIDE) if not node.path else set()
        pairs = {
            key if key in aside else replaced(key, child): child
            if key in aside
            else _substitute(reader, child, values, declared)
            for key, child in node.value.items()
        }
        return replace(node, value=pairs)
    return node


@dataclass(frozen=True, slots=True)
class _Amendment:
    number: int
    agreed: dt.date
    effective: dt.date
    says: str
    changes: Node


def _read_amendments(reader: TermsReader, node: Node | None) -> list[_Amendment]:
    found = []
    for number, item in enumerate(node.items if node is not None else [], start=1):
        keys = reader.section(item, "amendment", required=("agreed", "takes effect", "changes"))
        agreed, effective = (read_day_or_none(reader, keys, name) for name in ("agreed", "takes effect"))
        if "changes" not in keys or agreed is None or effective is None:
            continue
        changes = keys["changes"]
        for key in changes.mapping:
            if key not in KEYS["contract"]:
                mend = suggestion(key, KEYS["contract"])
                reader.error(changes.mapping[key], f"unknown key {key!r}.", mend, "unknown-key")
            if key in _NEEDED and changes.mapping[key].is_empty:
                reader.error(
                    changes.mapping[key], f"an amendment cannot remove {key!r}.", "Write its new value."
                )
            if key in (
                "contract",
                "currency",
                "amendments",
                "examples",
                "parameters",
                "source",
                "name",
                "about",
                "standing",
            ):
                reader.error(
                    changes.mapping[key], f"an amendment cannot change {key!r}.", "Write a new contract."
                )
        says = keys["says"].text if "says" in keys else f"amendment {number}"
        found.append(_Amendment(number, agreed, effective, says, changes))
    return sorted(found, key=lambda a: (a.effective, a.number))


def _histories(reader: TermsReader, root: Node) -> tuple[tuple[dt.date | None, tuple[Version, ...]], ...]:
    """Read every version, once for each state of knowledge: as first agreed, then amendment by amendment.

    A retrospective amendment changes what later versions are laid over, so each date on which
    something was agreed has its own chain.
    """
    amendments = _read_amendments(reader, root.mapping.get("amendments"))
    original = _read_version(reader, root, None)
    histories: list[tuple[dt.date | None, tuple[Version, ...]]] = [(None, (original,))]
    # Chains that begin alike share what they have read.
    read: dict[tuple[int, ...], tuple[Node, Version]] = {}
    for known in sorted({a.agreed for a in amendments}):
        node, versions = root, [original]
        chain: tuple[int, ...] = ()
        for amendment in amendments:
            if amendment.agreed <= known:
                chain += (amendment.number,)
                if chain not in read:
                    changed = merged(node, amendment.changes)
                    read[chain] = changed, _read_version(reader, changed, amendment)
                node, version = read[chain]
                versions.append(version)
        histories.append((known, tuple(versions)))
    return tuple(histories)


def _read_version(reader: TermsReader, root: Node, amendment: _Amendment | None) -> Version:
    keys = {key: node for key, node in root.mapping.items() if key in KEYS["contract"]}
    _check_kinds(reader, keys)
    if "currency" in keys:
        reader.currency = keys["currency"].text
        if not re.fullmatch(r"[A-Z]{3}", reader.currency):
            reader.error(
                keys["currency"], f"{reader.currency!r} is not a currency code.", "Write GBP, EUR, …"
            )
    if "standing" in keys:
        reader.choice(keys["standing"], STANDINGS)
    payers, names, providers = _read_parties(reader, keys.get("parties"))
    runs, outcomes_until, claims_until = _read_runs(reader, keys.get("runs"))
    calendar, report = _read_calendar(reader, keys.get("calendar"), runs.first or dt.date(1900, 1, 1))
    cohorts = _read_cohorts(reader, keys.get("cohorts"))
    _check_codes(reader, keys)
    reader.outcome_codes = tuple(keys["outcomes"].mapping) if "outcomes" in keys else ()
    outcomes = _read_outcomes(reader, keys, len(reader.outcome_codes))
    order = len(outcomes)
    groups = {}
    for section, read in (
        ("cohort outcomes", read_cohort_outcome),
        ("fixed payments", read_fixed_payment),
        ("surplus shares", read_surplus_share),
    ):
        entries = keys[section].mapping if section in keys else {}
        groups[section] = {
            code: read(reader, code, node, order + i) for i, (code, node) in enumerate(entries.items())
        }
        order += len(entries)
    if not order:
        reader.error(root, "the terms pay for nothing.", f"Add one of: {', '.join(_RULES)}.")
    dates = reader.section(keys["dates"], "dates") if "dates" in keys else {}
    version = Version(
        number=amendment.number if amendment else 0,
        agreed=amendment.agreed if amendment else None,
        effective=amendment.effective if amendment else None,
        says=amendment.says if amendment else "the original terms",
        payers=payers,
        payer_names=names,
        runs=runs,
        outcomes_until=outcomes_until,
        claims_until=claims_until,
        calendar=calendar,
        providers=providers,
        who=read_who(reader, keys["who"]) if "who" in keys else (),
        cohorts=cohorts,
        outcomes=outcomes,
        either_or=tuple(
            read_either_or(reader, name, node) for name, node in keys["either or"].mapping.items()
        )
        if "either or" in keys
        else (),
        cohort_outcomes=groups["cohort outcomes"],  # type: ignore[arg-type]
        fixed=groups["fixed payments"],  # type: ignore[arg-type]
        surplus=groups["surplus shares"],  # type: ignore[arg-type]
        caps=read_caps(reader, keys["caps"], _all_codes(keys), _cohort_names(cohorts))
        if "caps" in keys
        else (),
        excess_passes=_read_excess(reader, keys.get("when a payer's cap is reached")),
        terms_by=reader.choice(dates["terms by"], DATE_BASES) if "terms by" in dates else "achieved",  # type: ignore[arg-type]
        price_by=reader.choice(dates["price by"], DATE_BASES) if "price by" in dates else "achieved",  # type: ignore[arg-type]
        period_by=reader.choice(dates["period by"], DATE_BASES) if "period by" in dates else "achieved",  # type: ignore[arg-type]
        report_period=report,  # type: ignore[arg-type]
        verified=read_verification(reader, keys["verification"]) if "verification" in keys else True,
    )
    _check_whole(reader, keys, version)
    return version


def _check_kinds(reader: TermsReader, keys: Mapping[str, Node]) -> None:
    """Report a list where names with values belong, and the like, that would else be passed over."""
    for key in _WORDS:
        if key in keys:
            reader.text(keys[key])
    for key in _NAMED:
        if key in keys and not (keys[key].is_map or keys[key].is_empty):
            reader.error(
                keys[key],
                f"expected names with their values here, found {keys[key].text}.",
                "Write name: value.",
            )


def _read_outcomes(reader: TermsReader, keys: Mapping[str, Node], count: int) -> dict[str, Outcome]:
    if "outcomes" not in keys:
        return {}
    if not keys["outcomes"].is_map or not count:
        reader.error(keys["outcomes"], "outcomes are written one below the other, each with its keys.")
    deadweight = read_shares(reader, keys["deadweight"]) if "deadweight" in keys else None
    taper = read_shares(reader, keys["taper"]) if "taper" in keys else None
    outcomes = {}
    for order, (code, node) in enumerate(keys["outcomes"].mapping.items()):
        outcome = read_outcome(reader, code, node, order)
        # The contract's own haircuts hold for every outcome that does not set its own.
        outcomes[code] = replace(
            outcome,
            deadweight=outcome.deadweight if outcome.deadweight is not None else deadweight,
            taper=outcome.taper if outcome.taper is not None else taper,
        )
    return outcomes


def _check_codes(reader: TermsReader, keys: Mapping[str, Node]) -> None:
    seen: dict[str, str] = {}
    for section in _RULES:
        for code, node in keys[section].mapping.items() if section in keys else ():
            if code in seen:
                reader.error(
                    node, f"{code!r} is already named under {seen[code]!r}.", "Give each its own code."
                )
            if not re.fullmatch(r"[A-Za-z0-9][\w.:/-]*", code):
                reader.error(
                    node, f"{code!r} is not a code.", "Use letters, digits and hyphens, without spaces."
                )
            seen[code] = section


def _read_parties(
    reader: TermsReader, node: Node | None
) -> tuple[tuple[tuple[str, Fraction], ...], tuple[str, ...], tuple[str, ...]]:
    if node is None:
        return (), (), ()
    keys = reader.section(node, "parties", required=("payers",))
    payers: tuple[tuple[str, Fraction], ...] = ()
    names: tuple[str, ...] = ()
    if "payers" in keys:
        if keys["payers"].is_list:
            names = reader.texts(keys["payers"])
            if len(names) == 1:
                payers = ((names[0], Fraction(1)),)
        else:
            payers = read_payer_shares(reader, keys["payers"])
            names = tuple(name for name, _ in payers)
    if len(set(names)) != len(names):
        reader.error(keys["payers"], "a payer is named twice.")
    reader.payers = names
    providers = [text for key in ("provider", "providers") if key in keys for text in reader.texts(keys[key])]
    return payers, names, tuple(providers)


def _read_runs(reader: TermsReader, node: Node | None) -> tuple[Days, dt.date | None, dt.date | None]:
    if node is None:
        return Days(), None, None
    if node.is_scalar:
        span = read_days(reader, node)
        keys: dict[str, Node] = {}
    else:
        keys = reader.section(node, "runs", required=("from",))
        first, last = read_day_or_none(reader, keys, "from"), read_day_or_none(reader, keys, "to")
        span = Days(first, last)
        if first and last and first > last:
            reader.error(node, "the contract ends before it begins.", "Swap the dates.")
    return (
        span,
        read_day_or_none(reader, keys, "outcomes until"),
        read_day_or_none(reader, keys, "claims until"),
    )


def _read_calendar(reader: TermsReader, node: Node | None, starts: dt.date) -> tuple[Calendar, str]:
    if node is None:
        return Calendar(starts), "quarter"
    keys = reader.section(node, "calendar")
    place: str | None = "england-and-wales"
    dates: frozenset[dt.date] = frozenset()
    if "holidays" in keys:
        if keys["holidays"].is_list:
            place = None
            dates = frozenset(day for item in keys["holidays"].items if (day := reader.day(item)))
        else:
            place = reader.choice(keys["holidays"], (*HOLIDAY_PLACES, "none"))
            place = None if place == "none" else place
    weekend = frozenset({5, 6})
    if "weekend" in keys:
        weekend = frozenset(WEEKDAYS.index(reader.choice(item, WEEKDAYS)) for item in keys["weekend"].items)
        if len(weekend) == len(WEEKDAYS):
            reader.error(keys["weekend"], "no day is left to work on.", "Leave out a day.")
    month_day = (4, 1)
    if "financial year starts" in keys:
        text = keys["financial year starts"].text
        span = words.days(f"2001-{text}")
        if span is None or span.first is None:
            reader.error(keys["financial year starts"], f"{text!r} is not a month and day.", "Write 04-01.")
        else:
            month_day = (span.first.month, span.first.day)
    overflow: Literal["last day", "next month"] = "last day"
    if "months end" in keys and reader.choice(keys["months end"], ("last day", "next month")) == "next month":
        overflow = "next month"
    calendar = Calendar(
        runs_from=starts,
        overflow=overflow,
        counts_first_day=reader.yes(keys["first day counts"]) if "first day counts" in keys else False,
        weekend=weekend,
        holiday_place=place,
        holidays=dates,
        financial_year_starts=month_day,
    )
    return calendar, reader.choice(keys["report by"], PERIOD_KINDS) if "report by" in keys else "quarter"


def _read_cohorts(
    reader: TermsReader, node: Node | None
) -> tuple[tuple[str, Days], ...] | Literal["as recorded"]:
    if node is None:
        return "as recorded"
    if node.is_scalar:
        reader.choice(node, ("as recorded",))
        return "as recorded"
    if node.is_list:
        reader.error(
            node, "expected the name of each cohort with its dates, found a list.", "Write {first: …}."
        )
    cohorts: list[tuple[str, Days]] = []
    for name, child in node.mapping.items():
        span = read_days(reader, child)
        for other, days in cohorts:
            if overlaps(span, days):
                reader.error(
                    child, f"the cohort {name!r} overlaps {other!r}.", "A day must fall in one cohort."
                )
        cohorts.append((name, span))
    return tuple(cohorts)


def _all_codes(keys: Mapping[str, Node]) -> tuple[str, ...]:
    """Return the code of everything that pays."""
    return tuple(code for section in _RULES if section in keys for code in keys[section].mapping)


def _cohort_names(cohorts: tuple[tuple[str, Days], ...] | Literal["as recorded"]) -> tuple[str, ...]:
    return () if cohorts == "as recorded" else tuple(name for name, _ in cohorts)


def _read_excess(reader: TermsReader, node: Node | None) -> dict[str, str]:
    passes: dict[str, str] = {}
    for payer, child in node.mapping.items() if node is not None else ():
        to = reader.text(child)
        if payer not in reader.payers:
            reader.error(
                child, f"{payer!r} is not a payer of this contract.", suggestion(payer, reader.payers)
            )
        elif to != "lost":
            if to not in reader.payers or to == payer:
                reader.error(
                    child, f"{to!r} is neither 'lost' nor another payer.", suggestion(to, reader.payers)
                )
            passes[payer] = to
    return passes


def _check_whole(reader: TermsReader, keys: Mapping[str, Node], version: Version) -> None:
    """Report rules that are well written but cannot work together."""
    if not version.payer_names:
        return
    for section, rules in (
        ("outcomes", version.outcomes),
        ("cohort outcomes", version.cohort_outcomes),
        ("fixed payments", version.fixed),
        ("surplus shares", version.surplus),
    ):
        for code, rule in rules.items():
            node = keys[section].mapping[code]
            for payer, _ in rule.payers:
                if payer not in version.payer_names:
                    reader.error(
                        node,
                        f"{payer!r} is not a payer of this contract.",
                        suggestion(payer, version.payer_names),
                    )
            if isinstance(rule, FixedPayment) and rule.every:
                span = rule.span or Days()
                for key, end, found in (
                    ("to", "last", span.last or version.runs.last),
                    ("from", "first", span.first or version.runs.first),
                ):
                    if found is None:
                        mend = f"Give it {key!r}, or the contract a {end} day."
                        reader.error(node, f"{code!r} is paid every {rule.every} with no {end} day.", mend)
            if not (version.payers or rule.payers) and not all(price.rates for price in _prices(rule)):
                mend = "Give shares under parties or here, or each payer's own amount under pays."
                reader.error(node, f"the terms do not say how the payers share {code!r}.", mend)
    _check_circles(reader, keys, version)


def _prices(rule: object) -> list[Price]:
    found: list[Price] = []
    pays = getattr(rule, "pays", None)
    if pays is None:
        return [Price(Decimal(0))]
    if hasattr(pays, "steps"):
        for part in (pays, getattr(rule, "fallback", None)):
            if part is not None:
                values = [price for _, price in part.steps] + [
                    p for p in (part.amount, part.each) if p is not None
                ]
                found.extend(price for value in values for _, price in leaves_of(value))
        return found
    return [price for _, price in leaves_of(pays)]


def _check_circles(reader: Reader, keys: Mapping[str, Node], version: Version) -> None:
    depth: dict[str, int] = {}
    too_long: list[str] = []

    def visit(code: str, trail: tuple[str, ...]) -> int:
        if trail[-1:] == (code,):
            return 0  # following itself is reported where it is read
        if code in trail:
            circle = " → ".join((*trail[trail.index(code) :], code))
            reader.error(
                keys["outcomes"].mapping[code], f"these outcomes follow each other in a circle: {circle}."
            )
            return 0
        if len(trail) > _LONGEST_CHAIN:
            if not too_long:
                what = f"more than {_LONGEST_CHAIN} outcomes follow one another here."
                reader.error(keys["outcomes"].mapping[code], what, "Is something following by mistake?")
            too_long.append(code)
            return 0
        if code not in depth:
            outcome = version.outcomes[code]
            named = [name for f in outcome.follows for name in f.outcomes] + [w.of for w in outcome.within]
            before = [name for name in named if name in version.outcomes]
            depth[code] = 1 + max((visit(name, (*trail, code)) for name in before), default=-1)
        return depth[code]

    for code in version.outcomes:
        visit(code, ())
