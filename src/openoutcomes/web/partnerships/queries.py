"""Reading what a partnership has set up: its organisations, seats, and what is on from the catalogue."""

from __future__ import annotations

from typing import Any

from openoutcomes.standard.instruments import INSTRUMENTS, Instrument
from openoutcomes.standard.outcomes import Outcome, load_map
from openoutcomes.web.partnerships.models import Offered


def outcomes_on(partnership: Any) -> list[Outcome]:
    """Return the outcomes of the map that the partnership has switched on, in the order of the map.

    When none is switched on, all of them, so that an unfunded group can begin before it chooses.
    """
    codes = _codes(partnership, "outcome")
    found = load_map()
    return [found[code] for code in found if code in codes or not codes]


def instruments_on(partnership: Any) -> list[Instrument]:
    """Return the instruments that the partnership has switched on, by name.

    When none is switched on, every one whose wording may be shown without a licence of one's own.
    """
    codes = _codes(partnership, "instrument")
    found = [one for one in INSTRUMENTS.values() if one.id in codes or (not codes and is_free(one))]
    return sorted(found, key=lambda one: one.name.casefold())


def is_free(instrument: Instrument) -> bool:
    """Say whether an instrument's wording is shipped, so that nobody has to register to use it here."""
    return bool(instrument.wording)


def wording_of(partnership: Any, instrument_id: str) -> tuple[str, ...]:
    """Return the items of an instrument as they may be shown here: shipped, or a registered user's own.

    Empty when the licence keeps them from being shipped and nobody has given theirs: ask by item number then.
    """
    instrument = INSTRUMENTS.get(instrument_id)
    if instrument is None or instrument.wording:
        return instrument.wording if instrument else ()
    kept = Offered.of(partnership).filter(kind="instrument", code=instrument_id).first()
    return tuple(kept.wording) if kept else ()


def _codes(partnership: Any, kind: str) -> frozenset[str]:
    return frozenset(Offered.of(partnership).filter(kind=kind).values_list("code", flat=True))
