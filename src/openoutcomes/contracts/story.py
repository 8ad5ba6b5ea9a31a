"""What is kept of a claim so that its line can be explained rule by rule."""

from __future__ import annotations

from dataclasses import dataclass

from openoutcomes.contracts.judging import CompiledOutcome
from openoutcomes.contracts.records import Claim
from openoutcomes.contracts.rules.base import History, Verdict


@dataclass(frozen=True, slots=True)
class Told:
    """One rule as it met one claim; ``detail`` says how, where there is more to say."""

    name: str
    says: str
    verdict: Verdict | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A claim with what each rule said of it."""

    claim: Claim
    rules: CompiledOutcome
    told: tuple[Told, ...]


def tell(claim: Claim, rules: CompiledOutcome, history: History) -> tuple[Told, ...]:
    """Return what each rule says of a claim; call it before the claim is judged."""
    return tuple(
        Told(
            rule.name,
            rule.says,
            rule.check(claim, history),
            rule.story(claim, history) if rule.story is not None else "",
        )
        for rule in rules.rules
    )
