"""Reads the outcomes map and a place's additions to it, strictly: every slip has its line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from openoutcomes.standard import instruments
from openoutcomes.standard.problems import Problem
from openoutcomes.standard.yamlnodes import Node, Reader, load_yaml, suggestion

FOLDER = Path(__file__).parent / "data" / "outcomes"

DOMAINS = ("social", "environmental", "economic")

#: What a metric's figure is. A quantity is an amount in its unit that is neither money nor time.
KINDS = ("count", "proportion", "score", "duration", "money", "quantity")

#: For each of the 17 goals: how many numbered targets, and the last lettered one. Source: United
#: Nations General Assembly resolution A/RES/71/313, global indicator framework (169 targets).
_SDG = {
    1: (5, "b"), 2: (5, "c"), 3: (9, "d"), 4: (7, "c"), 5: (6, "c"), 6: (6, "b"), 7: (3, "b"), 8: (10, "b"),
    9: (5, "c"), 10: (7, "c"), 11: (7, "c"), 12: (8, "c"), 13: (3, "b"), 14: (7, "c"), 15: (9, "c"),
    16: (10, "b"), 17: (19, ""),
}  # fmt: skip

SDG_TARGETS = frozenset(
    f"{goal}.{target}"
    for goal, (count, last) in _SDG.items()
    for target in (*range(1, count + 1), *"abcd"[: "abcd".find(last) + 1 if last else 0])
)

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_HEAD = ("author", "checked by", "next review", "version", "provenance")
_OUTCOME = ("name", "domain", "means", "is not", "sdg", "evidence", "metrics", *_HEAD)
_OUTCOME_NEEDS = ("name", "means", "is not", "sdg", "evidence", "metrics")
_TEXTS = ("name", "means", "is not", "author", "checked by", "version", "provenance")
_METRIC = ("name", "unit", "kind", "better", "for", "instrument")
_METRIC_NEEDS = ("name", "unit", "kind", "better", "for")


@dataclass(frozen=True, slots=True)
class Metric:
    """One way of measuring an outcome. ``population`` is whom the figure is about, or out of whom."""

    code: str
    name: str
    unit: str
    kind: str
    better: str
    population: str
    instrument: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome of the map. ``checked_by`` is a role, or ``unchecked``."""

    code: str
    name: str
    domain: str
    means: str
    is_not: str
    sdg: tuple[str, ...]
    evidence: tuple[str, ...]
    metrics: tuple[Metric, ...]
    provenance: str
    author: str
    checked_by: str
    next_review: dt.date
    version: str


def read_core(folder: Path) -> dict[str, Outcome]:
    """Read the shared map from its files, in the order of their names. Raises InputError."""
    outcomes: dict[str, Outcome] = {}
    for path in sorted(folder.glob("*.yaml")):
        reader = Reader()
        keys = reader.keys(load_yaml(path), ("domain", "outcomes", *_HEAD), ("domain", "outcomes", *_HEAD))
        reader.raise_if_any()
        for code, node in reader.keys(keys["outcomes"], keys["outcomes"].mapping).items():
            if code in outcomes:
                reader.error(node, f"{code!r} is already in another file of the map.")
            _check_code(reader, node, code, "")
            outcome = _outcome(reader, node, code, keys, "")
            if outcome is not None:
                outcomes[code] = outcome
        reader.raise_if_any()
    return outcomes


def read_place(
    path: Path, core: Mapping[str, Outcome]
) -> tuple[str, dict[str, Outcome], dict[str, tuple[Metric, ...]]]:
    """Read a place's own file: its name, its outcomes, and its metrics for shared outcomes.

    Raises InputError with every problem in the file.
    """
    reader = Reader()
    node = load_yaml(path)
    keys = reader.keys(node, ("place", "domain", "outcomes", "metrics", *_HEAD), ("place", *_HEAD))
    reader.raise_if_any()
    place = reader.text(keys["place"])
    if not _CODE.fullmatch(place):
        reader.error(
            keys["place"], f"{place!r} cannot begin a code.", "Use small letters, digits and hyphens."
        )
    reader.raise_if_any()  # without a prefix to compare with, every code would be reported too
    outcomes = {}
    for code, child in _children(reader, keys, "outcomes"):
        if code in core:
            what = f"{code!r} is a shared outcome, which a place cannot define again."
            reader.error(child, what, f"Use {place}:{code}, or add metrics to it.", "core-code")
        else:
            _check_code(reader, child, code, place)
        outcome = _outcome(reader, child, code, keys, place)
        if outcome is not None:
            outcomes[code] = outcome
    metrics = {}
    for code, child in _children(reader, keys, "metrics"):
        if code not in core:
            found = suggestion(code, core)
            reader.error(child, f"{code!r} is not a shared outcome.", found, "unknown-outcome")
            continue
        metrics[code] = _metrics(reader, child, place)
    reader.raise_if_any()
    return place, outcomes, metrics


def _children(reader: Reader, keys: Mapping[str, Node], key: str) -> list[tuple[str, Node]]:
    if key not in keys:
        return []
    return list(reader.keys(keys[key], keys[key].mapping).items())


def _check_code(reader: Reader, node: Node, code: str, place: str) -> None:
    """Report a code that is badly formed, or lacks its place's prefix.

    The shared map (``place`` is empty) has no prefixes.
    """
    prefix, _, rest = code.rpartition(":")
    if prefix != place:
        wanted = f"{place}:{rest}" if place else rest
        what = f"{code!r} does not begin with {place + ':'!r}." if place else f"{code!r} has a prefix."
        reader.error(node, what, f"Write {wanted}.", "code-prefix")
    elif not _CODE.fullmatch(rest):
        mend = "Use small letters, digits and single hyphens, such as settled-3-months."
        reader.error(node, f"{code!r} is not a code.", mend, "code-form")


def _outcome(reader: Reader, node: Node, code: str, head: Mapping[str, Node], place: str) -> Outcome | None:
    """Read one outcome; None, with its problems recorded, when a required key is missing."""
    own = {**head, **reader.keys(node, _OUTCOME, _OUTCOME_NEEDS)}
    if "domain" not in own:
        reader.error(
            node, "the key 'domain' is missing.", f"Add domain: {', '.join(DOMAINS)}.", "missing-key"
        )
    if not all(key in own for key in (*_OUTCOME_NEEDS, "domain")):
        return None
    texts = {key: reader.text(own[key]) for key in _TEXTS}
    targets = reader.texts(own["sdg"])
    for target in targets:
        if target not in SDG_TARGETS:
            what = f"{target!r} is not a target of the Sustainable Development Goals."
            reader.error(own["sdg"], what, "Write them as 11.1 or 3.a.", "sdg")
    if not _VERSION.fullmatch(texts["version"]):
        what = f"{texts['version']!r} is not a version."
        reader.error(own["version"], what, "Write three numbers, such as 1.0.0.", "version")
    evidence = reader.texts(own["evidence"])
    if not evidence:
        reader.error(own["evidence"], "no evidence is named.", "Add what would show it.", "missing-key")
    metrics = _metrics(reader, own["metrics"], place)
    if not metrics:
        reader.error(own["metrics"], "an outcome needs at least one metric.", "Add one.", "missing-key")
    return Outcome(
        code=code,
        name=texts["name"],
        domain=reader.choice(own["domain"], DOMAINS),
        means=texts["means"],
        is_not=texts["is not"],
        sdg=targets,
        evidence=evidence,
        metrics=metrics,
        provenance=texts["provenance"],
        author=texts["author"],
        checked_by=texts["checked by"],
        next_review=reader.day(own["next review"]) or dt.date.min,
        version=texts["version"],
    )


def _metrics(reader: Reader, node: Node, place: str) -> tuple[Metric, ...]:
    read = (_metric(reader, child, code, place) for code, child in reader.keys(node, node.mapping).items())
    return tuple(metric for metric in read if metric is not None)


def _metric(reader: Reader, node: Node, code: str, place: str) -> Metric | None:
    """Read one metric; None, with its problems recorded, when a required key is missing."""
    _check_code(reader, node, code, place)
    keys = reader.keys(node, _METRIC, _METRIC_NEEDS)
    if not all(key in keys for key in _METRIC_NEEDS):
        return None
    metric = Metric(
        code=code,
        name=reader.text(keys["name"]),
        unit=reader.text(keys["unit"]),
        kind=reader.choice(keys["kind"], KINDS),
        better=reader.choice(keys["better"], ("higher", "lower")),
        population=reader.text(keys["for"]),
        instrument=reader.text(keys["instrument"]) if "instrument" in keys else "",
    )
    if "instrument" in keys:
        _check_instrument(reader, keys["instrument"], metric)
    return metric


def _check_instrument(reader: Reader, node: Node, metric: Metric) -> None:
    """Report an instrument that does not exist, is not one score, or points the other way."""
    found = instruments.find(metric.instrument)
    if isinstance(found, Problem):
        reader.error(node, found.what, found.mend, found.code)
        return
    instrument, scale = found
    if scale is None:
        what = f"{instrument.id} gives several scores."
        mend = f"Name one, such as {instrument.id}/{instrument.scales[0].code}."
        reader.error(node, what, mend, "several-scales")
    elif metric.kind == "score" and metric.better != scale.better.value:
        what = f"on {metric.instrument} {scale.better.value} is better, but the metric says {metric.better}."
        reader.error(node, what, "Change the metric's direction.", "direction")
