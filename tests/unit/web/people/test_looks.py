"""What a person reads of who looked and who changed something: words for everything, and the right organisation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openoutcomes.web
from openoutcomes.web.core.permissions import MATRIX
from openoutcomes.web.people.looks import WORDS, looks

#: Functions that note something about a person: all of these always, and ``note`` where it names one.
ABOUT_A_PERSON = {"viewed", "look_at", "_add", "_again", "_noted", "_own"}


def _noted() -> Iterator[str]:
    for path in Path(openoutcomes.web.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            with_person = name == "note" and any(one.arg == "person" for one in call.keywords)
            if name in ABOUT_A_PERSON or with_person:
                for given in call.args:
                    said = getattr(given, "value", None)
                    if isinstance(said, str) and re.fullmatch(r"[a-z]+\.[a-z_]+", said):
                        yield said


def test_everything_noted_about_a_person_is_said_in_words():
    verbs = set(_noted())
    assert {"people.view", "verification.find", "records.support"} < verbs
    permissions = {action for action in MATRIX if action not in WORDS}
    files = {"audit.csv", "identity.csv"}
    assert verbs - set(WORDS) - permissions - files == set()


def _event(verb: str, roles: str, organisation: str = "", **kwargs: Any) -> Any:
    from openoutcomes.web.core import clock

    values = {"at": clock.now(), "kind": "change", "organisation": organisation or None, **kwargs}
    return SimpleNamespace(verb=verb, roles=roles, **values)


def test_a_verifier_is_not_said_to_be_of_the_provider_whose_outcome_it_is():
    said = looks([_event("verification.find", "verifier", "Harbour Lights")])
    assert [(one.who, one.did) for one in said] == [
        ("Verifier", "Checked something you achieved, without your name")
    ]


def test_what_has_no_words_yet_is_still_said():
    said = looks([_event("new.thing", "practitioner", "Harbour Lights", kind="view")])
    assert [(one.who, one.did) for one in said] == [("Practitioner, Harbour Lights", "Looked at something")]
