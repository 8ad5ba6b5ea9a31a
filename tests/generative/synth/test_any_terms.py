"""Any terms give usable data: chains of every shape, lengths, windows, losses and limits."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from openoutcomes.contracts.pricing import price
from openoutcomes.contracts.reading import parse_terms, read_terms
from openoutcomes.standard.dataset import Dataset
from openoutcomes.synth.brief import Brief
from openoutcomes.synth.defaults import derive
from openoutcomes.synth.making import make
from openoutcomes.synth.profile import Profile, Verification

LATER = dt.date(2040, 1, 1)
NOUGHT = Fraction(0)
LENGTHS = st.sampled_from(["2 weeks", "1 month", "45 days", "10 working days", "6 months"])


@st.composite
def outcome(draw: st.DrawFn, number: int) -> str:
    """Write one outcome; those that follow it may only be later ones."""
    keys = [f"pays: {draw(st.integers(1, 900))}"]
    keys.append(draw(st.sampled_from(["once per: person", "at most: 3 per person", "repeatable: yes"])))
    if number and draw(st.booleans()):
        before = f"o{draw(st.integers(0, number - 1))}"
        how = draw(st.sampled_from(["after", "sustained for"]))
        clock = ", clock restarts on: lost" if draw(st.booleans()) and how == "sustained for" else ""
        keys.append(f"follows: {{outcome: {before}, {how}: {draw(LENGTHS)}{clock}}}")
    elif draw(st.booleans()):
        keys.append(f"within: {draw(st.sampled_from(['4 months', '1 year']))} of start")
    if draw(st.booleans()):
        keys.append(
            draw(st.sampled_from(["evidence: a and b", "evidence: a or b", "evidence alternates: [a, b]"]))
        )
    if draw(st.booleans()):
        keys.append(f"claim after: {draw(LENGTHS)}")
    if draw(st.booleans()):
        keys.append("claim within: 7 months")
    if draw(st.booleans()):
        keys.append(f"at least apart: {draw(LENGTHS)}")
    return f"  o{number}: {{{', '.join(keys)}}}"


@st.composite
def terms_texts(draw: st.DrawFn) -> str:
    outcomes = [draw(outcome(number)) for number in range(draw(st.integers(1, 5)))]
    months_end = draw(st.sampled_from(["last day", "next month"]))
    return "\n".join(
        [
            "contract: any",
            "currency: GBP",
            "runs: {from: 2020-01-31, to: 2024-12-31}",
            "parties: {payers: [city]}",
            f"calendar: {{months end: {months_end}}}",
            "outcomes:",
            *outcomes,
        ]
    )


def smooth(base: Profile, *, exact: bool) -> Profile:
    """Return the profile without claims that go wrong."""
    return replace(
        base,
        exact=exact,
        claims=replace(base.claims, late=NOUGHT, twice=NOUGHT, without_evidence=NOUGHT),
        verification=Verification(base.verification.delay, Fraction(1), NOUGHT, NOUGHT, NOUGHT),
        losses=replace(base.losses, regained=Fraction(1, 2)),
    )


@given(text=terms_texts(), seed=st.integers(0, 2**31))
def test_no_rule_refuses_what_is_made_for_it(text: str, seed: int) -> None:
    terms = read_terms(parse_terms(text))
    profile = smooth(derive(Brief(terms)), exact=False)
    made = make(terms, 60, seed, profile)
    data = made.dataset()
    checked = Dataset.from_rows({table: data.rows(table) for table in data.partial})
    result = price(terms, checked, LATER)
    wrong = {
        (line.outcome, line.status, line.rule, line.reason)
        for line in result.lines
        # Entering again after a loss is a fact for the clock, and pays no second time.
        if line.status in ("held", "refused") and line.rule not in ("once", "at most", "at least apart")
    }
    assert wrong == set()


@given(text=terms_texts(), seed=st.integers(0, 2**31), people=st.integers(1, 80))
def test_exact_rates_are_met_to_the_person(text: str, seed: int, people: int) -> None:
    terms = read_terms(parse_terms(text))
    brief = Brief(terms)
    profile = smooth(derive(brief), exact=True)
    counts = make(terms, people, seed, profile).counts()
    for step in brief.steps:
        code = step.outcome.code
        of = min((counts[before] for before in step.before if before in counts), default=people)
        assert counts[code] == int(profile.outcomes[code].rate * of + Fraction(1, 2)), code
