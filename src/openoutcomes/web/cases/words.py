"""The words by which cases are found, and the lists that describe a situation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from openoutcomes.web.core.crypto import plain_words

#: What came of it. Cases that failed are as welcome as those that worked.
RESULTS: Final = {
    "worked": "It worked",
    "partly": "It worked in part",
    "failed": "It did not work",
    "early": "Too early to say",
}
#: How what is said about the impact is known, from weak to strong; it is said, and never added up.
STRENGTHS: Final = {
    "unchecked": "Nobody has checked",
    "said": "People who were part of it say so",
    "counted": "It was counted, with nothing to compare",
    "before_after": "It was compared with before",
    "compared": "It was compared with a similar group or place",
    "randomised": "It was compared with a group chosen by chance",
}
#: What the problem was about, in the areas that strengths and goals use too.
AREAS: Final = {
    "home": "Home",
    "work": "Work and learning",
    "health": "Body and mind",
    "money": "Money",
    "family": "Family and relationships",
    "safety": "Safety and justice",
    "community": "Place and community",
    "access": "Reaching help at all",
    "services": "How services work together",
    "other": "Something else",
}
PLACES: Final = {
    "city": "City",
    "town": "Town",
    "countryside": "Countryside",
    "coast": "Coast",
    "estate": "One neighbourhood or estate",
    "prison": "Prison or hospital",
    "online": "Online or by telephone",
    "several": "Several kinds of place",
}
SIZES: Final = {
    "under_50": "Under 50 people",
    "under_250": "50 to 249 people",
    "under_1000": "250 to 999 people",
    "over_1000": "1,000 people or more",
    "system": "A rule or system, not a number of people",
    "not_known": "Not known",
}
PAYING: Final = {
    "unfunded": "Nobody paid",
    "grant": "A grant",
    "service": "A contract for a service",
    "outcomes": "A contract that pays for outcomes",
    "loan": "Money lent or invested",
    "own": "Within budgets that were there",
    "mixed": "Several of these",
    "not_known": "Not known",
}
#: The tags of a situation: field to its name on pages and its list.
TAGS: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "area": ("What it was about", AREAS),
    "place_kind": ("What kind of place", PLACES),
    "size": ("How many people", SIZES),
    "paying": ("How it was paid for", PAYING),
    "result": ("What came of it", RESULTS),
}
#: Fields whose words a search looks at, the title apart.
_SEARCHED = (
    "who_for",
    "problem",
    "context",
    "story",
    "partners",
    "impact",
    "made_it_work",
    "learned",
    "conditions",
)
#: Words that say nothing about a situation.
_SMALL = (
    "a an and are as at be been but by can do for from had has have how in into is it its not of on or our so "
    "than that the their them then they this to was we were what when which who why will with you your"
)
_STOP = frozenset(_SMALL.split())


def stem(word: str) -> str:
    """Return a word without the ending of its plural, so that either finds the other."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def wanted(text: str) -> list[str]:
    """Return the words of a search that say something, each once, in their order; at most twelve."""
    found = dict.fromkeys(stem(word) for word in plain_words(text) if word not in _STOP)
    return list(found)[:12]


def index(texts: Iterable[str]) -> str:
    """Return the words of texts as they are searched: each once, with a space before and after."""
    found = sorted({word for text in texts for word in plain_words(text) if word not in _STOP})
    return f" {' '.join(found)} "


def index_of(values: Mapping[str, Any]) -> tuple[str, str]:
    """Return the words of a case's title, and of all that is written in it with its tags in words."""
    tags = [listed.get(str(values.get(name)), "") for name, (_, listed) in TAGS.items() if name != "result"]
    title = index([str(values.get("title") or "")])
    return title, index([title, *tags, *(str(values.get(name) or "") for name in _SEARCHED)])
