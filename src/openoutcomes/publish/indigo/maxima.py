"""What the export's Maximum Price means: a limit for a metric, or for one person.

The column is headed 'if all targets achieved', and mostly holds price × target. In some projects it
holds the most that one person can earn; treating that as a limit on a metric would be badly wrong.
"""

from __future__ import annotations

from decimal import Decimal

from openoutcomes.publish.indigo.facts import Price, ProjectFacts
from openoutcomes.publish.indigo.values import per_person_in_note


def per_person_maxima(facts: ProjectFacts) -> set[Decimal]:
    """Return the maxima that limit one person, by the cells or by notes; usually none or one.

    A maximum is read as per person when it stands unchanged beside two or more different prices and
    beside every price that has a maximum, or when the note on its row says so.
    """
    found = {amount for price in facts.prices for amount in per_person_in_note(price.note)}
    rows = [price for price in facts.prices if price.maximum is not None and price.price is not None]
    maxima = {price.maximum for price in rows if price.maximum is not None}
    if len(maxima) == 1 and len({price.price for price in rows}) > 1:
        found |= maxima
    return found


def is_per_person(price: Price, maxima: set[Decimal]) -> bool:
    """Say whether a price's maximum is one of those that limit a person."""
    return price.maximum is not None and price.maximum in maxima
