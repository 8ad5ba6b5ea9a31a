"""Terms in words: sentences about terms name outcomes and evidence by code; pages say them as people do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any

from openoutcomes.contracts.terms import Terms
from openoutcomes.web.contracts.models import TermsFile
from openoutcomes.web.contracts.queries import read_file
from openoutcomes.web.core.templatetags.oo import words

#: Codes of several words. One word alone reads as it is, and may be an ordinary word of the sentence.
_CODE = re.compile(r"\w+(?:[-_]\w+)+")


@dataclass(frozen=True)
class Wording:
    """The words of one contract's codes: what each outcome is, and how a sentence reads without codes."""

    says: Mapping[str, str]
    codes: re.Pattern[str]

    def plain(self, text: str) -> str:
        """Return a sentence with the codes of the terms put in words; an outcome is named as on the card."""
        return self.codes.sub(self._word, text)

    def _word(self, found: re.Match[str]) -> str:
        code = found[0]
        return f"“{words(code)}”" if code in self.says else code.replace("-", " ").replace("_", " ")


def wording_of(file: TermsFile) -> Wording:
    """Return the words of the codes of a file of terms: of every version, for old lines tell of old rules."""
    return _wording(file.text, file)


@lru_cache(maxsize=64)
def _wording(text: str, file: TermsFile) -> Wording:
    del text  # with the row, it is what the answer is kept by
    return of_terms(read_file(file)[1])


def of_terms(terms: Terms) -> Wording:
    """Return the words of the codes of terms that were read."""
    says = {code: outcome.says for version in terms.versions for code, outcome in version.outcomes.items()}
    codes = {text for version in terms.versions for text in _texts(version) if _CODE.fullmatch(text)}
    longest_first = sorted(codes, key=lambda code: (-len(code), code))
    either = "|".join(map(re.escape, longest_first)) or "(?!)"
    return Wording(says, re.compile(rf"(?<![\w-])(?:{either})(?![\w-])"))


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a part of the terms."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for one in fields(value):
            yield from _texts(getattr(value, one.name))
    elif isinstance(value, Mapping):
        for key, inside in value.items():
            yield from _texts(key)
            yield from _texts(inside)
    elif isinstance(value, tuple | list | set | frozenset):
        for inside in value:
            yield from _texts(inside)
