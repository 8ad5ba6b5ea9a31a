"""What every rule shares: the verdict it may give and the state of the person it looks at."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from openoutcomes.contracts.records import Claim

Status = Literal["payable", "reduced", "held", "refused"]


class Verdict(NamedTuple):
    """Why a claim is not payable now: held until something happens, or refused."""

    status: Literal["held", "refused"]
    rule: str
    reason: str
    #: Claimed before its time: it gives way to a later claim whose time has come.
    unripe: bool = False


class Fact(NamedTuple):
    """Something that counts as achieved for the rules of later claims."""

    on: dt.date
    claim: Claim
    verdict: Verdict | None
    kind_used: int | None


@dataclass(slots=True)
class History:
    """What this person's earlier claims have established, in order of date."""

    facts: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    #: For each outcome, the claims that have a place.
    placed: dict[str, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    sides: dict[object, tuple[int, Claim]] = field(default_factory=dict)
    milestones: dict[object, Fact] = field(default_factory=dict)


Check = Callable[[Claim, History], Verdict | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the terms.

    ``check`` returns None when the claim meets it. ``says`` states the rule in plain English;
    ``story`` says how this claim met it, where there is more to say than yes or no.
    """

    name: str
    says: str
    check: Check
    story: Callable[[Claim, History], str] | None = None


def held(rule: str, reason: str) -> Verdict:
    """Return a verdict that waits for something."""
    return Verdict("held", rule, reason)


def refused(rule: str, reason: str) -> Verdict:
    """Return a verdict that the claim does not meet the terms."""
    return Verdict("refused", rule, reason)
