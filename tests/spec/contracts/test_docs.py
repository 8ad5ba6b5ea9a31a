"""Every piece of terms on the pages about contracts is read, and its examples run.

A YAML block that begins with ``contract:`` is a whole file. Any other is a piece: the first lines
that it leaves out (contract, currency, runs, parties) are those of ``FIRST_LINES``.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from openoutcomes.contracts.examples import run_examples
from openoutcomes.contracts.keys import KEYS
from openoutcomes.contracts.reading import parse_terms, read_terms

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted((DOCS / "contracts").glob("*.md"))

FIRST_LINES = {
    "contract": "contract: example",
    "currency": "currency: GBP",
    "runs": "runs: {from: 2015-01-01, to: 2017-12-31}",
    "parties": "parties: {payers: [council]}",
}
PAYING = ("outcomes", "cohort outcomes", "fixed payments", "surplus shares")

_BLOCK = re.compile(r"^```yaml[^\n]*\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A block of YAML and where it stands."""

    name: str
    text: str

    @property
    def whole(self) -> str:
        """The block as a file, with the lines that it leaves out."""
        if self.text.startswith("contract:"):
            return self.text
        given = set(re.findall(r"^(\w[^:\n]*):", self.text, re.MULTILINE))
        lines = [line for key, line in FIRST_LINES.items() if key not in given]
        if not given & set(PAYING):
            lines.append("outcomes: {home: {pays: 500, once per: person}}")
        return "\n".join([*lines, self.text])


def pieces() -> list[Piece]:
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in _BLOCK.finditer(text):
            line = text.count("\n", 0, block.start()) + 1
            found.append(Piece(f"{page.name}:{line}", block["body"]))
    return found


@pytest.mark.parametrize("piece", pieces(), ids=lambda piece: piece.name)
def test_terms_on_a_page_are_sound_and_their_examples_pass(piece: Piece) -> None:
    document = parse_terms(piece.whole, piece.name)
    read_terms(document, assume=True)
    outcomes = run_examples(document)
    assert [(o.example.says, o.failures) for o in outcomes if not o.passed] == []


def test_every_rule_of_an_outcome_is_shown_with_an_example() -> None:
    page = (DOCS / "contracts" / "rules.md").read_text(encoding="utf-8")
    shown = "\n".join(block["body"] for block in _BLOCK.finditer(page))
    sections = ("outcome", "follows", "measured by", "person says", "void if", "caps", "cohort outcome",
                "compared", "fixed payment", "surplus share", "amendment", "condition")  # fmt: skip
    missing = [
        f"{section}: {key}"
        for section in sections
        for key in KEYS[section]
        if not re.search(rf"(?<![\w-]){re.escape(key)}:", shown)
    ]
    assert missing == []


def test_pages_with_terms_have_examples() -> None:
    assert sum("examples:" in piece.text for piece in pieces()) >= 25
