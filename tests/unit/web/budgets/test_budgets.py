"""Small personal budgets through HTTP: two people, exact balances, and nothing ever overdrawn."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from openoutcomes.standard.problems import InputError
from openoutcomes.web.budgets import commands, queries
from openoutcomes.web.budgets.models import BudgetEntry, BudgetRequest, Pot
from openoutcomes.web.budgets.views import person_section
from openoutcomes.web.budgets.waiting import waiting
from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import AppendOnlyError, writing
from openoutcomes.web.records import store
from openoutcomes.web.records.models import Record


def a_pot(world, amount="500", per_person=None, who="provider_manager"):
    first, last = queries.year_of(clock.today())
    return commands.open_pot(
        world.access(who), programme=world.programmes["harbour"], starts_on=first, ends_on=last,
        amount=Decimal(amount), per_person=None if per_person is None else Decimal(per_person),
    )  # fmt: skip


def asked(world, amount="40", key="ash", who="practitioner", **changes):
    return commands.ask(
        world.access(who),
        enrolment=world.enrolments[key],
        amount=Decimal(amount),
        what_for="Work boots",
        **changes,
    )


def approved(world, amount="40", key="ash"):
    return commands.approve(world.access("provider_manager"), request=asked(world, amount, key))


def spent(world, amount="40", actual="35.20"):
    return commands.spend(
        world.access("practitioner"),
        request=approved(world, amount),
        amount=Decimal(actual),
        spent_on=clock.today(),
    )


def again(request):
    return BudgetRequest.of(request.partnership).get(pk=request.pk)


def at(world, name, request):
    return world.url(name, request_id=request.request_id)


def day_of(name, day=None):
    day = day or clock.today()
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def ask_url(world, key="ash"):
    return world.url("budget_ask", person_id=world.people[key].person_id)


def form_of(world, **changes):
    sent = {"what_for": "Work boots", "amount": "40", "enrolment": world.enrolments["ash"].enrolment_id}
    return {**sent, **changes}


def test_a_request_goes_from_asking_to_a_receipt_and_the_pot_stays_exact(world):
    pot = a_pot(world)
    client, manager = world.client("practitioner"), world.client("provider_manager")
    for _ in range(2):
        assert client.post(ask_url(world), form_of(world, once="ask")).status_code == 302
    request = BudgetRequest.of(world.partnership).get()
    assert b"Work boots" in manager.get(at(world, "budget", request)).content
    assert manager.post(at(world, "budget_approve", request), {"once": "a"}).status_code == 302
    assert queries.balance_of(pot).left == Decimal("460.00")
    sent = {"amount": "35.20", "receipt": "17", **day_of("spent_on")}
    assert client.post(at(world, "budget_spend", request), sent).status_code == 302
    balance = queries.balance_of(pot)
    assert (balance.funded, balance.promised, balance.spent) == (500, 0, Decimal("35.20"))
    assert balance.left == Decimal("464.80")
    assert again(request).state == "spent"


def test_what_was_spent_is_a_cost_of_the_standard_that_names_nobody(world):
    a_pot(world)
    spent(world)
    cost = Record.of(world.partnership).get(table="costs")
    assert cost.values["amount"] == "35.20"
    assert cost.values["kind"] == "direct"
    assert cost.values["programme_id"] == "harbour-front-door"
    assert cost.values["contract_id"] == "front-door"
    assert cost.person is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"amount": ""}, b"Give an amount such as 25.00."),
        ({"amount": "0"}, b"The amount is not more than nothing."),
        ({"amount": "1.234"}, b"no more than 2 decimal places"),
        ({"what_for": ""}, b"Say what would be bought"),
        ({"enrolment": "e-guessed"}, b"Select a valid choice"),
        ({"goal_id": "g-guessed"}, b"Select a valid choice"),
        ({"amount": "101"}, b"The most for one person is"),
    ],
)
def test_mistakes_are_said_and_nothing_is_asked(world, changes, says):
    a_pot(world, per_person="100")
    page = world.client("practitioner").post(ask_url(world), form_of(world, **changes))
    assert page.status_code == 200
    assert says in page.content
    assert not BudgetRequest.of(world.partnership).exists()


def test_without_a_pot_nothing_can_be_asked_for(world):
    page = world.client("practitioner").post(ask_url(world), form_of(world))
    assert b"The programme has no money for this today." in page.content


def test_a_request_names_one_of_the_persons_goals(world):
    from openoutcomes.web.core.commands import command, note

    @command
    def set_goal(by, *, person):
        by.require("records.add", world.organisations["harbour"])
        row = store.write(
            by,
            "goals",
            {"words": "A job outdoors"},
            person=person,
            organisation=world.organisations["harbour"],
        )
        note(by, "test.goal", row, person=person)
        return row

    a_pot(world)
    goal = set_goal(world.access("practitioner"), person=world.people["ash"])
    client = world.client("practitioner")
    assert b"A job outdoors" in client.get(ask_url(world)).content
    assert client.post(ask_url(world), form_of(world, goal_id=goal.record_id)).status_code == 302
    request = BudgetRequest.of(world.partnership).get()
    assert b"A job outdoors" in client.get(at(world, "budget", request)).content
    with pytest.raises(InputError, match="not one of theirs"):
        asked(world, key="blake", goal_id=goal.record_id)


def test_nobody_approves_or_declines_their_own_request(world):
    a_pot(world)
    request = asked(world, who="provider_manager")
    page = world.client("provider_manager").post(at(world, "budget_approve", request), {})
    assert b"You asked for this yourself." in page.content
    with pytest.raises(InputError, match="yourself"):
        commands.decline(world.access("provider_manager"), request=request, why="x")
    assert again(request).state == "requested"
    assert b"somebody else has to approve it" in world.client("provider_manager").get(
        at(world, "budget", request)
    ).content  # fmt: skip
    with writing("test"), pytest.raises(IntegrityError), transaction.atomic():
        BudgetRequest.of(world.partnership).update(
            state="approved", decided_by=world.users["provider_manager"]
        )


def test_practitioners_and_other_organisations_approve_nothing(world, elsewhere):
    a_pot(world)
    request = asked(world)
    assert world.client("practitioner").post(at(world, "budget_approve", request), {}).status_code == 403
    for client in (world.client("other_manager"), elsewhere.client("provider_manager")):
        for name in (
            "budget",
            "budget_approve",
            "budget_decline",
            "budget_spend",
            "budget_cancel",
            "budget_correct",
        ):
            assert client.post(at(world, name, request), {}).status_code == 404
    assert world.client("other_practitioner").get(ask_url(world)).status_code == 404
    assert b"Ash" not in world.client("other_manager").get(world.url("budgets")).content
    with pytest.raises(PermissionDenied):
        commands.approve(world.access("other_manager"), request=request)
    with pytest.raises(PermissionDenied):
        asked(world, who="other_practitioner")


@pytest.mark.parametrize("who", ["commissioner", "finance", "verifier", "investor"])
def test_roles_away_from_the_front_line_see_no_requests(world, who):
    assert world.client(who).get(world.url("budgets")).status_code == 403


def test_those_with_consent_do_not_see_budgets(world):
    from openoutcomes.web.sharing.commands import share

    a_pot(world)
    request = asked(world)
    share(
        world.access("practitioner"), person=world.people["ash"], recipient=world.organisations["lantern"],
        groups=["goals", "support"], basis="consent", purpose="support", how="spoken",
    )  # fmt: skip
    assert world.client("other_manager").get(at(world, "budget", request)).status_code == 404
    assert person_section(world.access("other_manager"), world.people["ash"]) is None


def test_more_than_is_left_is_not_approved(world):
    pot = a_pot(world, "50")
    first, second = asked(world, "40"), asked(world, "40", "blake")
    commands.approve(world.access("provider_manager"), request=first)
    page = world.client("provider_manager").post(at(world, "budget_approve", second), {})
    assert "The pot has £10.00 left." in page.content.decode()
    assert queries.balance_of(pot).left == 10


def test_the_most_for_one_person_holds_at_approval_too(world):
    a_pot(world, "500", per_person="50")
    first, second = asked(world, "40"), asked(world, "40")
    commands.approve(world.access("provider_manager"), request=first)
    with pytest.raises(InputError, match="most for one person"):
        commands.approve(world.access("provider_manager"), request=second)


def test_a_request_is_decided_once(world):
    a_pot(world)
    request = asked(world)
    stale = again(request)
    commands.approve(world.access("provider_manager"), request=request)
    for act in (
        lambda: commands.approve(world.access("provider_manager"), request=stale),
        lambda: commands.decline(world.access("provider_manager"), request=stale, why="x"),
    ):
        with pytest.raises(InputError, match="has moved on"):
            act()
    assert BudgetEntry.of(world.partnership).filter(kind="promise").count() == 1


def test_declining_says_why_to_whoever_asked(world):
    a_pot(world)
    request = asked(world)
    manager = world.client("provider_manager")
    assert b"Say why" in manager.post(at(world, "budget_decline", request), {"why": ""}).content
    sent = {"why": "The food bank has boots"}
    assert manager.post(at(world, "budget_decline", request), sent).status_code == 302
    assert (
        b"The food bank has boots" in world.client("practitioner").get(at(world, "budget", request)).content
    )


def test_cancelling_gives_the_promise_back(world):
    pot = a_pot(world)
    request = approved(world)
    assert world.client("practitioner").post(at(world, "budget_cancel", request), {}).status_code == 302
    assert queries.balance_of(pot).left == 500
    with pytest.raises(InputError, match="has moved on"):
        commands.cancel(world.access("practitioner"), request=request)


def test_more_than_was_approved_cannot_be_spent_nor_a_day_that_has_not_come(world):
    a_pot(world)
    request = approved(world)
    client = world.client("practitioner")
    page = client.post(at(world, "budget_spend", request), {"amount": "40.01", **day_of("spent_on")})
    assert "£40.00 was approved, and this is more." in page.content.decode()
    with pytest.raises(InputError, match="has not come yet"):
        commands.spend(
            world.access("practitioner"), request=request, amount=Decimal(1),
            spent_on=clock.today() + dt.timedelta(days=1),
        )  # fmt: skip


def test_a_correction_reverses_the_entry_and_the_cost_and_makes_new_ones(world):
    pot = a_pot(world)
    request = spent(world)
    sent = {"amount": "32.50", **day_of("spent_on")}
    assert world.client("practitioner").post(at(world, "budget_correct", request), sent).status_code == 403
    assert (
        world.client("provider_manager").post(at(world, "budget_correct", request), sent).status_code == 302
    )
    assert queries.balance_of(pot).left == Decimal("467.50")
    kinds = list(
        BudgetEntry.of(world.partnership)
        .filter(request=request)
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    assert kinds == ["promise", "release", "spend", "reversal", "spend"]
    costs = Record.of(world.partnership).filter(table="costs", current=True)
    assert {(one.values["amount"], one.withdrawn) for one in costs} == {("35.20", True), ("32.50", False)}
    commands.correct(
        world.access("provider_manager"), request=again(request), amount=Decimal(0), spent_on=clock.today()
    )
    assert again(request).state == "cancelled"
    assert queries.balance_of(pot).left == 500


def test_entries_are_never_changed(world):
    a_pot(world)
    entry = BudgetEntry.of(world.partnership).get()
    entry.amount = Decimal(1)
    with writing("test"), pytest.raises(AppendOnlyError):
        entry.save()


def test_a_pot_is_never_set_to_less_than_is_promised_and_spent(world):
    pot = a_pot(world, "100")
    approved(world, "40")
    address = world.url("pot_change", pot_id=pot.pot_id)
    page = world.client("provider_manager").post(address, {"amount": "39.99"})
    assert "£40.00 is promised or spent already." in page.content.decode()
    assert (
        world.client("provider_manager").post(address, {"amount": "40", "per_person": "60"}).status_code
        == 302
    )
    assert queries.balance_of(pot).left == 0
    assert Pot.of(world.partnership).get().per_person == 60
    assert world.client("other_manager").post(address, {"amount": "500"}).status_code == 404


def test_a_programme_has_one_pot_on_a_day(world):
    client = world.client("provider_manager")
    page = client.get(world.url("pot_open"))
    first = page.context["form"].initial["starts_on"]
    last = page.context["form"].initial["ends_on"]
    sent = {
        "programme": world.programmes["harbour"].pk, "amount": "£1,000.00", **day_of("starts_on", first),
        **day_of("ends_on", last),
    }  # fmt: skip
    assert client.post(world.url("pot_open"), sent).status_code == 302
    page = client.post(world.url("pot_open"), {**sent, **day_of("starts_on", last)})
    assert b"The programme has a pot for some of these days." in page.content
    sent["programme"] = world.programmes["lantern"].pk
    assert client.post(world.url("pot_open"), sent).status_code == 200
    assert Pot.of(world.partnership).count() == 1
    assert "£1,000.00" in client.get(world.url("pots")).content.decode()


def test_the_financial_year_begins_in_april():
    assert queries.year_of(dt.date(2026, 3, 31)) == (dt.date(2025, 4, 1), dt.date(2026, 3, 31))
    assert queries.year_of(dt.date(2026, 4, 1)) == (dt.date(2026, 4, 1), dt.date(2027, 3, 31))


def test_what_waits_is_for_whoever_can_do_something_about_it(world):
    a_pot(world)
    request = asked(world, who="provider_manager")
    assert not any(one.count for one in waiting(world.access("provider_manager")))
    asked(world)
    assert waiting(world.access("provider_manager"))[0].count == 1
    commands.cancel(world.access("provider_manager"), request=request)
    approved(world, key="blake")
    assert waiting(world.access("practitioner"))[1].count == 1
    assert waiting(world.access("other_manager"))[0].count == 0


def test_the_list_shows_those_that_wait_first_and_files_name_nobody(world):
    a_pot(world)
    approved(world)
    asked(world, key="blake")
    client = world.client("provider_manager")
    rows = client.get(world.url("budgets")).context["listing"].rows
    assert [row[1].text for row in rows] == ["Waiting for approval", "Approved, not spent yet"]
    assert len(client.get(world.url("budgets") + "?state=approved").context["listing"].rows) == 1
    for address in (world.url("budgets"), world.url("pots")):
        assert "Ash" not in client.get(address + "?format=csv").content.decode()


def test_erasing_takes_the_words_and_keeps_the_money(world):
    from openoutcomes.web.administration.commands import erase_person

    pot = a_pot(world)
    request = spent(world)
    erase_person(world.access("administrator"), person=world.people["ash"], asked_by_person=True)
    assert again(request).what_for == ""
    assert again(request).spent == Decimal("35.20")
    assert queries.balance_of(pot).spent == Decimal("35.20")


def test_what_it_is_for_is_encrypted_at_rest(world):
    a_pot(world)
    asked(world)
    with connection.cursor() as cursor:
        cursor.execute("SELECT what_for FROM budgets_budgetrequest")
        assert "boots" not in cursor.fetchone()[0]


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["approve", "cancel", "spend", "correct"]),
            st.decimals("0.01", "120", places=2),
            st.decimals("0.01", "120", places=2),
        ),
        max_size=8,
    )
)
@pytest.mark.django_db
def test_whatever_is_done_in_whatever_order_the_pot_is_exact_and_never_overdrawn(steps):
    from web_world import make_world

    with transaction.atomic():
        world = make_world()
        pot = a_pot(world, "150")
        manager, worker = world.access("provider_manager"), world.access("practitioner")
        spent_so_far, promised = Decimal(0), Decimal(0)
        for act, amount, actual in steps:
            request = asked(world, str(amount))
            try:
                commands.approve(manager, request=request)
            except InputError:
                assert spent_so_far + promised + amount > 150
                continue
            if act == "approve":
                promised += amount
            elif act == "cancel":
                commands.cancel(worker, request=request)
            else:
                paid = min(actual, amount)
                commands.spend(worker, request=request, amount=paid, spent_on=clock.today())
                if act == "correct":
                    paid = (paid / 2).quantize(Decimal("0.01"))
                    commands.correct(manager, request=request, amount=paid, spent_on=clock.today())
                spent_so_far += paid
            balance = queries.balance_of(pot)
            assert (balance.spent, balance.promised) == (spent_so_far, promised)
            assert balance.left >= 0
        transaction.set_rollback(True)


@pytest.mark.needs_postgres
@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_never_overdraw_the_pot():
    from web_world import make_user, make_world, seat

    world = make_world()
    pot = a_pot(world, "50")
    world.users["second_manager"] = make_user("second@kirkdale.example")
    seat(world.partnership, world.users["second_manager"], "provider_manager", world.organisations["harbour"])
    requests = [asked(world, "40"), asked(world, "40", "blake")]
    begin, refused = threading.Barrier(2), []

    def decide(who, request):
        begin.wait()
        try:
            commands.approve(world.access(who), request=request)
        except InputError as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=pair)
        for pair in zip(("provider_manager", "second_manager"), requests, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert queries.balance_of(pot).left == 10
