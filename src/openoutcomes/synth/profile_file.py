"""Profiles as strict YAML, laid over the profile that the terms give by themselves."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from openoutcomes.contracts import words
from openoutcomes.standard.fields import CODE_PATTERN
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.standard.yamlnodes import Node, Reader, load_yaml, parse_yaml, suggestion
from openoutcomes.synth.brief import Brief, whole_numbers
from openoutcomes.synth.claims import groups_of
from openoutcomes.synth.defaults import derive, even, scale_of
from openoutcomes.synth.draws import Spread
from openoutcomes.synth.profile import (
    Claims,
    InstrumentProfile,
    Losses,
    NeedProfile,
    OutcomeProfile,
    Profile,
    Question,
    Shares,
    Support,
    Verification,
)
from openoutcomes.synth.profile_keys import KEYS

FOLDER = Path(__file__).parent / "profiles"
_LONGEST_WAIT = 3650

_MISSING = ("birth year", "sex", "ethnicity", "area", "disability")
_ATTRIBUTES = {
    "sex": "sex",
    "ethnicity": "ethnicity",
    "disability": "disability",
    "providers": "provider",
    "programmes": "programme",
    "payment groups": "payment group",
    "cohorts": "cohort",
    "referred by": "referred by",
}
T = TypeVar("T")


def profile_names() -> list[str]:
    """Return the names of the profiles that come with the package."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def profile_path(name: str) -> Path:
    """Return the file of a profile that comes with the package, or ``name`` itself as a path."""
    if not name.endswith((".yaml", ".yml")) and name in profile_names():
        return FOLDER / f"{name}.yaml"
    return Path(name)


def load_profile(path: Path | str, brief: Brief) -> Profile:
    """Read a profile for the terms of ``brief``. Raises InputError with every mistake found.

    ``path`` is a file, or the name of a profile that comes with the package.
    """
    file = profile_path(str(path))
    if not file.exists():
        what = "there is no such profile."
        mend = suggestion(str(path), profile_names()) or "Name a file, or a profile of the package."
        raise InputError(Problem(what, mend, str(path), code="unknown-profile"))
    return _read(load_yaml(file), brief)


def parse_profile(text: str, brief: Brief, file: str = "profile.yaml") -> Profile:
    """Read a profile from text, as if from ``file``."""
    return _read(parse_yaml(text, file), brief)


def _read(node: Node, brief: Brief) -> Profile:
    reader = _ProfileReader(brief=brief)
    profile = reader.profile(node)
    reader.problems.sort(key=lambda problem: problem.line or 0)
    reader.raise_if_any()
    return profile


@dataclass(slots=True)
class _ProfileReader(Reader):
    """Reads one profile."""

    brief: Brief = field(kw_only=True)

    def profile(self, node: Node) -> Profile:
        """Return the whole profile."""
        base = derive(self.brief)
        keys = self.keys(node, KEYS["profile"], ("profile",))
        self._check_contract(keys.get("contract"))
        claims = self.claims(keys["claims"], base.claims) if "claims" in keys else base.claims
        found = base.verification
        if "verification" in keys:
            found = self.verification(keys["verification"], found)
        # What outcomes say for themselves is laid over what the profile says of all.
        base = replace(base, claims=claims, verification=found)

        def given(name: str, read: Callable[[Node], T], default: T) -> T:
            return read(keys[name]) if name in keys else default

        return Profile(
            name=given("profile", self.text, base.name),
            people=given("people", lambda n: self.integer(n, 1) or base.people, base.people),
            starts=given("starts", self.starts, base.starts),
            referral=given("referral", self.spread, base.referral),
            ages=given("ages", self.ages, base.ages),
            attributes=self.attributes(keys, base),
            characteristics=given(
                "characteristics", lambda n: self.codes(n, self.separate(n)), base.characteristics
            ),
            needs=given("needs", self.needs, base.needs),
            instruments=given("instruments", lambda n: self.instruments(n, base), base.instruments),
            questions=given("questions", lambda n: {**base.questions, **self.questions(n)}, base.questions),
            support=given("support", lambda n: self.support(n, base.support), base.support),
            outcomes=given("outcomes", lambda n: self.outcomes(n, base), base.outcomes),
            claims=claims,
            verification=found,
            losses=given("losses", lambda n: self.losses(n, base.losses), base.losses),
            strengths=given("strengths", self.share, base.strengths),
            results=given("cohort results", self.results, base.results),
            missing=given("missing", self.missing, base.missing),
            exact=given("exact", self.yes, default=False),
        )

    def _check_contract(self, node: Node | None) -> None:
        if node is not None and node.text != self.brief.terms.contract:
            what = f"this profile is for the contract {node.text!r}, not {self.brief.terms.contract!r}."
            self.error(node, what, "Use it with its own contract, or remove this line.")

    # Small values ----------------------------------------------------------------------------

    def share(self, node: Node) -> Fraction:
        """Read a share from 0 to 1."""
        found = words.fraction(node.value) if isinstance(node.value, str) else None
        if found is None or not 0 <= found <= 1:
            what = f"{node.text or 'nothing'!r} is not a share from 0 to 1."
            self.error(node, what, "Write 80%, 0.8 or 328/370.")
            return Fraction(0)
        return found

    def number(self, node: Node) -> Fraction:
        """Read an exact number."""
        return Fraction(self.decimal(node) or 0)

    def separate(self, node: Node) -> dict[str, Fraction]:
        """Read shares that stand each for itself."""
        if not node.is_map:
            self.error(node, "expected words and their shares here.", "Write word: 50%.")
        return {word: self.share(child) for word, child in node.mapping.items()}

    def shares(self, node: Node) -> dict[str, Fraction]:
        """Read shares that sum to one; a list, or one word, is shared equally."""
        if not node.is_map:
            found = [self.text(item) for item in node.items]
            if not found:
                self.error(node, "expected words here, found nothing.")
            for word in sorted({word for word in found if found.count(word) > 1}):
                self.error(node, f"{word!r} is written twice.", "Write each once, or give shares.")
            return even(found) if found else {"": Fraction(1)}
        shares = self.separate(node)
        total = sum(shares.values(), Fraction(0))
        if total != 1:
            self.error(
                node, f"the shares sum to {words.say_percent(total)}, not 100%.", "Make them sum to 100%."
            )
        return shares

    def spread(self, node: Node) -> Spread:
        """Read a length of time in days: a number, or least, median and most."""
        if node.is_scalar:
            days = self.integer(node) or 0
            return Spread(days, days, days)
        keys = self.keys(node, KEYS["spread"], ("median",))
        median = (self.integer(keys["median"]) or 0) if "median" in keys else 0
        least = (self.integer(keys["least"]) or 0) if "least" in keys else 0
        most = self.integer(keys["most"]) if "most" in keys else None
        factor = self.number(keys["factor"]) if "factor" in keys else Fraction(2)
        if not least <= median <= (median if most is None else most) <= _LONGEST_WAIT:
            what = "least, median and most are not in order, or go beyond ten years of days."
            self.error(node, what, "Write least: 7, median: 40, most: 150.")
            return Spread(0, 0, 0)
        if factor <= 1 or ("factor" in keys and most is not None):
            self.error(node, "factor has to be over 1 and stands instead of most.")
        return Spread(least, median, most, max(factor, Fraction(101, 100)))

    def span(self, node: Node, low: int, high: int) -> tuple[int, int]:
        """Read a range of whole numbers."""
        found = words.number_range(node.value) if isinstance(node.value, str) else None
        if found is None:
            self.error(node, f"{node.text!r} is not a range.", f"Write {low} to {high}.")
            return low, high
        least, most = whole_numbers(found, low, high)
        if least < low or most > high:
            self.error(node, f"{node.text!r} goes beyond {low} to {high}.")
            return low, high
        return least, most

    def known(self, node: Node, names: Iterable[str], what: str) -> dict[str, Node]:
        """Return the children whose keys are among ``names``; report the others."""
        names = list(names)
        for word, child in node.mapping.items():
            if word not in names:
                self.error(child, f"{word!r} is not {what}.", suggestion(word, names), "unknown-key")
        return {word: child for word, child in node.mapping.items() if word in names}

    # Sections --------------------------------------------------------------------------------

    def starts(self, node: Node) -> tuple[dt.date, dt.date]:
        """Read the days between which people start."""
        keys = self.keys(node, KEYS["starts"], ("from", "to"))
        first = self.day(keys["from"]) if "from" in keys else None
        last = self.day(keys["to"]) if "to" in keys else None
        if first is None or last is None:
            return self.brief.start_window()
        if first > last:
            self.error(node, "the first day is after the last.")
        return first, max(first, last)

    def ages(self, node: Node) -> dict[int, Fraction]:
        """Read ages."""
        if node.is_scalar:
            low, high = self.span(node, 0, 110)
            return dict.fromkeys(range(low, high + 1), Fraction(1, high - low + 1))
        shares = self.shares(node)
        for word, child in node.mapping.items():
            if not word.isdigit() or int(word) > 110:
                self.error(child, f"{word!r} is not an age in years.")
        return {int(word): share for word, share in shares.items() if word.isdigit()} or {18: Fraction(1)}

    def attributes(self, keys: Mapping[str, Node], base: Profile) -> dict[str, Shares]:
        """Read the words that tell people apart."""
        found = dict(base.attributes)
        for key, subject in _ATTRIBUTES.items():
            if key not in keys:
                continue
            found[subject] = self.codes(keys[key], self.shares(keys[key]))
            told = {"provider": self.brief.latest.providers, "cohort": [n for n, _ in self.brief.cohorts]}
            named = list(told.get(subject) or self.brief.words(subject))
            for word in found[subject]:
                if named and word not in named:
                    self.error(
                        keys[key], f"the terms do not name {subject} {word!r}.", suggestion(word, named)
                    )
        if "areas" in keys:
            found["area"] = self.areas(keys["areas"])
        return found

    def areas(self, node: Node) -> dict[str, Fraction]:
        """Read how many areas, or their codes."""
        if node.is_scalar and node.text.isdigit():
            count = self.integer(node, 1) or 1
            begins = self.brief.words("area")
            codes = [f"{word}-SYN" for word in begins] or ["SYN01"]
            return even(f"{codes[i % len(codes)]}{i + 1:06}" for i in range(min(count, 50_000)))
        return self.codes(node, self.shares(node))

    def codes(self, node: Node, found: dict[str, Fraction]) -> dict[str, Fraction]:
        """Require words that records can hold as codes."""
        for word in found:
            if not re.fullmatch(CODE_PATTERN, word):
                self.error(
                    node,
                    f"{word!r} is not a code.",
                    "Use letters, digits and . _ : / # ~ + = | - without spaces.",
                )
        return found

    def needs(self, node: Node) -> dict[str, NeedProfile]:
        """Read needs."""
        found = {}
        for category, child in node.mapping.items():
            keys = self.keys(child, KEYS["need"], ("share",))
            low, high = self.span(keys["intensity"], 0, 10) if "intensity" in keys else (3, 9)
            found[category] = NeedProfile(
                self.share(keys["share"]) if "share" in keys else Fraction(0), low, high
            )
        if not found:
            self.error(node, "expected categories of need here.", "Write home: {share: 80%}.")
        return found

    def instruments(self, node: Node, base: Profile) -> dict[str, InstrumentProfile]:
        """Read instruments, over those that the terms need."""
        found = {name: one for name, one in base.instruments.items() if name in self.brief.instruments}
        for name, child in node.mapping.items():
            keys = self.keys(child, KEYS["instrument"], ("mean", "sd", "change"))
            scale = scale_of(name)[:2]
            low, high = self.span(keys["range"], *scale) if "range" in keys else scale
            mean, sd, change = (
                self.number(keys[key]) if key in keys else Fraction(1) for key in ("mean", "sd", "change")
            )
            if not low <= mean <= high or sd <= 0:
                self.error(child, f"the mean lies outside {low} to {high}, or the SD is not over nought.")
            share = self.share(keys["share"]) if "share" in keys else Fraction(1)
            found[name] = InstrumentProfile(mean, sd, change, low, high, share)
        return found or dict(base.instruments)

    def questions(self, node: Node) -> dict[str, Question]:
        """Read questions."""
        found = {}
        for word, child in node.mapping.items():
            keys = self.keys(child, KEYS["question"], ("share", "answers"))
            answers = self.shares(keys["answers"]) if "answers" in keys else {"yes": Fraction(1)}
            found[word] = Question(self.share(keys["share"]) if "share" in keys else Fraction(0), answers)
        return found

    def support(self, node: Node, base: Support) -> Support:
        """Read support."""
        keys = self.keys(node, KEYS["support"])
        sessions = self.spread(keys["sessions"]) if "sessions" in keys else base.sessions
        return Support(sessions, self.shares(keys["kinds"]) if "kinds" in keys else base.kinds)

    def claims(self, node: Node, base: Claims) -> Claims:
        """Read how claims are made."""
        keys = self.keys(node, KEYS["claims"])
        return Claims(
            delay=self.spread(keys["delay"]) if "delay" in keys else base.delay,
            late=self.share(keys["late"]) if "late" in keys else base.late,
            twice=self.share(keys["twice"]) if "twice" in keys else base.twice,
            without_evidence=self.share(keys["without evidence"])
            if "without evidence" in keys
            else base.without_evidence,
        )

    def verification(self, node: Node, base: Verification) -> Verification:
        """Read what the verifier finds; what is left out of a given set of shares is nought."""
        keys = self.keys(node, KEYS["verification"])
        named = ("accepted", "queried", "refused", "pending")
        delay = self.spread(keys["delay"]) if "delay" in keys else base.delay
        if not any(word in keys for word in named):
            return replace(base, delay=delay)
        parts = [self.share(keys[word]) if word in keys else Fraction(0) for word in named]
        if sum(parts, Fraction(0)) != 1:
            self.error(node, "accepted, queried, refused and pending do not sum to 100%.")
            return base
        return Verification(delay, *parts)

    def losses(self, node: Node, base: Losses) -> Losses:
        """Read losses."""
        keys = self.keys(node, KEYS["losses"])
        shares = {
            name.replace(" ", "_"): self.share(keys[name])
            for name in ("regained", "moved", "for good", "undone")
            if name in keys
        }
        return Losses(
            regained=shares.get("regained", base.regained),
            after=self.spread(keys["after"]) if "after" in keys else base.after,
            away=self.spread(keys["away"]) if "away" in keys else base.away,
            moved=shares.get("moved", base.moved),
            for_good=shares.get("for_good", base.for_good),
            undone=shares.get("undone", base.undone),
        )

    def outcomes(self, node: Node, base: Profile) -> dict[str, OutcomeProfile]:
        """Read the outcomes; those left out keep what the terms give."""
        found = dict(base.outcomes)
        for code, child in self.known(
            node, base.outcomes, "an outcome that people achieve under these terms"
        ).items():
            found[code] = self.outcome(child, base.outcomes[code], base)
        return found

    def outcome(self, node: Node, one: OutcomeProfile, base: Profile) -> OutcomeProfile:
        """Read one outcome; a share alone is its rate."""
        if node.is_scalar:
            return replace(one, rate=self.share(node))
        keys = self.keys(node, KEYS["outcome"])
        if "rate" in keys:
            one = replace(one, rate=self.share(keys["rate"]))
        if "of" in keys and self.choice(keys["of"], ("those who may", "people")) == "people":
            one = replace(one, of="people")
        if "after" in keys:
            one = replace(one, after=self.spread(keys["after"]))
        if "again" in keys:
            one = replace(one, again=self.share(keys["again"]))
        if "most" in keys:
            one = replace(one, most=self.integer(keys["most"], 1) or 1)
        if "evidence" in keys:
            one = replace(one, evidence=self.evidence(keys["evidence"], node.path[-1]))
        if "claims" in keys:
            one = replace(one, claims=self.claims(keys["claims"], base.claims))
        if "verification" in keys:
            one = replace(one, verification=self.verification(keys["verification"], base.verification))
        return one

    def evidence(self, node: Node, code: str) -> Shares:
        """Read shares of kinds of evidence; where the terms name kinds, they must be among them."""
        shares = self.shares(node)
        named = [word for group in groups_of(self.brief.by_code[code]) for word in group]
        for word in shares:
            if named and word not in named:
                self.error(node, f"the terms do not accept {word!r} for {code}.", suggestion(word, named))
        return shares

    def results(self, node: Node) -> dict[str, Fraction]:
        """Read the figures that cohort outcomes come to."""
        found = {}
        names = self.brief.latest.cohort_outcomes
        for code, child in self.known(node, names, "a cohort outcome of these terms").items():
            figure = words.fraction(child.value) if isinstance(child.value, str) else None
            if figure is None:
                self.error(child, f"{child.text!r} is not a figure.", "Write 9%, 0.09 or 12.")
            found[code] = figure or Fraction(0)
        return found

    def missing(self, node: Node) -> Shares:
        """Read the shares of blanks."""
        return {
            word: self.share(child)
            for word, child in self.known(node, _MISSING, "a field that may be blank").items()
        }
