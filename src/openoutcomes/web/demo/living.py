"""A year's work in the demonstration, through the same commands as anybody's, each on its own day."""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from openoutcomes.standard.money import from_minor
from openoutcomes.web.budgets import commands as budgets
from openoutcomes.web.claims import commands as claims
from openoutcomes.web.claims import disputing
from openoutcomes.web.claims.models import Claim
from openoutcomes.web.contracts.models import Contract, Party
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.middleware import seat_of
from openoutcomes.web.core.scope import writing
from openoutcomes.web.groups import commands as groups
from openoutcomes.web.outcomes import commands as outcomes
from openoutcomes.web.outcomes import files
from openoutcomes.web.partnerships.models import Membership, Organisation, Programme
from openoutcomes.web.pathways import commands as pathways
from openoutcomes.web.payments import bank
from openoutcomes.web.payments import commands as payments
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.records import commands as records
from openoutcomes.web.records.models import Record
from openoutcomes.web.referrals import commands as referrals
from openoutcomes.web.verification import commands as verification

_GOALS = (
    "A front door that I can lock", "Get my mum round for tea in my own place", "Pass my driving theory",
    "A job where I am outside", "Sleep through the night", "See my little brother every week",
    "Finish the course this time", "Have somebody to ring on a Sunday", "A dog, one day", "Pay off what I owe",
)  # fmt: skip


#: Who approves and who pays for each payer.
_PAYERS = (("commissioner", "finance", "council"), ("commissioner-2", "finance-2", "national-fund"))
#: Something done, on its day.
Act = tuple[dt.date, Callable[[], None]]


@dataclass
class Stage:
    """What the year takes place in."""

    partnership: Any
    organisations: dict[str, Organisation]
    programmes: dict[str, Programme]
    contract: Contract
    users: dict[str, Any]
    began: dt.date
    today: dt.date
    seed: int

    def seat(self, key: str) -> Access:
        """Return the seat of one of the cast."""
        found = seat_of(self.users[key], self.partnership.slug)
        if found is None:
            raise LookupError(key)
        return found

    def party(self, role: str, organisation: str) -> Party:
        """Return a party to the contract."""
        parties: Any = Party.of(self.partnership)
        return parties.get(contract=self.contract, role=role, organisation=self.organisations[organisation])  # type: ignore[no-any-return]

    def on(self, day: dt.date, hour: int = 10) -> Any:
        """Let it be a day of the year; never later than now."""
        moment = timezone.make_aware(dt.datetime.combine(min(day, self.today), dt.time(hour)))
        return clock.at(min(moment, timezone.now()))


def live(stage: Stage, tell: Callable[[str], None]) -> None:
    """Live through the year."""
    tell("Goals, groups and pathways")
    _front_line(stage)
    _community(stage)
    tell("Evidence and verification")
    _evidence(stage)
    tell("Claims and payments")
    _money(stage)


def _front_line(stage: Stage) -> None:
    chance = random.Random(stage.seed)  # noqa: S311 - made-up choices
    enrolments = list(
        Enrolment.of(stage.partnership)
        .filter(ended_on=None)
        .select_related("person", "practitioner", "organisation", "programme__contract")
        .order_by("pk")
    )
    people: dict[int | None, str] = {user.pk: key for key, user in stage.users.items()}
    seats = {key: stage.seat(key) for key in people.values() if key != "person"}
    for enrolment in enrolments[::2]:
        by = seats[people[enrolment.practitioner_id]]
        day = (enrolment.started_on or stage.began) + dt.timedelta(days=chance.randrange(1, 15))
        with stage.on(day):
            goal = {"words": chance.choice(_GOALS), "domain": "home", "set_on": clock.today(),
                    "review_on": clock.today() + dt.timedelta(days=90)}  # fmt: skip
            seconds = chance.randrange(20, 70)
            records.set_goal(by, person=enrolment.person, enrolment=enrolment, values=goal, seconds=seconds)
    for enrolment in enrolments:
        by = seats[people[enrolment.practitioner_id]]
        planned = stage.today + dt.timedelta(days=chance.randrange(-4, 21))
        with stage.on(stage.today - dt.timedelta(days=5)):
            records.plan_contact(by, enrolment=enrolment, next_on=planned)
    _pathway(stage, [e for e in enrolments if e.organisation_id == stage.organisations["harbour-lights"].pk])
    _budget(stage, enrolments, seats, people)
    _referral(stage, enrolments)


def _pathway(stage: Stage, enrolments: list[Enrolment]) -> None:
    manager, worker = stage.seat("manager"), stage.seat("link-worker")
    with stage.on(stage.began):
        pathway = pathways.define(
            manager,
            programme=stage.programmes["harbour-lights"],
            name="Into a home",
            stages=[
                {"name": "Getting ready", "weeks": 6, "every": "week", "who": "young person, link worker"},
                {
                    "name": "Settling in",
                    "weeks": 13,
                    "every": "fortnight",
                    "who": "young person, link worker",
                },
                {"name": "Keeping it", "weeks": 26, "every": "month", "who": "young person, link worker"},
            ],
        )
    for number, enrolment in enumerate(enrolments[-14:]):
        if enrolment.started_on is None:
            continue
        with stage.on(enrolment.started_on):
            journey = pathways.place(worker, enrolment=enrolment, pathway=pathway, on=clock.today())
        if number % 3:
            with stage.on(max(enrolment.started_on, stage.today - dt.timedelta(days=5))):
                pathways.meet(
                    worker, journey=journey, on=clock.today(), present="young person, link worker",
                    decided="Look at two flats on Thursday",
                )  # fmt: skip


def _budget(
    stage: Stage, enrolments: list[Enrolment], seats: dict[str, Access], people: dict[int | None, str]
) -> None:
    manager = stage.seat("manager")
    programme = stage.programmes["harbour-lights"]
    with stage.on(stage.began):
        budgets.open_pot(
            manager, programme=programme, starts_on=stage.began,
            ends_on=stage.began.replace(year=stage.began.year + 2) - dt.timedelta(days=1),
            amount=Decimal(6000), per_person=Decimal(300),
        )  # fmt: skip
    mine = [
        e for e in enrolments if e.programme_id == programme.pk and people[e.practitioner_id] == "link-worker"
    ]
    wanted = (
        ("A kettle, pans and bedding", 120),
        ("Bus pass for a month", 62),
        ("Boots for work", 75),
        ("Deposit for a key", 40),
    )
    for (what, amount), enrolment in zip(wanted, mine, strict=False):
        with stage.on(stage.today - dt.timedelta(days=30)):
            asked = budgets.ask(
                seats["link-worker"], enrolment=enrolment, amount=Decimal(amount), what_for=what
            )
        if amount == 75:
            continue  # one is left for the manager to answer
        with stage.on(stage.today - dt.timedelta(days=28)):
            asked = budgets.approve(manager, request=asked)
        if amount != 40:
            with stage.on(stage.today - dt.timedelta(days=20)):
                budgets.spend(
                    seats["link-worker"], request=asked, amount=Decimal(amount) - Decimal("3.50"),
                    spent_on=clock.today(), receipt=f"R{amount}",
                )  # fmt: skip


def _referral(stage: Stage, enrolments: list[Enrolment]) -> None:
    worker = stage.seat("link-worker")
    mine = [e for e in enrolments if e.practitioner_id == stage.users["link-worker"].pk]
    with stage.on(stage.today - dt.timedelta(days=3)):
        referrals.make(
            worker, person=mine[0].person, organisation=stage.organisations["harbour-lights"],
            recipient=stage.organisations["lantern-house"], wants="Somebody to learn to cook with",
            groups=["goals", "strengths"], basis="consent", how="spoken",
        )  # fmt: skip


def _community(stage: Stage) -> None:
    by = stage.seat("group-leader")
    chance = random.Random(stage.seed + 1)  # noqa: S311 - made-up choices
    with stage.on(stage.today - dt.timedelta(days=70)):
        group = groups.add_group(
            by, organisation=stage.organisations["allotment"],
            values={"name": "Friday diggers", "programme": stage.programmes["allotment"],
                    "place": "Riverside plot 12", "meets": "Fridays at 10", "hours": Decimal("2.5")},
        )  # fmt: skip
    names = [
        "Basil Sample",
        "Sorrel Demo",
        "Pip Example",
        "Lovage Pretend",
        "Chive Standin",
        "Fennel Pattern",
        "Dill Notional",
    ]
    for week in range(9, 0, -1):
        held = stage.today - dt.timedelta(days=7 * week)
        with stage.on(held):
            known = [member.person.person_id for member in group.members.select_related("person")]
            came = [one for one in known if chance.random() < 0.75]
            new = [names.pop(0) for _ in range(min(len(names), 3 if week == 9 else chance.randrange(2)))]
            groups.take_register(
                by,
                group=group,
                held_on=held,
                came=came,
                newcomers=new,
                hours=Decimal("2.5"),
                place="Riverside plot 12",
            )


def picture(title: str, lines: tuple[str, ...]) -> bytes:
    """Return a made-up document as a JPEG, marked as made up."""
    image = Image.new("RGB", (620, 860), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, 600, 840), outline="#444", width=2)
    draw.text((50, 60), title, fill="black", font_size=30)
    for number, line in enumerate(lines):
        draw.text((50, 140 + 40 * number), line, fill="black", font_size=20)
    draw.text((50, 780), "MADE UP FOR A DEMONSTRATION", fill="#b00", font_size=22)
    held = io.BytesIO()
    image.save(held, "JPEG", quality=80)
    return held.getvalue()


def _evidence(stage: Stage) -> None:
    waiting = (
        Record.of(stage.partnership)
        .filter(
            table="achievements",
            current=True,
            state__in=("unverified", "queried"),
            code="accommodation-entry",
        )
        .select_related("organisation", "person")
        .order_by("-on", "pk")[:8]
    )
    managers = {"harbour-lights": "link-worker", "lantern-house": "coach", "second-step": "small-charity"}
    for number, record in enumerate(waiting):
        if record.organisation is None or record.person is None or record.on is None:
            continue
        by = stage.seat(managers[record.organisation.organisation_id])
        content = picture(
            "Tenancy agreement",
            (f"Tenant: {record.person.person_id}", f"From: {record.on:%d %B %Y}", f"Number {number + 1}"),
        )
        upload = SimpleUploadedFile("tenancy.jpg", content, "image/jpeg")
        outcomes.add_evidence(
            by,
            achievement=record,
            kind="tenancy-agreement",
            dated_on=record.on,
            files=files.checked_all([upload]),
        )
    with stage.on(stage.today - dt.timedelta(days=2)):
        verification.draw(
            stage.seat("verifier"), contract=stage.contract, first=stage.today - dt.timedelta(days=120),
            last=stage.today - dt.timedelta(days=2), method="random", asked="10", seed="demonstration",
        )  # fmt: skip


def _money(stage: Stage) -> None:
    """Claim, approve and pay by quarter. A ledger is written in order of days, so the days come first."""
    _banks(stage)
    acts = _investing(stage)
    quarters = _quarters(stage.began, stage.today)
    managers = {"harbour-lights": "manager", "lantern-house": "manager-2", "second-step": "small-charity"}
    for number, (first, last) in enumerate(quarters):
        is_latest = number == len(quarters) - 1
        for provider, manager in managers.items():
            if is_latest and provider == "second-step":
                continue  # left to prepare
            acts += _claiming(stage, provider, manager, first, last, is_latest=is_latest)
    for day, act in sorted(acts, key=lambda one: one[0]):
        with stage.on(day):
            act()


def _claiming(
    stage: Stage, provider: str, manager: str, first: dt.date, last: dt.date, *, is_latest: bool
) -> list[Act]:
    """Return what is done for one claim, with the days it is done on."""
    label = f"{first.year}-Q{(first.month + 2) // 3}"
    held: dict[str, Claim] = {}

    def claim() -> None:
        by = stage.seat(manager)
        made = claims.prepare_claim(
            by, contract=stage.contract, provider=stage.organisations[provider], label=label,
            period_from=first, period_to=last, as_of=clock.today(),
        )  # fmt: skip
        if not made.result["posting"]:
            claims.withdraw_claim(by, claim=made, why="Nothing to claim yet")
        elif not (is_latest and provider == "lantern-house"):  # one is left as a draft
            held["claim"] = claims.lock_claim(by, claim=made)

    def approve(commissioner: str, payer: str) -> None:
        if "claim" in held:
            claims.approve_claim(
                stage.seat(commissioner), claim=held["claim"], payer=stage.party("payer", payer)
            )

    def pay(finance: str, payer: str) -> None:
        if "claim" not in held:
            return
        party = stage.party("payer", payer)
        owed = from_minor(payments.owed(held["claim"], party), stage.contract.currency)
        if owed > 0:
            payments.record_payment(
                stage.seat(finance), claim=held["claim"], payer=party, amount=owed, paid_on=clock.today(),
                reference=f"{payer[:3].upper()}{held['claim'].pk:05}",
            )  # fmt: skip

    acts: list[Act] = [(last + dt.timedelta(days=10), claim)]
    if is_latest:
        return [*acts, (stage.today - dt.timedelta(days=4), lambda: _argue(stage, held.get("claim")))]
    for number, (commissioner, finance, payer) in enumerate(_PAYERS):
        acts.append((last + dt.timedelta(days=18 + number), partial(approve, commissioner, payer)))
        acts.append((last + dt.timedelta(days=30 + number), partial(pay, finance, payer)))
    return acts


def _argue(stage: Stage, claim: Claim | None) -> None:
    """Let a payer dispute one line of the latest claim, so that there is one to answer."""
    line = claim.lines.exclude(payers=[]).order_by("pk").first() if claim is not None else None
    if claim is not None and line is not None:
        disputing.return_lines(
            stage.seat("commissioner"), claim=claim, payer=stage.party("payer", "council"), lines=[line.line_id],
            reason="The letter is dated before the move. Is there another?",
        )  # fmt: skip


def _banks(stage: Stage) -> None:
    accounts = (("harbour-lights", "manager", "20-00-01", "10000018"), ("lantern-house", "manager-2", "20-00-01", "10000026"),
                ("second-step", "small-charity", "20-00-01", "10000034"))  # fmt: skip
    for provider, manager, sort_code, number in accounts:
        with stage.on(stage.began):
            details = bank.propose_account(
                stage.seat(manager), provider=stage.organisations[provider],
                account_name=stage.organisations[provider].name, sort_code=sort_code, account_number=number,
            )  # fmt: skip
        with stage.on(stage.began + dt.timedelta(days=2)):
            bank.check_account(
                stage.seat("finance"),
                details=details,
                confirmed=True,
                how="call-back",
                last_four=number[-4:],
                check_note="Number held since the contract",
            )


def _investing(stage: Stage) -> list[Act]:
    """Return what the investor puts in and gets back, with the days."""

    def move(kind: str, amount: int) -> None:
        payments.record_investment(
            stage.seat("investor"), contract=stage.contract, kind=kind, amount=Decimal(amount),
            investor=stage.party("investor", "place-fund"), borrower=stage.party("provider", "harbour-lights"),
            dated_on=clock.today(), reason="As agreed",
        )  # fmt: skip

    moves = ((0, "drawdown", 60_000), (100, "drawdown", 40_000), (320, "repayment", 25_000))
    return [
        (stage.began + dt.timedelta(days=day), partial(move, kind, amount)) for day, kind, amount in moves
    ]


def _quarters(first: dt.date, today: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Return the quarters that are over, with time to claim for them, each as its first and last day."""
    found: list[tuple[dt.date, dt.date]] = []
    start = first
    while True:
        index = start.year * 12 + start.month - 1 + 3
        following = dt.date(index // 12, index % 12 + 1, 1)
        if following + dt.timedelta(days=10) > today:
            return found
        found.append((start, following - dt.timedelta(days=1)))
        start = following


def seat_for_a_person(stage: Stage, user: Any) -> None:
    """Give somebody of the demonstration the seat of a person supported."""
    enrolment = (
        Enrolment.of(stage.partnership)
        .filter(ended_on=None, practitioner=stage.users["link-worker"])
        .select_related("person")
        .order_by("pk")
        .first()
    )
    if enrolment is None:
        raise LookupError("nobody has support")
    with writing("building the demonstration"):
        Membership.objects.create(
            partnership=stage.partnership,
            user=user,
            role="person",
            person=enrolment.person,
            since=clock.now(),
        )
