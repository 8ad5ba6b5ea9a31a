"""Building the demonstration: three providers, two payers, an investor, a verifier, and a year of records.

Everything goes through the same commands and checks as real work, except the records of a year, which are
loaded as a whole and dated as if they had been typed day by day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from openoutcomes.contracts.reading import parse_terms, read_terms
from openoutcomes.synth.brief import Brief
from openoutcomes.synth.making import make
from openoutcomes.synth.profile_file import load_profile
from openoutcomes.web.accounts.models import User
from openoutcomes.web.contracts.models import Contract, Party, TermsFile
from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import writing
from openoutcomes.web.demo import (
    rhythm_agenda,
    rhythm_barriers,
    rhythm_cases,
    rhythm_changes,
    rhythm_governance,
    rhythm_listening,
    rhythm_meetings,
    rhythm_stories,
    rhythm_trials,
)
from openoutcomes.web.demo.cast import CAST, ORGANISATIONS, name_of
from openoutcomes.web.demo.living import Stage, live, seat_for_a_person
from openoutcomes.web.demo.loading import Setting, load
from openoutcomes.web.partnerships.models import Membership, Organisation, Partnership, Programme

SLUG = "northtown"
Tell = Callable[[int, int, str], None]
_STEPS = 6
#: A quarter of the working rhythm, in the order in which one thing leads to the next.
_RHYTHM = (
    rhythm_agenda, rhythm_stories, rhythm_listening, rhythm_barriers, rhythm_trials, rhythm_changes, rhythm_cases,
    rhythm_governance, rhythm_meetings,
)  # fmt: skip


def _quarter_start(day: dt.date) -> dt.date:
    return dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def began(today: dt.date) -> dt.date:
    """Return the day the demonstration's contract began: the start of the quarter a year ago."""
    year_ago = today.replace(year=today.year - 1, day=1)
    return _quarter_start(year_ago)


def filled(name: str, today: dt.date) -> str:
    """Return a file of the demonstration with its dates put in, counted from ``today``."""
    start = began(today)
    text = (resources.files("openoutcomes.web.demo") / "data" / name).read_text(encoding="utf-8")
    days = {
        "STARTS_END": today - dt.timedelta(days=20),
        "START": start,
        "END": start.replace(year=start.year + 3) - dt.timedelta(days=1),
        "CLOSE": start.replace(year=start.year + 3) + dt.timedelta(days=91),
        "DAY140": start + dt.timedelta(days=140),
        "DAY10": start + dt.timedelta(days=10),
        "DAY40": start + dt.timedelta(days=40),
    }
    for word, day in days.items():
        text = text.replace(word, day.isoformat())
    return text


@transaction.atomic
def build(tell: Tell, *, people: int = 240, seed: int = 1) -> Partnership:
    """Build the demonstration partnership in an empty database, and return it."""
    today = clock.today()
    start = began(today)
    steps = iter(range(_STEPS))
    tell(next(steps), _STEPS, "Organisations and the people who work there")
    with clock.at(timezone.make_aware(dt.datetime.combine(start, dt.time(9)))):
        with writing("building the demonstration"):
            partnership = Partnership.objects.create(
                slug=SLUG,
                name="Northtown Front Door",
                place="Northtown",
                aim="Young people in Northtown have a home of their own, and somebody beside them until they keep it.",
                is_demo=True,
            )
        with scope(partnership=partnership), writing("building the demonstration"):
            organisations = {
                key: Organisation.objects.create(
                    partnership=partnership, organisation_id=key, name=name, kind=kind, size_band="medium"
                )
                for key, name, kind, _ in ORGANISATIONS
            }
            users = {player.key: _user(partnership, player, organisations) for player in CAST}
            contract = _contract(
                partnership, organisations, users["administrator"], filled("front-door.yaml", today)
            )
            programmes = _programmes(partnership, organisations, contract)
    with scope(partnership=partnership):
        tell(next(steps), _STEPS, "A year of records")
        setting = Setting(
            partnership=partnership,
            organisations=organisations,
            programmes=programmes,
            contract=contract,
            workers=_workers(users),
            name_of=name_of,
            today=today,
            seed=seed,
        )
        _records(setting, today, people, seed)
        stage = Stage(partnership, organisations, programmes, contract, users, start, today, seed)
        live(stage, lambda words: tell(next(steps), _STEPS, words))
        seat_for_a_person(stage, users["person"])
        tell(next(steps), _STEPS, "Listening, learning and meeting")
        for room in _RHYTHM:
            room.fill(stage)
    tell(_STEPS, _STEPS, "Built")
    return partnership


def _user(partnership: Partnership, player: Any, organisations: dict[str, Organisation]) -> User:
    user = User.objects.create_user(f"{player.key}@{SLUG}.example", None, name=player.name, is_demo=True)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if player.role == "person":
        return user  # whose record it is is chosen when there are people
    where = organisations.get(player.organisation)
    Membership.objects.create(partnership=partnership, user=user, role=player.role, organisation=where)
    return user


def _contract(
    partnership: Partnership, organisations: dict[str, Organisation], by: User, text: str
) -> Contract:
    terms = read_terms(parse_terms(text, "front-door.yaml"))
    contract: Contract = Contract.objects.create(
        partnership=partnership, contract_id=terms.contract, name=terms.name, currency=terms.currency
    )
    sha = hashlib.sha256(text.encode()).hexdigest()
    TermsFile.objects.create(
        partnership=partnership, contract=contract, number=1, text=text, sha256=sha, loaded_by=by
    )
    for key, _, _, role in ORGANISATIONS:
        if role:
            Party.objects.create(
                partnership=partnership,
                contract=contract,
                organisation=organisations[key],
                role=role,
                named=key,
            )
    Party.objects.create(
        partnership=partnership,
        contract=contract,
        organisation=organisations["council"],
        role="commissioner",
        named="council",
    )
    return contract


def _programmes(
    partnership: Partnership, organisations: dict[str, Organisation], contract: Contract
) -> dict[str, Programme]:
    funded = {
        key: Programme.objects.create(
            partnership=partnership,
            programme_id=f"{key}-front-door",
            organisation=organisations[key],
            name=f"Front Door at {organisations[key].name}",
            place="Northtown",
            aim="A home of one's own, and what it takes to keep it.",
            who_for="Young people of 18 to 24 without a home.",
            contract=contract,
            funders=["council", "national-fund"],
        )
        for key, _, _, role in ORGANISATIONS
        if role == "provider"
    }
    allotment = Programme.objects.create(
        partnership=partnership,
        programme_id="allotment-fridays",
        organisation=organisations["allotment"],
        name="Allotment Fridays",
        place="Riverside",
        aim="A morning outdoors, and people to share it with.",
        who_for="Anybody.",
    )
    return {**funded, "allotment": allotment}


def _workers(users: dict[str, User]) -> dict[str, list[User]]:
    return {
        "harbour-lights": [users["link-worker"], users["link-worker"], users["manager"]],
        "lantern-house": [users["coach"], users["manager-2"]],
        "second-step": [users["small-charity"]],
    }


def _records(setting: Setting, today: dt.date, people: int, seed: int) -> None:
    terms = read_terms(parse_terms(filled("front-door.yaml", today)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profile.yaml"
        path.write_text(filled("profile.yaml", today), encoding="utf-8")
        profile = load_profile(path, Brief(terms))
    load(setting, make(terms, people, seed, profile).dataset())
