"""The reference pages of the contract language and of the library, written from the code itself.

``make derived`` writes them again; a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from openoutcomes.contracts.calendar import HOLIDAY_PLACES, PERIOD_KINDS
from openoutcomes.contracts.catalogue import library_names, library_path
from openoutcomes.contracts.keys import KEYS, Key
from openoutcomes.contracts.reading import load_terms
from openoutcomes.contracts.tables import DIMENSIONS, dimensions_of
from openoutcomes.contracts.terms import DATE_BASES, Terms

_MADE = "<!-- Written by `make derived` from the code: change that, not this page. -->\n"

#: Where each group of keys is written, in the order of the page.
SECTIONS: dict[str, tuple[str, str]] = {
    "contract": ("The file", "The keys at the left margin of a file of terms."),
    "runs": (
        "runs",
        "Under `runs`, the dates of the contract. `runs: 2015-01-01 to 2017-12-31` will do too.",
    ),
    "parties": ("parties", "Under `parties`."),
    "parameter": ("parameters", "Under `parameters`, below the name of each parameter."),
    "calendar": ("calendar", "Under `calendar`."),
    "dates": ("dates", f"Under `dates`. Each is one of: {', '.join(DATE_BASES)}."),
    "condition": (
        "who",
        "Under `who`, of the contract or of one outcome: one condition to a line; every line must hold, by any of its codes.",
    ),
    "need": ("who: need", "Below `need`."),
    "first reading": ("who: first reading", "Below `first reading`."),
    "area figure": ("who: area figure", "Below `area figure`."),
    "outcome": ("outcomes", "Under `outcomes`, below the code of each outcome."),
    "follows": (
        "follows",
        "Below `follows`, once or as a list of which all must be met. A bare code means that the outcome came first.",
    ),
    "measured by": ("measured by", "Below `measured by`, once or as a list of which all must be met."),
    "person says": ("person says", "Below `person says`."),
    "void if": ("void if", "Below `void if`. A bare code means: whenever it happens afterwards."),
    "quantity": ("quantity", "Below `quantity`. A bare word is the unit."),
    "price rises with": ("price rises with", "Below `price rises with`."),
    "either or": ("either or", "Under `either or`, below a name for each."),
    "cohort outcome": ("cohort outcomes", "Under `cohort outcomes`, below the code of each."),
    "compared": ("compared", "Below `compared`."),
    "sliding": ("sliding", "Below `sliding`."),
    "each": ("each", "Below `each`."),
    "if none pays": ("if none pays", "Below `if none pays`: steps, sliding or each."),
    "cohort only if": (
        "cohort outcomes: only if",
        "Below `only if` of a cohort outcome, or of its `if none pays`.",
    ),
    "fixed payment": ("fixed payments", "Under `fixed payments`, below the code of each."),
    "only if": ("fixed payments: only if", "Below `only if` of a fixed payment."),
    "surplus share": ("surplus shares", "Under `surplus shares`, below the code of each."),
    "caps": ("caps", "Under `caps`. An amount may be a by-table."),
    "amendment": ("amendments", "Under `amendments`, each an item of the list."),
    "source": ("source", "Under `source`. Other keys may be added."),
    "example": ("examples", "Under `examples`, each an item of the list."),
    "given": ("given", "Under `given`, the records of an example."),
}

_PHRASES = (
    ("length of time", "`13 weeks`, `3 months`, `1 year`, `28 days`, `15 working days`"),
    ("range", "`18 to 24`, `at least 5`, `5 or more`, `at most 2`, `2 or fewer`, `under 3`, `over 1`, `7`"),
    ("span of dates", "`2015-01-01 to 2015-12-31`, `from 2015-01-01`, `until 2015-12-31`, `2015-06-01`"),
    ("share", "`2/3`, `25%`, `0.25`: from 0 to 1"),
    ("amount", "`1500` or `1500.00`, without a comma"),
    ("kinds", "`a`, `a or b`, `a and b`, or a list of which each line must be met"),
    ("parameter", "`parameter NAME` in place of any value"),
    (
        "by-table",
        "`{by DIMENSION: {ROW: value, ROW: value, otherwise: value}}`; a value may be a by-table again",
    ),
)


def pages() -> dict[str, str]:
    """Return the generated pages by their path in the checkout."""
    return {
        "docs/reference/contract-language.md": language_page(),
        "docs/contracts/library.md": library_page(),
    }


def language_page() -> str:
    """Return the reference of every key, phrase and dimension of the contract language."""
    rows = [
        _MADE,
        "# Contract language",
        "",
        "Terms are one YAML file. A key that is not on this page is refused, with its line and a suggestion.",
        "How each rule behaves is told in [rules](../contracts/rules.md); how to begin, in",
        "[write your own](../contracts/write-your-own.md).",
        "",
        "## Phrases",
        "",
        "Numbers are exact, never approximate. Dates are written year first.",
        "",
        "| kind of value | written |",
        "| --- | --- |",
        *(f"| {name} | {shown} |" for name, shown in _PHRASES),
        "",
    ]
    for section, (title, where) in SECTIONS.items():
        rows += [f"## {title}", "", where, "", *_key_rows(KEYS[section]), ""]
    rows += _lists()
    return "\n".join(rows)


def _key_rows(keys: Mapping[str, Key]) -> list[str]:
    head = ["| key | means | for example |", "| --- | --- | --- |"]
    return head + [
        f"| `{name}` | {_cell(key.means)} | `{_cell(key.example)}` |" for name, key in keys.items()
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _lists() -> list[str]:
    kinds = {"words": "codes: `a` or `a or b`", "number": "numbers or ranges", "date": "spans of dates"}
    return [
        "## Dimensions of by-tables",
        "",
        "| dimension | looks at | rows are |",
        "| --- | --- | --- |",
        *(f"| `by {name}` | {looks_at} | {kinds[kind]} |" for name, (kind, looks_at) in DIMENSIONS.items()),
        "",
        "The date that `by date` and `by contract year` look at is the day achieved, unless `price by` says otherwise.",
        "A line that is not about a person (a total, a cohort's result, a fixed payment) knows its date, contract year,",
        "cohort, provider and payment group only.",
        "",
        "## Periods",
        "",
        f"{', '.join(PERIOD_KINDS)}. Quarters are those of the calendar year; contract years begin on the first day of",
        "`runs`; the financial year begins on 1 April unless the calendar says otherwise.",
        "",
        "## Places whose public holidays are known",
        "",
        f"{', '.join(HOLIDAY_PLACES)}; or `none`; or a list of dates.",
        "",
    ]


def library_page() -> str:
    """Return the page of the library: what each contract shows, and what of it is verified or assumed."""
    found = [(name, load_terms(library_path(name), assume=True)) for name in library_names()]
    rows = [
        _MADE,
        "# The library",
        "",
        "Contracts that come with the package, each with examples that can be checked by hand. Give a name in",
        "place of a file: `openoutcomes contract show peterborough`. One that is `historic: not a template` is",
        "kept for its rules; do not copy its tariff. *Assumed* means that no source was read for it: a number",
        "that is assumed is a parameter, and has to be given before the contract prices anything.",
        "",
        "| name | contract | standing | shows |",
        "| --- | --- | --- | --- |",
    ]
    rows += [f"| [{name}](#{name}) | {t.name} | {t.standing} | {', '.join(shows(t))} |" for name, t in found]
    for name, terms in found:
        rows += ["", f"## {name}", "", terms.about, "", *_sources(terms)]
    return "\n".join([*rows, ""])


def _sources(terms: Terms) -> list[str]:
    source = terms.source
    rows = [
        f"Source: {source.get('where', 'not stated')}. Checked by: {source.get('checked by', 'unchecked')}."
    ]
    for word in ("verified", "assumed"):
        items = source.get(word)
        if isinstance(items, list) and items:
            rows += ["", f"{word.capitalize()}:", "", *(f"- {item}" for item in items)]
    if source.get("note"):
        rows += ["", str(source["note"])]
    return rows


def shows(terms: Terms) -> list[str]:
    """Return which parts of the language some version of the terms uses, in a few words each."""
    outcomes = [o for v in terms.versions for o in v.outcomes.values()]
    cohorts = [c for v in terms.versions for c in v.cohort_outcomes.values()]
    follows = [f for o in outcomes for f in o.follows]
    caps = {cap.scope for v in terms.versions for cap in v.caps if cap.period is None and cap.days is None}
    dimensions = {name for o in outcomes for name in dimensions_of(o.pays)}
    used = {
        "fee for each start": any(o.for_each == "enrolment" for o in outcomes),
        "milestones in order": any(f.outcomes for f in follows),
        "clock that restarts": any(f.lost_on for f in follows),
        "short gaps": any(f.gap for f in follows),
        "planned moves": any(f.moves for f in follows),
        "alternating evidence": any(o.alternates for o in outcomes),
        "instruments": any(o.measured for o in outcomes),
        "the person's own word": any(o.person_says for o in outcomes),
        "undone by events": any(o.void_if for o in outcomes),
        "windows for claims": any(o.claim_within or o.claim_after for o in outcomes),
        "repeated payments": any(slots.most > 1 for o in outcomes for slots in o.slots),
        "taper": any(o.taper is not None for o in outcomes),
        "deadweight": any(o.deadweight is not None for o in outcomes),
        "either-or": any(v.either_or for v in terms.versions),
        "cohort results": bool(cohorts),
        "pooled fallback": any(c.fallback for c in cohorts),
        "sliding scale": any(c.pays.amount is not None for c in cohorts),
        "price for each unit avoided": any(c.pays.each is not None for c in cohorts),
        "fixed payments": any(v.fixed for v in terms.versions),
        "share of a surplus": any(v.surplus for v in terms.versions),
        "shared credit": any(o.shared_with for o in outcomes),
        "payers' own rates": any(v.payer_names and not v.payers for v in terms.versions),
        "shared payers": any(len(v.payers) > 1 for v in terms.versions),
        "amendment": len(terms.versions) > 1,
    }
    found = [name for name, is_used in used.items() if is_used]
    found += [f"prices by {dimension}" for dimension in sorted(dimensions)]
    return found + [
        f"cap per {scope}" if scope != "contract" else "cap of the contract" for scope in sorted(caps)
    ]


def write_pages(root: Path) -> list[str]:
    """Write the pages under the checkout at ``root``; return the paths of those that changed."""
    changed = []
    for name, text in pages().items():
        path = root / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(name)
    return changed
