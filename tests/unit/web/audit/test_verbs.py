"""Whatever is noted in the audit trail has words: each call that notes something is found in the source."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openoutcomes.web
from openoutcomes.web.audit.verbs import CHANGES, LOOKS, thing, verbs_like, words_of
from openoutcomes.web.audit.views import trail
from openoutcomes.web.people.looks import WORDS

SOURCE = Path(openoutcomes.web.__file__).parent
#: Where the noting ends: the file, what is noted, and which argument is the verb.
ENDS = {"note": ("core/commands.py", "change"), "viewed": ("audit/models.py", "view")}


@dataclass(frozen=True)
class Helper:
    """A function that notes what it is given: where it is, and which argument is (a part of) the verb."""

    name: str
    path: str
    kind: str
    at: int
    keyword: str
    shape: str = "{}"


@dataclass
class Scan:
    """Every verb that is noted, by kind, followed through the functions that pass one on."""

    verbs: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    lost: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calls: dict[str, list[tuple[ast.Call, Any, str]]] = defaultdict(list)
        self.imported: dict[str, dict[str, str]] = defaultdict(dict)
        for path in sorted(SOURCE.rglob("*.py")):
            self._read(ast.parse(path.read_text()), None, str(path.relative_to(SOURCE)))
        todo = [Helper(name, path, kind, 1, "verb") for name, (path, kind) in ENDS.items()]
        seen = set(todo)
        while todo:
            helper = todo.pop()
            found = [one for call in self.calls[helper.name] for one in self._from(helper, *call)]
            todo += [one for one in found if one not in seen]
            seen.update(found)

    def _from(self, helper: Helper, call: ast.Call, function: Any, path: str) -> list[Helper]:
        """Note what one call of a helper says, and return the helpers that only pass a verb on to it."""
        if not self._is(helper, call, path):
            return []
        given = [one.value for one in call.keywords if one.arg == helper.keyword]
        given += call.args[helper.at : helper.at + 1]
        further = []
        for text, parameter in self._values(given[0], function, f"{path}:{call.lineno}") if given else []:
            filled = helper.shape.format(text)
            if parameter is None:
                self.verbs[helper.kind].add(filled)
            else:
                further.append(Helper(function.name, path, helper.kind, *parameter, filled))
        return further

    def _is(self, helper: Helper, call: ast.Call, path: str) -> bool:
        """Say whether a call of this name is one of the helper: its own file's, imported, or of its module."""
        home = "openoutcomes.web." + helper.path.removesuffix(".py").replace("/", ".")
        if isinstance(call.func, ast.Attribute):
            return self.imported[path].get(getattr(call.func.value, "id", "")) == home
        return path == helper.path or self.imported[path].get(helper.name) == f"{home}.{helper.name}"

    def _read(self, node: Any, function: Any, path: str) -> None:
        for child in ast.iter_child_nodes(node):
            inside = child if isinstance(child, ast.FunctionDef) else function
            if isinstance(child, ast.ImportFrom):
                names = {one.asname or one.name: f"{child.module}.{one.name}" for one in child.names}
                self.imported[path].update(names)
            if isinstance(child, ast.Call):
                name = getattr(child.func, "id", getattr(child.func, "attr", ""))
                self.calls[name].append((child, function, path))
            self._read(child, inside, path)

    def _values(self, given: Any, function: Any, where: str) -> list[tuple[str, tuple[int, str] | None]]:
        """Return what an argument can be: a text, or a text with a place for a parameter of the function."""
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            return [(given.value, None)]
        if isinstance(given, ast.IfExp):
            return self._values(given.body, function, where) + self._values(given.orelse, function, where)
        if isinstance(given, ast.JoinedStr):
            fixed = [one.value if isinstance(one, ast.Constant) else "{}" for one in given.values]
            [hole] = [one.value for one in given.values if isinstance(one, ast.FormattedValue)]
            return [("".join(fixed).format(text), to) for text, to in self._values(hole, function, where)]
        if isinstance(given, ast.Name) and function is not None:
            named = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
            keywords = [one.arg for one in function.args.kwonlyargs]
            if given.id in named:
                return [("{}", (named.index(given.id), given.id))]
            if given.id in keywords:
                return [("{}", (10**6, given.id))]
            assigned = [
                one.value
                for one in ast.walk(function)
                if isinstance(one, ast.Assign) and [getattr(to, "id", "") for to in one.targets] == [given.id]
            ]
            if assigned:
                return [found for one in assigned for found in self._values(one, function, where)]
        self.lost.append(f"{where}: {ast.unparse(given)}")
        return []


SCAN = Scan()


def test_every_verb_is_found_in_the_source():
    assert SCAN.lost == []
    assert {"people.view", "records.readings", "verification.one"} < SCAN.verbs["view"]
    assert {
        "records.support", "people.merge", "agenda.set_vision", "meetings.action_done", "barriers.unmark",
        "accounts.close", "export.made", "budgets.spend", "meetings.end_series",
    } < SCAN.verbs["change"]  # fmt: skip


def test_everything_noted_has_words_in_the_trail():
    assert sorted(SCAN.verbs["change"] - set(CHANGES)) == [], (
        "say what it is in openoutcomes/web/audit/verbs.py"
    )
    assert sorted(SCAN.verbs["view"] - set(LOOKS)) == [], "say what it is in openoutcomes/web/audit/verbs.py"


def test_words_are_of_something_that_is_noted_and_read_as_what_somebody_did():
    assert sorted(set(CHANGES) - SCAN.verbs["change"]) == []
    assert sorted(set(LOOKS) - SCAN.verbs["view"]) == []
    for words in (*CHANGES.values(), *LOOKS.values()):
        assert words[0].isupper()
        assert not words.endswith(".")
        assert "_" not in words


def test_what_a_person_reads_has_words_for_their_colleagues_too():
    assert sorted(set(WORDS) - set(CHANGES) - set(LOOKS)) == []


def test_a_form_that_was_opened_is_not_said_to_be_a_change():
    assert words_of("outcomes.change", "view") == "Opened the form to change an outcome"
    assert words_of("outcomes.change") == "Changed an outcome"
    assert words_of("gone.since_long") == "Gone: since long"


def test_verbs_are_found_by_plain_words_in_any_order():
    assert verbs_like("Person merged") == {("people.merge", "change")}
    assert ("claims.lock", "change") in verbs_like("submitted")
    assert verbs_like("no such thing at all") == frozenset()


def test_things_are_called_by_words():
    assert thing("claims.claimline") == "Claim line"
    assert thing("gone.away") == "Away"


def test_the_page_and_the_file_say_it_in_words_and_the_file_keeps_the_verb(world):
    from openoutcomes.web.people.queries import look_at

    assert trail.action == "audit.view"
    look_at(world.access("practitioner"), world.people["ash"].person_id, "people.view")
    page = world.client("administrator").get(world.url("audit")).content.decode()
    assert "Looked at a person&#x27;s page" in page
    assert 'data-label="About">Person ' in page.replace("\n", "").replace("  ", "")
    file = world.client("administrator").get(world.url("audit"), {"format": "csv"}).content.decode()
    assert "Looked at a person's page" in file
    assert "people.view,view" in file
