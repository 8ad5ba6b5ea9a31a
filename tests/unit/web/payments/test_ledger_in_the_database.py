"""The journal in the database is the ledger's own, and every column that pages read says what it says."""

import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django_scopes import scope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from openoutcomes import ledger
from openoutcomes.cli.app import app
from openoutcomes.standard.problems import InputError
from openoutcomes.web.claims.models import Claim
from openoutcomes.web.core.scope import AppendOnlyError, writing
from openoutcomes.web.payments import ledger as door
from openoutcomes.web.payments.models import JournalEntry, Movement, Share
from openoutcomes.web.payments.queries import position
from openoutcomes.web.people.commands import add_person, enrol
from web_claims import achieve, approve, bank, lock, on, pay, payer, prepare, sound, staff


@pytest.fixture
def paid(busy):
    """A claim that is locked, approved by both payers and part paid by one."""
    busy.claim = lock(busy, prepare(busy))
    approve(busy, busy.claim)
    approve(busy, busy.claim, "fund", "fund_commissioner")
    bank(busy)
    pay(busy, busy.claim, "400.00")
    return busy


def test_the_journal_is_read_back_as_it_was_posted(paid):
    journal = door.journal_of(paid.contract)
    assert [entry.entry_id for entry in journal.entries] == [
        f"E{n:06d}" for n in range(1, len(journal.entries) + 1)
    ]
    assert ledger.verify(journal) == []
    assert door.head(paid.contract) == journal.head


def test_the_command_line_accepts_the_journal_that_is_downloaded(paid, tmp_path):
    answer = paid.client("finance").get(paid.url("journal", contract=paid.contract.pk))
    file = tmp_path / "journal.jsonl"
    file.write_bytes(b"".join(answer.streaming_content))
    run = CliRunner().invoke(app, ["ledger", "verify", "--journal", str(file)])
    assert run.exit_code == 0, run.output
    assert "Sound: 7 entries" in run.output


def test_a_provider_never_gets_the_journal_with_the_lines_of_others(paid):
    address = paid.url("journal", contract=paid.contract.pk)
    assert paid.client("provider_manager").get(address).status_code == 404
    assert paid.client("practitioner").get(address).status_code == 403


def alter(column, value, number):
    """Change a row behind the platform's back, as somebody with the database could."""
    with connection.cursor() as cursor:
        statement = f"UPDATE payments_journalentry SET {column} = %s WHERE number = %s"  # noqa: S608
        cursor.execute(statement, [value, number])


@pytest.mark.parametrize(
    "change",
    [
        {"text": "nothing"}, {"hash": "0" * 64}, {"claim": "other/claim"}, {"number": 99}, {"kind": "payment"},
    ],
)  # fmt: skip
def test_an_altered_entry_is_found_and_stops_everything(paid, change):
    ((column, value),) = change.items()
    alter(column, value, 2)
    assert door.problems_of(paid.contract)
    with pytest.raises(InputError):
        pay(paid, paid.claim, "1.00", reference="next")
    text = paid.client("finance").get(paid.url("ledger_check", contract=paid.contract.pk)).content.decode()
    assert "The ledger is not as it was written" in text


def test_an_amount_altered_in_a_sound_looking_text_breaks_the_chain(paid):
    entry = JournalEntry.objects.get(number=1)
    alter("text", entry.text.replace("333.33", "433.33"), 1)
    assert door.problems_of(paid.contract)


def test_an_altered_share_or_movement_is_found(paid):
    with writing("an attacker"), transaction.atomic():
        share = Share.objects.filter(payer__named="fund").first()
        Share.objects.filter(pk=share.pk).update(paid=1)
        assert "shown otherwise than the journal says" in str(door.problems_of(paid.contract)[0])
        Share.objects.filter(pk=share.pk).update(paid=0)
        assert door.problems_of(paid.contract) == []
        Movement.objects.filter(pk=Movement.objects.first().pk).delete()
        assert "do not add up" in str(door.problems_of(paid.contract)[0])


def test_entries_are_never_changed_nor_deleted(paid):
    entry = JournalEntry.objects.first()
    with writing("test"):
        with pytest.raises(AppendOnlyError):
            entry.save()
        with pytest.raises(AppendOnlyError):
            entry.delete()
    assert paid.contract is not None


@pytest.mark.usefixtures("paid")
def test_the_check_of_all_ledgers_says_sound_or_ends_with_an_error():
    said = StringIO()
    call_command("verify_ledgers", stdout=said)
    assert "kirkdale front-door: sound, 7 entries, head" in said.getvalue()
    alter("hash", "1" * 64, 1)
    with pytest.raises(CommandError, match="Restore from a backup"):
        call_command("verify_ledgers", stdout=said, stderr=said)


def test_what_the_ledger_refuses_leaves_no_trace(paid):
    before = list(door.export(paid.contract)), list(Share.objects.values_list()), paid.claim.payments.count()
    with pytest.raises(InputError):
        pay(paid, paid.claim, "9999.00", reference="next")
    assert before == (
        list(door.export(paid.contract)), list(Share.objects.values_list()), paid.claim.payments.count(),
    )  # fmt: skip


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["claim", "approve", "approve line", "pay", "claw back", "reverse", "change", "gone"]
        ),
        st.integers(0, 30),
        st.integers(1, 60_000),
    ),
    min_size=3,
    max_size=14,
)


@pytest.fixture
def quiet(world):
    from web_claims import DAY

    with on(DAY), scope(partnership=world.partnership):
        staff(world)
        yield world


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_done_the_columns_say_what_the_journal_says(quiet, steps):
    with transaction.atomic(), writing("test"):
        _live(quiet, steps)
        # The next example begins from the same database.
        transaction.set_rollback(True)


def test_the_generated_steps_come_to_something(quiet):
    steps = [
        ("claim", 3, 10_000),
        ("approve", 0, 1),
        ("pay", 2, 500),
        ("claw back", 0, 100),
        ("reverse", 2, 1),
    ]
    with transaction.atomic(), writing("test"):
        done = _live(quiet, steps)
    assert set(done) == {"claim", "approve", "pay", "claw back", "reverse"}


def _live(world, steps):
    """Do the steps that the ledger allows, straight through its verbs, and check after each."""
    by, contract = world.access("provider_manager"), world.contract
    priced, done = {}, {}
    for turn, (verb, number, pence) in enumerate(steps):
        claims = list(Claim.objects.filter(contract=contract).order_by("pk"))
        try:
            with transaction.atomic():
                if verb in ("claim", "change", "gone"):
                    _price(priced, verb, number, pence)
                    _post_claim(world, by, f"claim-{turn}", list(priced.values()))
                elif claims:
                    _step(by, contract, verb, claims[number % len(claims)], number, pence)
            done[verb] = done.get(verb, 0) + 1
        except InputError:
            continue
        sound(world)
        _states(world)
    return done


def _price(priced, verb, number, pence):
    if verb == "gone":
        for name in list(priced)[number % 5 :][:1]:
            priced[name] = _line(name, 0)
        return
    names = [f"o-{number}"] if verb == "change" else [f"o-{number + extra}" for extra in range(3)]
    for turn, name in enumerate(names):
        priced[name] = _line(name, pence + turn)


def _line(name, pence):
    first = Decimal(pence * 2 // 3) / 100
    whole = Decimal(pence) / 100
    return ledger.ClaimLine(
        contract="front-door", line_id=name, achievement_id=name, outcome="home-entry", provider_id="harbour",
        achieved_on=None, period="2025", currency="GBP", amount=whole.quantize(Decimal("0.01")),
        payers=(("council", first.quantize(Decimal("0.01"))), ("fund", (whole - first).quantize(Decimal("0.01")))),
    )  # fmt: skip


def _post_claim(world, by, label, lines):
    Claim.objects.create(
        partnership=world.partnership, contract=world.contract, provider=world.organisations["harbour"],
        label=label, reference=f"harbour/{label}", period_from="2025-01-01", period_to="2025-03-31",
        as_of="2025-04-07", state="locked", terms_number=1, prepared_by=by.user, result={"totals": {"held": 0}},
    )  # fmt: skip
    posted = door.post(
        by, world.contract,
        lambda journal: ledger.post_claim(
            journal, lines, contract="front-door", claim=f"harbour/{label}", when=door.when(), part=True
        ),
    )  # fmt: skip
    if not posted:
        raise InputError([])


def _step(by, contract, verb, claim, number, pence):
    key = ("council", "fund")[number % 2]
    about = {"claim": claim.reference, "when": door.when(), "payer": key}
    amount = Decimal(pence) / 100
    lines = [share.line_id for share in Share.objects.filter(claim=claim).order_by("pk")]

    def change(journal):
        if verb == "approve":
            return ledger.approve(journal, **about)
        if verb == "approve line":
            return ledger.approve(journal, **about, lines=[lines[number % len(lines)]])
        if verb == "pay":
            return ledger.pay(journal, **about, amount=amount if number % 3 else None)
        if verb == "claw back":
            return ledger.clawback(journal, **about, reason="no", amount=amount if number % 3 else None)
        last = journal.entries[-1 - number % len(journal.entries)]
        return [ledger.reverse(journal, last.entry_id, when=door.when(), reason="wrong")]

    if not door.post(by, contract, change):
        raise InputError([])


def _states(world):
    """Check the position of every page against the journal's own balances, payer by payer."""
    journal = door.read(world.contract)
    found = position(world.access("administrator"), world.contract)
    for row in found.rows:
        balances = {
            line.account: line.amount
            for line in ledger.balances(journal, by=("party",))
            if line.key == (row.payer.named,)
        }
        standing = row.standing
        assert -balances.get("payer.cash", Decimal(0)) == found.money(standing.paid)
        assert -balances.get("payer.accrued", Decimal(0)) == found.money(standing.to_approve)
        assert -balances.get("payer.payable", Decimal(0)) == found.money(standing.to_pay - standing.due_back)
    today = position(world.access("administrator"), world.contract, door.clock.today())
    assert {row.payer.named: row.standing for row in today.rows} == {
        row.payer.named: row.standing for row in found.rows
    }


def test_a_payer_that_nobody_stands_for_is_said_before_anything_is_posted(busy):
    claim = prepare(busy)
    with writing("test"):
        party = payer(busy, "fund")
        party.named = "somebody-else"
        party.save()
    with pytest.raises(InputError, match="no organisation stands for it"):
        lock(busy, claim)
    assert not JournalEntry.objects.exists()


def test_a_claim_of_many_lines_is_submitted_and_approved_in_few_statements(
    busy, django_assert_max_num_queries
):
    by = busy.access("practitioner")
    for number in range(20):
        made = add_person(by, organisation=busy.organisations["harbour"], identity={"name": f"P{number}"})
        busy.enrolments[number] = enrol(
            by, person=made, programme=busy.programmes["harbour"], started_on=dt.date(2025, 1, 2)
        )
        achieve(busy, number)
    draft = prepare(busy)
    with django_assert_max_num_queries(35):
        claim = lock(busy, draft)
    with django_assert_max_num_queries(35):
        approve(busy, claim)
    assert Share.objects.filter(claim=claim).count() == 44
    sound(busy)
