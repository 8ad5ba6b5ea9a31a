"""What may be chosen in forms about a person: outcomes that needs concern, events, questions, and days ahead."""

from __future__ import annotations

from collections.abc import Iterable

from openoutcomes.contracts.terms import Outcome, Terms
from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.web.contracts.queries import terms_of
from openoutcomes.web.core.access import Access
from openoutcomes.web.partnerships.queries import outcomes_on
from openoutcomes.web.people.models import Enrolment

#: Events that happen anywhere. The codes of a person's contracts come before them.
EVENTS: dict[str, str] = {
    "moved-in": "Moved into a home",
    "managed-move": "Moved home as planned",
    "accommodation-lost": "Lost their home",
    "job-started": "Started work",
    "job-lost": "Work ended",
    "course-started": "Started a course",
    "hospital-stay": "Went into hospital",
    "bereavement": "Somebody close died",
    "arrest": "Was arrested",
}
#: Questions asked of everybody; a contract may name others.
QUESTIONS: dict[str, str] = {
    "did-this-help": "Did this help?",
    "listened-to": "Did we listen?",
    "what-next": "What should we do differently?",
}
#: Answers to a question that can be answered so, and what is stored.
ANSWERS: dict[str, str] = {"yes": "Yes", "partly": "Partly", "no": "No"}


def in_words(table: str, code: str) -> str:
    """Return a code of the standard's or the platform's own in words."""
    lists = {
        "activities": "activity_kind", "strengths": "strength_domain", "goals": "strength_domain",
    }  # fmt: skip
    if table in lists and code in CODE_LISTS[lists[table]].codes:
        return CODE_LISTS[lists[table]].codes[code]
    own = {"events": EVENTS, "feedback": QUESTIONS}.get(table, {})
    return own.get(code) or code.replace("_", " ").replace("-", " ").capitalize()


def events(enrolments: Iterable[Enrolment]) -> list[tuple[str, str]]:
    """Return the events to choose from: those that the contracts of the enrolments look at come first."""
    named = {
        code for terms in _terms(enrolments) for outcome in _outcomes(terms) for code in _events(outcome)
    }
    first = [(code, in_words("events", code)) for code in sorted(named)]
    return [("", "Choose one"), *first, *(each for each in EVENTS.items() if each[0] not in named)]


def questions(enrolments: Iterable[Enrolment]) -> list[tuple[str, str]]:
    """Return the questions to choose from: everybody's, then those that contracts name."""
    named = {
        outcome.person_says.question
        for terms in _terms(enrolments)
        for outcome in _outcomes(terms)
        if outcome.person_says is not None
    }
    return [
        *QUESTIONS.items(),
        *((code, in_words("feedback", code)) for code in sorted(named - set(QUESTIONS))),
    ]


def categories(access: Access) -> list[tuple[str, str]]:
    """Return what a need may concern: the outcomes that are switched on."""
    return [
        ("", "Choose one"),
        *((outcome.code, outcome.name) for outcome in outcomes_on(access.partnership)),
    ]


def _terms(enrolments: Iterable[Enrolment]) -> list[Terms]:
    contracts = {each.programme.contract for each in enrolments if each.programme.contract_id}
    return [terms_of(contract) for contract in contracts if contract is not None]


def _outcomes(terms: Terms) -> Iterable[Outcome]:
    return (outcome for version in terms.versions for outcome in version.outcomes.values())


def _events(outcome: Outcome) -> set[str]:
    found = set(outcome.void_if.events) if outcome.void_if else set()
    for follows in outcome.follows:
        found |= {*follows.events, *follows.lost_on, *follows.regained_on, *follows.moves}
    return found
