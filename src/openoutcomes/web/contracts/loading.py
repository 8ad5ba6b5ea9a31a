"""Reading terms that somebody wants to load: what is wrong, which examples fail, and what would change.

Nothing is stored here. Between the pages the text travels in the form, signed, so that it is checked
again on every page and cannot be another one at the end.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core import signing

from openoutcomes.contracts.advice import advice
from openoutcomes.contracts.catalogue import library_names, library_path
from openoutcomes.contracts.comparing import Change, MoneyChange, money_changes, rule_changes
from openoutcomes.contracts.examples import Outcome, run_examples
from openoutcomes.contracts.pricing import price
from openoutcomes.contracts.reading import Document, parse_terms, read_terms
from openoutcomes.contracts.terms import Parameter, Terms
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.contracts.models import Contract, TermsFile
from openoutcomes.web.contracts.queries import dataset_of, read_file

#: The longest terms that are taken, in characters: ten times the longest of the library.
LONGEST = 200_000
_SALT = "openoutcomes.contracts.terms"


@dataclass(frozen=True)
class Draft:
    """Terms as they were given: text, and what to call the file in messages."""

    text: str
    file: str

    def sealed(self) -> str:
        """Return the terms for a hidden field."""
        return signing.dumps([self.file, self.text], salt=_SALT, compress=True)

    @classmethod
    def opened(cls, sealed: str) -> Draft:
        """Return the terms from a hidden field. Raises InputError when they are not as they were."""
        try:
            file, text = signing.loads(sealed, salt=_SALT)
        except (signing.BadSignature, ValueError):
            raise InputError(
                Problem("the terms did not arrive as they were sent.", "Begin again with the file.")
            ) from None
        return cls(text, file)

    @property
    def sha256(self) -> str:
        """The digest of the text, by which two files are compared."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def clean(text: str) -> str:
    """Return text with the line ends of a file."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def from_library(name: str) -> Draft:
    """Return terms of the package's library. Raises InputError for an unknown name."""
    return Draft(library_path(name).read_text(encoding="utf-8"), f"{name}.yaml")


@dataclass(frozen=True)
class Shelved:
    """A contract of the library, as the list to choose from shows it."""

    name: str
    title: str
    standing: str

    @property
    def is_template(self) -> bool:
        """Whether it was written to be used again."""
        return self.standing == "template"


@lru_cache(maxsize=1)
def library() -> tuple[Shelved, ...]:
    """Return the contracts of the package's library, those meant as templates first."""
    found = []
    for name in library_names():
        draft = from_library(name)
        terms = read_terms(parse_terms(draft.text, draft.file), assume=True)
        found.append(Shelved(name, terms.name, terms.standing))
    return tuple(sorted(found, key=lambda one: (not one.is_template, one.title)))


@dataclass(frozen=True)
class Checked:
    """Terms that can be read: as parsed and read, how their examples came out, and advice."""

    draft: Draft
    document: Document
    terms: Terms
    examples: Sequence[Outcome] = ()
    advice: Sequence[Problem] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def failing(self) -> list[Outcome]:
        """The examples that do not come out as the terms say."""
        return [one for one in self.examples if not one.passed]


def check(draft: Draft, parameters: Mapping[str, str] | None = None) -> Checked:
    """Read terms and run their examples. Raises InputError with every problem, by line.

    With ``parameters`` every one that has no value of its own must have one there.
    """
    if not draft.text.strip():
        raise InputError(Problem("there are no terms in it.", "Give a file of terms in YAML."))
    if len(draft.text) > LONGEST:
        what = f"the terms have more than {LONGEST:,} characters."
        raise InputError(Problem(what, "Check that it is a file of terms."))
    document = parse_terms(draft.text, draft.file)
    examples = run_examples(document)
    given = {name: value for name, value in (parameters or {}).items() if value}
    terms = read_terms(document, given, assume=parameters is None)
    problems = _for_the_store(terms)
    if problems:
        raise InputError(problems)
    return Checked(draft, document, terms, examples, advice(document, terms), given)


def _for_the_store(terms: Terms) -> list[Problem]:
    """Return what keeps terms from being stored, though a command line could price by them."""
    longest = {"contract": (terms.contract, 100), "name": (terms.name, 200)}
    return [
        Problem(f"the {key} is longer than {most} characters.", "Shorten it.", field=key)
        for key, (text, most) in longest.items()
        if len(text) > most
    ]


def open_parameters(terms: Terms) -> list[Parameter]:
    """Return the parameters of terms, in their order."""
    return list(terms.parameters.values())


@dataclass(frozen=True)
class Comparison:
    """What a new file of a contract's terms changes: in rules, and in money on the records held."""

    before: TermsFile
    rules: Sequence[Change]
    money: MoneyChange
    #: Values of parameters that differ: name, was, now.
    parameters: Sequence[tuple[str, str, str]]

    @property
    def moved(self) -> list[tuple[str, Any, Any]]:
        """The totals that differ: what, was, now."""
        return [row for row in self.money.totals if row[1] != row[2]]


def compare(contract: Contract, before: TermsFile, checked: Checked, as_of: dt.date) -> Comparison:
    """Price everything held under a contract by the terms in force and by new ones."""
    was_document, was_terms = read_file(before)
    data = dataset_of(contract)
    money = money_changes(
        price(was_terms, data, as_of, contract=contract.contract_id),
        price(checked.terms, data, as_of, contract=contract.contract_id),
    )
    names = sorted({*before.parameters, *checked.parameters})
    values = [(name, before.parameters.get(name, ""), checked.parameters.get(name, "")) for name in names]
    return Comparison(
        before,
        rule_changes(was_document, checked.document),
        money,
        [row for row in values if row[1] != row[2]],
    )
