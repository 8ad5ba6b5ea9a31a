"""The few set phrases that made-up records need. None is anybody's own words."""

from __future__ import annotations

from decimal import Decimal

#: A domain of the standard's list, and words to go with it.
STRENGTHS = (
    ("skills", "I can mend things"),
    ("skills", "I cook for the whole house"),
    ("experience", "I have got through this before"),
    ("relationships", "My sister looks out for me"),
    ("relationships", "I have two good friends"),
    ("community", "I know everybody on this street"),
    ("interests", "I play in a band"),
    ("interests", "I love being outdoors"),
    ("health", "I walk everywhere"),
    ("home", "I keep a place tidy"),
    ("work", "I turn up on time"),
    ("money", "I always pay the rent first"),
)

#: Lengths of sessions, in hours.
HOURS = tuple(Decimal(hours) for hours in ("0.5", "1", "1", "1.5", "2"))

#: The verifier's findings, in the order of :mod:`openoutcomes.synth.claims`, and what is said with them.
FINDINGS = ("accepted", "queried", "refused")
REASONS = (None, "the evidence is unclear; more is asked for", "the evidence does not support the claim")
