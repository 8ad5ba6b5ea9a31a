"""Strict YAML for files that people write: terms of contracts, maps, instruments.

Every value keeps its file and line. Plain scalars stay text until a reader asks for a number
or a date, so ``on`` is never True, ``010`` is never 8 and no number is ever a float.
Duplicate keys, anchors, tags and several documents in one file are refused.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import yaml

from openoutcomes.standard.problems import InputError, Problem

#: How a number is written: digits with an optional sign and point; no exponents, no separators.
PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)

_MAX_DEPTH = 40
_MAX_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML value and where it stands.

    ``value`` is a str (scalar; None for an empty one), a list of nodes or a dict from key to node.
    ``line`` is that of the key that leads here, ``path`` the keys from the top.
    """

    value: str | list[Node] | dict[str, Node] | None
    file: str
    line: int
    path: tuple[str, ...] = ()
    quoted: bool = False

    @property
    def is_map(self) -> bool:
        """Whether this is keys and values."""
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        """Whether this is a list."""
        return isinstance(self.value, list)

    @property
    def is_scalar(self) -> bool:
        """Whether this is one word, phrase, number or date."""
        return isinstance(self.value, str)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return self.value is None

    @property
    def text(self) -> str:
        """The scalar's text; for other kinds a short description, for messages."""
        if isinstance(self.value, str):
            return self.value
        if self.value is None:
            return ""
        return "a list" if isinstance(self.value, list) else "a group of keys"

    @property
    def items(self) -> list[Node]:
        """The list's nodes; a lone value counts as a list of one, nothing as none."""
        if isinstance(self.value, list):
            return self.value
        return [] if self.value is None else [self]

    @property
    def mapping(self) -> dict[str, Node]:
        """The keys and their nodes; empty unless this is a mapping."""
        return self.value if isinstance(self.value, dict) else {}

    def problem(self, what: str, mend: str = "", code: str = "terms") -> Problem:
        """Return a problem that stands at this node."""
        value = self.value if isinstance(self.value, str) else ""
        return Problem(
            what=what,
            mend=mend,
            file=self.file,
            line=self.line,
            field=" > ".join(self.path),
            value=value,
            code=code,
        )


def parse_yaml(text: str, file: str) -> Node:
    """Parse one YAML document. Raises InputError with every structural problem found."""
    problems: list[Problem] = []
    try:
        _refuse_marks(text, file, problems)
        loader = yaml.SafeLoader(text)
        try:
            root = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"this is not valid YAML: {error.problem or error.context}."
        mend = (
            "Check indentation (spaces, not tabs) and quotes near this line; "
            "words that contain a colon and a space need quotes round them."
        )
        if error.problem == "but found another document":
            what, mend = "a second document begins here (---).", "Keep one document in a file."
        line = mark.line + 1 if mark else None
        raise InputError(Problem(what=what, mend=mend, file=file, line=line, code="yaml")) from None
    except yaml.YAMLError as error:
        what = f"this is not valid YAML: {str(error).splitlines()[0]}."
        mend = "Remove control characters; save the file as UTF-8 text."
        raise InputError(Problem(what=what, mend=mend, file=file, code="yaml")) from None
    if problems:
        raise InputError(problems)
    if root is None:
        raise InputError(
            Problem(what="the file is empty.", mend="Write the terms in it.", file=file, code="yaml")
        )
    node = _convert(root, file, (), problems)
    if problems:
        raise InputError(problems)
    return node


def _refuse_marks(text: str, file: str, problems: list[Problem]) -> None:
    """Report tags, anchors and aliases, which would change what the words say."""
    marks = {yaml.TagToken: "tag (!)", yaml.AnchorToken: "anchor (&)", yaml.AliasToken: "alias (*)"}
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        name = marks.get(type(token))
        if name is not None:
            what = f"a YAML {name} is not used here."
            mend = "Write the value out; put quotes round words that begin with !, & or *."
            problems.append(
                Problem(what=what, mend=mend, file=file, line=token.start_mark.line + 1, code="yaml")
            )


def load_yaml(path: Path | str) -> Node:
    """Read and parse a YAML file. Raises InputError when it cannot be read or is not strict YAML."""
    path = Path(path)
    name = str(path)
    if path.is_dir():
        raise InputError(
            Problem(what="this is a folder, not a YAML file.", mend="Name a file in it.", file=name)
        )
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError(Problem(what="there is no such file.", mend="Check the path.", file=name)) from None
    except OSError as error:
        raise InputError(Problem(what=f"the file cannot be read: {error.strerror}.", file=name)) from None
    if len(raw) > _MAX_BYTES:
        raise InputError(Problem(what="the file is larger than 5 MB.", mend="Is it a YAML file?", file=name))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"the file is not UTF-8 text (byte {error.start + 1})."
        raise InputError(Problem(what=what, mend="Save it as UTF-8.", file=name)) from None
    return parse_yaml(text, name)


def _convert(node: yaml.Node, file: str, path: tuple[str, ...], problems: list[Problem]) -> Node:
    line = node.start_mark.line + 1
    here = Node(None, file, line, path)
    if len(path) > _MAX_DEPTH:
        problems.append(here.problem("this is nested too deeply.", "Check the indentation."))
        return here
    if isinstance(node, yaml.ScalarNode):
        quoted = node.style in ("'", '"', "|", ">")
        empty = not quoted and node.value in ("", "~", "null")
        return Node(None if empty else node.value.strip(), file, line, path, quoted)
    if isinstance(node, yaml.SequenceNode):
        items = [
            _convert(child, file, (*path, str(number)), problems)
            for number, child in enumerate(node.value, start=1)
        ]
        return Node(items, file, line, path)
    assert isinstance(node, yaml.MappingNode)  # noqa: S101 - compose makes three kinds only
    return Node(_pairs(node, file, path, problems), file, line, path)


def _pairs(
    node: yaml.MappingNode, file: str, path: tuple[str, ...], problems: list[Problem]
) -> dict[str, Node]:
    result: dict[str, Node] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            what = "a key must be a plain word or phrase."
            problems.append(Node(None, file, line, path).problem(what, "Did a { or [ start the line?"))
            continue
        key = " ".join(key_node.value.split())
        child = _convert(value_node, file, (*path, key), problems)
        if key in result:
            what = f"the key {key!r} is written twice (first on line {lines[key]})."
            problems.append(
                Node(None, file, line, (*path, key)).problem(what, "Keep one of them.", "duplicate-key")
            )
            continue
        lines[key] = line
        # The key's own line serves messages better than the line where a nested block starts.
        result[key] = Node(child.value, file, line, child.path, child.quoted)
    return result


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean 'x'?`` for the closest known word, or the list when it is short."""
    known = list(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    close = close or [name for name in known if word and (name.startswith(word) or word in name.split())]
    if close:
        return f"Did you mean {close[0]!r}?"
    if 0 < len(known) <= 12:
        return f"Known here: {', '.join(known)}."
    return ""


@dataclass(slots=True)
class Reader:
    """Turns nodes into values, and gathers problems rather than stopping at the first."""

    problems: list[Problem] = field(default_factory=list)

    def error(self, node: Node, what: str, mend: str = "", code: str = "terms") -> None:
        """Record a problem at ``node``."""
        self.problems.append(node.problem(what, mend, code))

    def keys(self, node: Node, known: Iterable[str], required: Iterable[str] = ()) -> dict[str, Node]:
        """Return the mapping at ``node`` less unknown keys; reports unknown and missing ones."""
        if not node.is_map:
            self.error(
                node, f"expected keys and values here, found {node.text or 'nothing'!r}.", "Write key: value."
            )
            return {}
        known = list(known)
        kept = {}
        for key, child in node.mapping.items():
            if key in known:
                kept[key] = child
            else:
                self.error(child, f"unknown key {key!r}.", suggestion(key, known), "unknown-key")
        for key in required:
            if key not in kept:
                self.error(node, f"the key {key!r} is missing.", f"Add {key}: …", "missing-key")
        return kept

    def text(self, node: Node) -> str:
        """Return the text of a scalar; reports anything else and returns ''."""
        if isinstance(node.value, str) and node.value:
            return node.value
        self.error(node, f"expected words here, found {node.text or 'nothing'}.")
        return ""

    def texts(self, node: Node) -> tuple[str, ...]:
        """Return a list of words; a lone word counts as a list of one."""
        return tuple(self.text(item) for item in node.items)

    def decimal(self, node: Node) -> Decimal | None:
        """Return an exact number; thousands commas are refused with a hint."""
        raw = node.value
        if isinstance(raw, str) and "," in raw:
            self.error(node, f"{raw!r} has a comma in it.", f"Write {raw.replace(',', '')}.")
            return None
        number = Decimal(raw) if isinstance(raw, str) and PLAIN_NUMBER.fullmatch(raw) else None
        if number is None:
            self.error(node, f"expected a number, found {node.text or 'nothing'!r}.")
            return None
        return number

    def integer(self, node: Node, minimum: int = 0) -> int | None:
        """Return a whole number of at least ``minimum``."""
        number = self.decimal(node)
        if number is None:
            return None
        if number != number.to_integral_value() or number < minimum:
            self.error(node, f"expected a whole number of {minimum} or more, found {node.text!r}.")
            return None
        return int(number)

    def day(self, node: Node) -> dt.date | None:
        """Return a date written YYYY-MM-DD."""
        try:
            return dt.date.fromisoformat(node.text)
        except ValueError:
            self.error(node, f"{node.text!r} is not a date.", "Write dates as 2015-01-31 (year-month-day).")
            return None

    def yes(self, node: Node) -> bool:
        """Return True for yes/true, False for no/false; reports anything else."""
        word = node.text.lower()
        if word in ("yes", "true"):
            return True
        if word not in ("no", "false"):
            self.error(node, f"expected yes or no, found {node.text!r}.")
        return False

    def choice(self, node: Node, known: Iterable[str]) -> str:
        """Return one of the known words; reports anything else and returns the first known."""
        known = list(known)
        if node.text in known:
            return node.text
        self.error(node, f"{node.text!r} is not one of the choices.", suggestion(node.text, known))
        return known[0]

    def raise_if_any(self) -> None:
        """Raise InputError when a problem has been recorded."""
        if self.problems:
            raise InputError(self.problems)


def merged(base: Node, change: Node) -> Node:
    """Return ``base`` with the mapping ``change`` laid over it; an empty value removes its key.

    Lists and scalars are replaced whole, so an amendment states the new value in full.
    """
    if not (base.is_map and change.is_map):
        return change
    result: dict[str, Node] = dict(base.mapping)
    for key, node in change.mapping.items():
        if node.is_empty:
            result.pop(key, None)
        elif key in result:
            result[key] = merged(result[key], node)
        else:
            result[key] = node
    return Node(result, base.file, base.line, base.path)


def plain(node: Node) -> object:
    """Return the node as plain lists, dicts and strings (for comparing and showing)."""
    value = node.value
    if isinstance(value, dict):
        return {key: plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [plain(child) for child in value]
    return value


def flat(node: Node) -> Mapping[str, str]:
    """Return every scalar under ``node`` by its path joined with ' > '."""
    result: dict[str, str] = {}
    stack = [node]
    while stack:
        here = stack.pop()
        if isinstance(here.value, dict):
            stack.extend(reversed(list(here.value.values())))
        elif isinstance(here.value, list):
            stack.extend(reversed(here.value))
        else:
            result[" > ".join(here.path)] = here.text
    return result
