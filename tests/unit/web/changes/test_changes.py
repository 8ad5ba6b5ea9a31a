"""Changes to delivery through HTTP: written down, agreed to, corrected, followed, and balanced to the penny."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError
from openoutcomes.web.barriers import commands as barriers
from openoutcomes.web.changes import commands, money
from openoutcomes.web.changes.models import Agreement, Change, Entry, FollowUp
from openoutcomes.web.changes.money import Wanted
from openoutcomes.web.changes.rhythm import signals
from openoutcomes.web.changes.waiting import waiting
from openoutcomes.web.core import clock
from openoutcomes.web.records.models import Record
from openoutcomes.web.ties.models import Tie
from web_pages import date_boxes, shown

DAY = dt.timedelta(days=1)
TITLE = "Two posts move from the office to outreach"


def values(world, **changes):
    today = clock.today()
    return {
        "title": TITLE, "what": "First meetings are outside the office", "why": "Half never came to the office",
        "programme": world.programmes["harbour"], "organisation": world.organisations["harbour"],
        "contract": world.contract, "role": "Board of the provider", "decided_on": today - 3 * DAY,
        "effective_from": today, "expected": "More start", "follow_on": today + 30 * DAY, "total_why": "", **changes,
    }  # fmt: skip


def form(**changes):
    today = clock.today()
    return {
        "title": TITLE, "why": "Half never came to the office", "programme": "harbour-front-door",
        "role": "Board of the provider", "expected": "More start", **date_boxes("decided_on", today - 3 * DAY),
        **date_boxes("effective_from", today), **date_boxes("follow_on", today + 30 * DAY), **changes,
    }  # fmt: skip


def lines(world, **amounts):
    by = world.access("provider_manager")
    given = amounts or {"Office": 1000, "Outreach": 200}
    return [
        commands.add_line(by, programme=world.programmes["harbour"], name=name, opening=Decimal(amount))
        for name, amount in given.items()
    ]


def recorded(world, who="provider_manager", *, moves=(), agree=(), **changes):
    return commands.record(world.access(who), values=values(world, **changes), moves=moves, agree=list(agree))


def amounts(*rows):
    return [one.amount for one in money.holds(list(rows)).values()]


def test_a_manager_writes_a_change_down_once_with_why_and_who(world, elsewhere):
    client = world.client("provider_manager")
    assert "Nothing is written down yet" in shown(client, world.url("changes"))
    barrier = barriers.add(world.access("provider_manager"), values={"title": "Letters, not texts"})
    url = world.url("change_add")
    page = client.post(url, {}).content.decode()
    for words in (
        "Say in one line what changed.", "Choose one of your programmes.", "Name the role that decided.",
        "Give the day to look at what happened.",
    ):  # fmt: skip
        assert words in page
    page = client.post(url, form(**date_boxes("follow_on", clock.today() - 5 * DAY))).content.decode()
    assert "There is no time to see what happens." in page
    assert "Select a valid choice" in client.post(url, form(programme="lantern-front-door")).content.decode()
    sent = form(because=f"barrier:{barrier.barrier_id}", once="c1")
    for _ in range(2):
        assert client.post(url, sent).status_code == 302
    change = Change.of(world.partnership).get()
    assert (change.state, change.organisation, change.contract) == (
        "made",
        world.organisations["harbour"],
        world.contract,
    )
    assert Tie.of(world.partnership).count() == 1
    record = Record.of(world.partnership).get(table="changes", current=True)
    assert record.values["decided_by"] == "Board of the provider"
    assert record.values["heard"] == "Half never came to the office"
    page = shown(client, world.url("change", change_id=change.change_id))
    assert "What happened next?" in page
    assert "Letters, not texts" in page
    assert TITLE in shown(client, world.url("changes"))
    assert TITLE in client.get(world.url("changes"), {"format": "csv"}).content.decode()
    at = {"change_id": change.change_id}
    for who, view, write in (
        ("person", 403, 403), ("investor", 200, 403), ("practitioner", 200, 403), ("other_manager", 200, 403),
        ("coordinator", 200, 200),
    ):  # fmt: skip
        other = world.client(who)
        assert other.get(world.url("change", **at)).status_code == view
        assert other.get(world.url("change_correct", **at)).status_code == write
    assert elsewhere.client("coordinator").get(elsewhere.url("change", **at)).status_code == 404
    with pytest.raises(PermissionDenied):
        recorded(world, "other_manager")


def test_money_moves_from_line_to_line_and_the_total_stays(world):
    client = world.client("provider_manager")
    budget = world.url("budget_lines", programme_id="harbour-front-door")
    url = world.url("budget_line_add", programme_id="harbour-front-door")
    for _ in range(2):
        assert client.post(url, {"name": "Office", "opening": "£1,000.10", "once": "l1"}).status_code == 302
    assert (
        "The programme has a line of this name."
        in client.post(url, {"name": "Office", "opening": "1"}).content.decode()
    )
    assert client.post(url, {"name": "Outreach", "opening": "0"}).status_code == 302
    assert world.client("other_manager").get(budget).status_code == 404
    office, outreach = (
        line
        for line in sorted(
            commands.BudgetLine.of(world.partnership).select_related("programme"), key=lambda one: one.name
        )
    )
    add = world.url("change_add")
    page = client.post(add, form(source_1=office.line_id, amount_1="5")).content.decode()
    assert "Say from where to where it moves." in page
    page = client.post(
        add, form(source_1=office.line_id, target_1=outreach.line_id, amount_1="1000.11")
    ).content.decode()
    assert "has £1,000.10 left" in page
    page = client.post(add, form(source_1="new", target_1=outreach.line_id, amount_1="50")).content.decode()
    assert "The total changes by £50.00." in page
    sent = form(source_1=office.line_id, target_1=outreach.line_id, amount_1="£400.10")
    assert client.post(add, sent).status_code == 302
    assert amounts(office, outreach) == [Decimal("600.00"), Decimal("400.10")]
    page = shown(client, budget)
    assert "£600.00" in page
    assert "the total is as it was" in page
    sent = form(source_1="new", target_1=outreach.line_id, amount_1="50", total_why="A grant came in")
    assert client.post(add, sent).status_code == 302
    assert amounts(outreach) == [Decimal("450.10")]
    assert "Outreach" in client.get(budget, {"format": "csv"}).content.decode()
    with pytest.raises(InputError, match="itself"):
        recorded(world, moves=[Wanted(office, office, Decimal(1))])
    with pytest.raises(InputError, match="another organisation"):
        commands.record(
            world.access("coordinator"),
            values=values(world, programme=world.programmes["lantern"], organisation=world.organisations["lantern"]),
            moves=[Wanted(office, outreach, Decimal(1))],
        )  # fmt: skip


def test_a_change_and_its_money_wait_until_the_payer_agrees(world):
    office, outreach = lines(world)
    client, payer = world.client("provider_manager"), world.client("commissioner")
    sent = form(
        source_1=office.line_id,
        target_1=outreach.line_id,
        amount_1="900",
        agree=["council", "fund"],
        once="w1",
    )
    assert client.post(world.url("change_add"), sent).status_code == 302
    change = Change.of(world.partnership).get()
    at = {"change_id": change.change_id}
    assert change.state == "proposed"
    assert not Record.of(world.partnership).filter(table="changes").exists()
    assert amounts(office, outreach) == [Decimal(1000), Decimal(200)]
    # What is promised to it is not promised again.
    with pytest.raises(InputError, match=r"100\.00 left"):
        recorded(world, moves=[Wanted(office, outreach, Decimal(101))])
    with pytest.raises(InputError, match="not made yet"):
        commands.follow_up(
            world.access("provider_manager"), change=change, on=clock.today(), result="yes", words="x"
        )
    assert [(one.count, one.words) for one in waiting(world.access("commissioner")) if one.count] == [
        (1, "change to delivery to agree to")
    ]
    assert TITLE in shown(payer, world.url("changes"), state="mine")
    mine = Agreement.of(world.partnership).get(organisation=world.organisations["council"])
    theirs = Agreement.of(world.partnership).get(organisation=world.organisations["fund"])
    url = world.url("change_agree", agreement_id=mine.agreement_id)
    assert payer.get(world.url("change_agree", agreement_id=theirs.agreement_id)).status_code == 403
    assert client.get(url).status_code == 403
    assert "£900.00" in shown(payer, url)
    page = payer.post(url, {"said": "object", "why": ""}).content.decode()
    assert "Write what would have to change for you to agree." in page
    assert payer.post(url, {"said": "object", "why": "Keep the office one day"}).status_code == 302
    change.refresh_from_db()
    assert change.state == "objected"
    assert "Somebody objects." in shown(client, world.url("change", **at))

    correct = world.url("change_correct", **at)
    page = shown(client, correct)
    assert "900.00" in page
    sent = {
        **sent, "amount_1": "700", "why_corrected": "The office stays one day", "expected_number": "1", "once": "k1",
    }  # fmt: skip
    page = client.post(correct, {**sent, "agree": ["fund"], "once": "k0"}).content.decode()
    assert "Somebody who was asked to agree would be asked no more." in page
    assert client.post(correct, sent).status_code == 302
    assert "Somebody corrected this" in client.post(correct, {**sent, "once": "k2"}).content.decode()
    page = payer.post(url, {"said": "agree"}).content.decode()
    assert "The change was corrected since." in page
    for who, key in (("commissioner", "council"), ("fund_commissioner", "fund")):
        one = Agreement.of(world.partnership).get(organisation=world.organisations[key], number=2)
        again = world.url("change_agree", agreement_id=one.agreement_id)
        for _ in range(2):
            assert world.client(who).post(again, {"said": "agree", "once": f"a-{key}"}).status_code == 302
    change.refresh_from_db()
    assert change.state == "made"
    assert amounts(office, outreach) == [Decimal(300), Decimal(900)]
    kinds = list(Entry.of(world.partnership).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["recorded", "objected", "corrected", "agreed", "agreed"]
    with pytest.raises(InputError, match="no payer"):
        recorded(world, agree=[world.organisations["trust"]])


def test_a_correction_that_agreement_does_not_hang_on_keeps_it(world):
    change = recorded(world, agree=[world.organisations["council"]])
    commissioner, manager = world.access("commissioner"), world.access("provider_manager")
    commands.answer(commissioner, agreement=Agreement.of(world.partnership).get(), said="agree")
    change.refresh_from_db()
    corrected = commands.correct(
        manager, change=change, values=values(world, expected="Twice as many start"), why="Said too vaguely",
        agree=[world.organisations["council"]],
    )  # fmt: skip
    assert corrected.state == "made"
    again = commands.correct(
        manager, change=corrected, values=values(world, title="Three posts move"), why="Miscounted",
        agree=[world.organisations["council"]],
    )  # fmt: skip
    assert again.state == "proposed"
    with pytest.raises(InputError, match="nothing was changed"):
        commands.correct(
            manager, change=again, values=values(world, title="Three posts move"), why="x",
            agree=[world.organisations["council"]],
        )  # fmt: skip
    versions = Record.of(world.partnership).filter(table="changes").order_by("version")
    assert [one.withdrawn for one in versions] == [False, False, True]


def test_what_happened_next_is_chased_written_down_and_looked_at_again(world):
    with clock.at(clock.now() - 60 * DAY):
        change = recorded(world)
    today = clock.today()
    manager = world.access("provider_manager")
    assert [(one.count, one.is_late) for one in waiting(manager) if one.count] == [(1, True)]
    said = signals(manager, today - 7 * DAY, today)
    assert [(one.words, one.is_late, one.contract) for one in said] == [
        (f"What happened next? {TITLE}", True, "front-door")
    ]
    client = world.client("provider_manager")
    url = world.url("change_follow_up", change_id=change.change_id)
    page = client.post(
        url, {**date_boxes("on", today), "result": "early", "words": "Two weeks only"}
    ).content.decode()
    assert "It is too early, and nobody is to look again." in page
    sent = {
        **date_boxes("on", today), "result": "early", "words": "Two weeks only", **date_boxes("next_on", today + 9 * DAY),
        "once": "f1",
    }  # fmt: skip
    for _ in range(2):
        assert client.post(url, sent).status_code == 302
    change.refresh_from_db()
    assert (change.state, change.follow_on, FollowUp.of(world.partnership).count()) == (
        "made",
        today + 9 * DAY,
        1,
    )
    sent = {**date_boxes("on", today), "result": "yes", "words": "12 of 16 started"}
    assert client.post(url, sent).status_code == 302
    change.refresh_from_db()
    assert change.state == "followed"
    record = Record.of(world.partnership).get(table="changes", current=True)
    assert record.values["result"] == "12 of 16 started"


def test_a_withdrawn_change_gives_its_money_back_unless_it_has_moved_on(world):
    office, outreach, texts = lines(world, Office=1000, Outreach=0, Texts=0)
    first = recorded(world, moves=[Wanted(office, outreach, Decimal(500))])
    second = recorded(world, title="Texts for all", moves=[Wanted(outreach, texts, Decimal(300))])
    manager = world.access("provider_manager")
    with pytest.raises(InputError, match="has moved on"):
        commands.withdraw(manager, change=first, why="x")
    with pytest.raises(InputError, match="left that is not promised"):
        commands.correct(
            manager,
            change=first,
            values=values(world),
            why="x",
            moves=[Wanted(office, outreach, Decimal(200))],
        )
    url = world.url("change_withdraw", change_id=second.change_id)
    assert world.client("provider_manager").post(url, {"why": "Not needed"}).status_code == 302
    commands.withdraw(manager, change=first, why="By mistake")
    assert amounts(office, outreach, texts) == [Decimal(1000), Decimal(0), Decimal(0)]
    with pytest.raises(InputError, match="withdrawn"):
        commands.withdraw(manager, change=first, why="x")
    assert all(
        Record.of(world.partnership).filter(table="changes", current=True).values_list("withdrawn", flat=True)
    )


def test_a_contracts_log_holds_everything_in_order(world, elsewhere, django_assert_max_num_queries):
    for number in range(6):
        recorded(world, title=f"=Change {number}")
    change = Change.of(world.partnership).first()
    commands.correct(
        world.access("provider_manager"), change=change, values=values(world, title="Put right"), why="A slip"
    )
    client = world.client("commissioner")
    pk = world.contract.pk
    assert "Log of changes under this contract" in shown(client, world.url("contract", pk=pk))
    text = client.get(world.url("change_log", pk=pk), {"format": "csv"}).content.decode()
    rows = text.strip().splitlines()
    assert len(rows) == 8
    assert "'=Change 0" in rows[1]  # a spreadsheet takes it for no formula
    assert "Put right" in rows[-1]
    page = shown(client, world.url("change_log_print", pk=pk))
    assert "A slip" in page
    assert elsewhere.client("commissioner").get(elsewhere.url("change_log", pk=pk)).status_code == 404
    with django_assert_max_num_queries(16):
        client.get(world.url("changes"))
    with django_assert_max_num_queries(12):
        client.get(world.url("change_log", pk=pk))
    with django_assert_max_num_queries(12):
        client.get(world.url("change_log_print", pk=pk))
