"""What is well written but worth a second look: warnings, never refusals."""

from __future__ import annotations

from collections.abc import Iterator

from openoutcomes.contracts.reading import Document
from openoutcomes.contracts.terms import CohortOutcome, Outcome, Terms
from openoutcomes.standard.instruments import INSTRUMENTS
from openoutcomes.standard.outcomes import load_map
from openoutcomes.standard.problems import Problem
from openoutcomes.standard.yamlnodes import flat, suggestion

_Row = tuple[int | None, str, str]


def advice(document: Document, terms: Terms) -> list[Problem]:
    """Return warnings about terms that have been read: odd codes, unused numbers, missing sources."""
    return [
        Problem(what=what, mend=mend, file=document.file, line=line, severity="warning", code="advice")
        for line, what, mend in (
            *_codes(terms),
            *_instruments(terms),
            *_parameters(document, terms),
            *_sources(document, terms),
        )
    ]


def _rules(terms: Terms) -> list[Outcome | CohortOutcome]:
    version = terms.versions[-1]
    return [*version.outcomes.values(), *version.cohort_outcomes.values()]


def _codes(terms: Terms) -> Iterator[_Row]:
    known = load_map()
    for rule in _rules(terms):
        for code in rule.counts_as:
            # A place's own outcomes carry its prefix, as in leeds:something.
            if code not in known and ":" not in code:
                mend = suggestion(code, known) or "See: openoutcomes outcomes list."
                yield rule.line, f"{rule.code}: {code!r} is not on the outcomes map.", mend


def _instruments(terms: Terms) -> Iterator[_Row]:
    for outcome in terms.versions[-1].outcomes.values():
        for measured in outcome.measured:
            name = measured.instrument
            base = name.partition("/")[0]
            if base not in INSTRUMENTS:
                what = f"{outcome.code}: {name!r} is not an instrument of the library."
                yield outcome.line, what, suggestion(name, INSTRUMENTS)
            else:
                # Even the safest instruments are safe on a group's mean only, never on one person's score.
                what = f"{outcome.code}: paying on one person's {name} score invites answers that please."
                mend = "Pay on something else, or judge a group's mean, collected independently (cohort outcomes)."
                yield outcome.line, what, mend


def _parameters(document: Document, terms: Terms) -> Iterator[_Row]:
    used = " ".join(
        f"{path} {value}"
        for path, value in flat(document.node).items()
        if not path.startswith(("parameters", "examples"))
    )
    for name in terms.parameters:
        if f"parameter {name}" not in used:
            line = document.node.mapping["parameters"].mapping[name].line
            yield line, f"the parameter {name!r} is declared and never used.", "Use it, or remove it."


def _sources(document: Document, terms: Terms) -> Iterator[_Row]:
    if not terms.source:
        yield None, "no source is given.", "Add source: {where: …, verified: […], assumed: […]}."
    examples = document.node.mapping.get("examples")
    if examples is None:
        yield None, "there are no examples.", "Add some, so that others can check the terms by hand."
        return
    text = " ".join(f"{path} {value}" for path, value in flat(examples).items())
    for rule in _rules(terms):
        if rule.code not in text:
            yield rule.line, f"no example shows {rule.code!r}.", "Add one."
