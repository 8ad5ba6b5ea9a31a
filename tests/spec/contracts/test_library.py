"""The contracts that come with the package: each passes its examples, exercises its terms and owns up.

A contract here is a promise to whoever copies it: it prices what its examples say, every outcome is
shown at work, and what nobody has read in a source is said to be assumed.
"""

import datetime as dt

import pytest

from openoutcomes.contracts.advice import advice
from openoutcomes.contracts.catalogue import library_names, library_path
from openoutcomes.contracts.examples import run_examples
from openoutcomes.contracts.explaining import explain
from openoutcomes.contracts.reading import load_terms, open_terms, read_terms
from openoutcomes.contracts.terms import Terms
from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.outcomes import load_map
from openoutcomes.standard.yamlnodes import Node

NAMES = library_names()

#: What the library must hold at least.
WANTED = {
    "fair-chance-fund",
    "innovation-fund-round-1",
    "innovation-fund-round-2",
    "troubled-families",
    "work-programme",
    "peterborough",
    "essex-mst",
    "ways-to-wellness",
    "step-down",
    "life-chances-two-payers",
    "jersey-bus",
    "own-view",
    "grant-plus-outcomes",
    "gaps-moves-and-shared-credit",
}
DISCREDITED = {"troubled-families", "work-programme"}

every_contract = pytest.mark.parametrize("name", NAMES)


def terms_of(name: str) -> Terms:
    return load_terms(library_path(name), assume=True)


def paid_for(terms: Terms) -> set[str]:
    """Every outcome, cohort outcome, fixed payment and surplus share of any version."""
    return {
        code
        for version in terms.versions
        for section in (version.outcomes, version.cohort_outcomes, version.fixed, version.surplus)
        for code in section
    }


def test_the_library_holds_the_contracts_promised() -> None:
    assert set(NAMES) >= WANTED


@every_contract
def test_every_example_passes(name: str) -> None:
    outcomes = run_examples(open_terms(library_path(name)))
    assert outcomes
    assert [(o.example.says, o.failures) for o in outcomes if not o.passed] == []


@every_contract
def test_every_line_of_the_rate_card_pays_in_an_example(name: str) -> None:
    outcomes = run_examples(open_terms(library_path(name)))
    paid = {
        line.outcome for o in outcomes if o.result is not None for line in o.result.lines if line.gross_minor
    }
    assert paid_for(terms_of(name)) - paid == set()


@every_contract
def test_some_example_shows_what_is_not_paid(name: str) -> None:
    outcomes = run_examples(open_terms(library_path(name)))
    statuses = {line.status for o in outcomes if o.result is not None for line in o.result.lines}
    assert statuses & {"held", "refused", "reduced"}


@every_contract
def test_every_line_of_every_example_adds_up_and_has_a_story(name: str) -> None:
    document = open_terms(library_path(name))
    for outcome in run_examples(document):
        example, result = outcome.example, outcome.result
        assert result is not None
        for line in result:
            assert line.gross == line.amount + line.reduced + line.held + line.refused
            assert sum(paid for _, paid, _ in line.payers_minor) == line.minor
            assert line.reason
        terms = read_terms(document, example.parameters, assume=True)
        records = Dataset.from_rows(example.tables)
        _, stories = explain(terms, records, example.as_of, [line.line_id for line in result])
        assert [story.line.line_id for story in stories] == [line.line_id for line in result]
        assert all(story.line.reason in story.as_text() for story in stories)


@every_contract
def test_it_says_where_it_comes_from_what_was_read_and_what_was_not(name: str) -> None:
    source = terms_of(name).source
    assert source["where"]
    assert isinstance(source["verified"], list)
    assert source["assumed"]
    assert source["checked by"] == "unchecked"
    assert dt.date.fromisoformat(str(source["next review"])) >= dt.date(2027, 1, 1)


@every_contract
def test_a_number_that_no_source_gives_is_a_parameter_marked_assumed(name: str) -> None:
    for parameter in terms_of(name).parameters.values():
        if parameter.value is None:
            assert parameter.assumed, parameter.name
            assert parameter.example is not None, parameter.name
            assert not parameter.source, parameter.name


@every_contract
def test_nothing_in_it_needs_a_second_look(name: str) -> None:
    assert advice(open_terms(library_path(name)), terms_of(name)) == []


@every_contract
def test_every_parameter_is_used(name: str) -> None:
    document = open_terms(library_path(name))
    words: set[str] = set()
    stack = [node for key, node in document.node.mapping.items() if key != "parameters"]
    while stack:
        node: Node = stack.pop()
        words.add(node.text)
        stack += [*node.mapping.values(), *(node.items if node.is_list else [])]
    unused = {parameter for parameter in terms_of(name).parameters if f"parameter {parameter}" not in words}
    assert unused == set()


@every_contract
def test_outcomes_say_what_happens_and_count_as_outcomes_of_the_map(name: str) -> None:
    known = load_map()
    for version in terms_of(name).versions:
        for outcome in [*version.outcomes.values(), *version.cohort_outcomes.values()]:
            assert outcome.says, outcome.code
            assert outcome.counts_as, outcome.code
            assert [code for code in outcome.counts_as if code not in known] == [], outcome.code
        for payment in [*version.fixed.values(), *version.surplus.values()]:
            assert payment.says, payment.code


@every_contract
def test_a_discredited_tariff_is_not_offered_as_a_template(name: str) -> None:
    historic = terms_of(name).standing == "historic: not a template"
    assert historic == (name in DISCREDITED)


@every_contract
def test_it_can_be_read_aloud(name: str) -> None:
    text = library_path(name).read_text(encoding="utf-8")
    assert terms_of(name).about
    assert max(map(len, text.splitlines())) <= 110
    assert "\t" not in text
