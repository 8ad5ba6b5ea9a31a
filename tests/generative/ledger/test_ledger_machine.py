"""Whatever is posted, in whatever order: balanced, unaltered, and to the penny."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from openoutcomes.ledger import (
    ClaimLine,
    Entry,
    Journal,
    When,
    adjustments,
    approve,
    balances,
    clawback,
    pay,
    positions,
    post_claim,
    read_journal,
    reverse,
    trial_balance,
    update,
    verify,
)
from openoutcomes.ledger.steps import share_out
from openoutcomes.standard.money import allocate
from openoutcomes.standard.problems import InputError

START = date(2015, 1, 1)
LATEST = date(2020, 1, 1)
PAYERS = ("housing", "cabinet", "council")

pence = st.integers(-200_000, 500_000).filter(bool)
weights = st.lists(st.integers(0, 7), min_size=3, max_size=3).filter(any)


def make_line(number: int, amount: int, parts: list[int], provider: str = "ambition") -> ClaimLine:
    shares = [Decimal(part).scaleb(-2) for part in allocate(amount, parts)]
    return ClaimLine(
        contract="c",
        line_id=f"line-{number}",
        achievement_id=f"a{number}",
        outcome="entry",
        provider_id=provider,
        achieved_on=START + timedelta(days=number % 5),
        period=f"P{number % 2}",
        currency="GBP",
        amount=Decimal(amount).scaleb(-2),
        payers=tuple(zip(PAYERS, shares, strict=True)),
    )


lines = st.dictionaries(
    st.integers(0, 9), st.tuples(pence, weights, st.sampled_from(("ambition", "depaul"))), max_size=6
).map(lambda found: [make_line(number, *facts) for number, facts in sorted(found.items())])


class LedgerMachine(RuleBasedStateMachine):
    """Post, approve, pay, claw back and reverse at random, in time order; refusals change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.journal = Journal()
        self.day = START
        self.claims: list[str] = []
        self.seen: tuple[Entry, ...] = ()

    def attempt(self, make: object) -> tuple[Entry, ...]:
        before = self.journal.entries, self.journal.head
        try:
            return self.journal.post(make())  # type: ignore[operator]
        except InputError:
            assert (self.journal.entries, self.journal.head) == before
            return ()

    @property
    def when(self) -> When:
        return When(self.day, LATEST)

    @initialize(priced=lines)
    def first_claim(self, priced: list[ClaimLine]) -> None:
        self.post_claim(priced, part=False)

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.day = min(self.day + timedelta(days=days), LATEST)

    @rule(priced=lines, part=st.booleans())
    def post_claim(self, priced: list[ClaimLine], *, part: bool) -> None:
        claim = f"C{len(self.claims)}"

        def drafts() -> list[Entry]:
            return post_claim(self.journal, priced, contract="c", claim=claim, when=self.when, part=part)

        if self.attempt(drafts):
            self.claims.append(claim)
        assert drafts() == []

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), payer=st.sampled_from(("", *PAYERS)))
    def approve(self, data: st.DataObject, payer: str) -> None:
        claim = data.draw(st.sampled_from(self.claims))
        self.attempt(lambda: approve(self.journal, claim=claim, payer=payer, when=self.when))

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), payer=st.sampled_from(PAYERS), amount=st.none() | pence)
    def pay(self, data: st.DataObject, payer: str, amount: int | None) -> None:
        claim = data.draw(st.sampled_from(self.claims))
        some = None if amount is None else Decimal(amount).scaleb(-2)
        made = self.attempt(lambda: pay(self.journal, claim=claim, payer=payer, amount=some, when=self.when))
        if made and some is not None:
            assert sum(lead.amount for entry in made for lead in entry.leads()) == some

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), payer=st.sampled_from(("", *PAYERS)), amount=st.none() | pence)
    def claw_back(self, data: st.DataObject, payer: str, amount: int | None) -> None:
        claim = data.draw(st.sampled_from(self.claims))
        some = None if amount is None else Decimal(amount).scaleb(-2)
        made = self.attempt(
            lambda: clawback(
                self.journal, claim=claim, payer=payer, amount=some, when=self.when, reason="audit"
            )
        )
        if made and some is not None:
            assert sum(lead.amount for entry in made for lead in entry.leads()) == some

    @precondition(lambda self: self.journal.entries)
    @rule(data=st.data())
    def reverse_any(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(self.journal.entries))
        self.attempt(lambda: [reverse(self.journal, entry.entry_id, when=self.when, reason="mistake")])

    @precondition(lambda self: self.journal.entries)
    @rule()
    def reverse_the_last_and_every_balance_is_as_before(self) -> None:
        last = self.journal.entries[-1]
        if last.kind == "reversal" or any(e.reverses == last.entry_id for e in self.journal.entries):
            return
        stored = list(zip(self.journal.entries, self.journal.hashes, strict=True))
        before = Journal(stored[:-1])
        self.journal.post([reverse(self.journal, last.entry_id, when=self.when, reason="mistake")])
        for by in (("party", "period"), ("line",), ("claim",)):
            assert balances(self.journal, by=by) == balances(before, by=by)

    @invariant()
    def is_balanced_in_total_and_in_each_partys_books(self) -> None:
        rows = balances(self.journal, by=("party", "line"))
        assert all(debit == credit for debit, credit in trial_balance(rows).values())
        books: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
        for row in rows:
            books[(*row.key, row.account.partition(".")[0])] += row.amount
        assert not any(books.values())

    @invariant()
    def what_one_side_owes_the_other_is_owed(self) -> None:
        sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
        mirror = {"payable": "receivable", "cost": "income"}
        for row in balances(self.journal, by=("payer", "provider", "line")):
            stage = row.account.partition(".")[2]
            sums[(*row.key, mirror.get(stage, stage))] += row.amount
        assert not any(sums.values())

    @invariant()
    def nothing_posted_was_altered(self) -> None:
        assert self.journal.entries[: len(self.seen)] == self.seen
        assert verify(self.journal) == []
        self.seen = self.journal.entries

    @invariant()
    def positions_are_the_balances(self) -> None:
        owed = {(row.key[1], row.key[0]): -row.amount for row in balances(self.journal, by=("payer", "line"))
                if row.account == "payer.payable"}  # fmt: skip
        for key, position in positions(self.journal.entries).items():
            assert position.outstanding == owed.get((key.line_id, key.payer), 0)

    def teardown(self) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "journal.jsonl"
            update(path, lambda _: self.journal.entries, create=True)
            if path.exists():
                replayed = read_journal(path)
                assert (replayed.entries, replayed.head) == (self.journal.entries, self.journal.head)
                assert balances(replayed, by=("line",)) == balances(self.journal, by=("line",))


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(max_examples=settings().max_examples * 2 // 5, stateful_step_count=25)


@given(priced=lines, seed=st.randoms(use_true_random=False))
def test_the_order_of_posting_within_a_day_does_not_matter(
    priced: list[ClaimLine], seed: random.Random
) -> None:
    when = When(START, LATEST)
    journal = Journal()
    journal.post(post_claim(journal, priced, contract="c", claim="C", when=when))
    if journal.entries:
        journal.post(approve(journal, claim="C", when=when))
        payer = next(name for name, amount in priced[0].payers if amount)
        journal.post(pay(journal, claim="C", payer=payer, when=when))
    shuffled = list(journal.entries)
    seed.shuffle(shuffled)
    other = Journal()
    other.post([replace(entry, entry_id="") for entry in shuffled])
    for by in (("party", "period"), ("line",)):
        assert balances(other, by=by) == balances(journal, by=by)


@given(before=lines, after=lines)
def test_locked_lines_and_adjustments_are_the_new_pricing_to_the_penny(
    before: list[ClaimLine], after: list[ClaimLine]
) -> None:
    found = adjustments(before, after)
    sums: dict[tuple[str, str, str, str], Decimal] = defaultdict(Decimal)
    for sign, group in ((1, before), (1, found), (-1, after)):
        for line in group:
            for payer, amount in line.payers:
                sums[line.origin, line.provider_id, line.period, payer] += sign * amount
    assert not any(sums.values())
    assert all(line.amount == sum(amount for _, amount in line.payers) for line in found)
    ids = [line.line_id for line in (*before, *found)]
    assert len(ids) == len(set(ids))
    assert adjustments([*before, *found], after) == []


@given(amounts=st.lists(st.integers(-500, 500).map(Decimal), max_size=8), data=st.data())
def test_a_sum_met_from_parts_is_met_exactly_and_never_from_more_than_there_is(
    amounts: list[Decimal], data: st.DataObject
) -> None:
    net = sum(amounts, Decimal(0))
    total = Decimal(data.draw(st.integers(min(0, int(net)), max(0, int(net)))))
    parts = share_out(amounts, total)
    assert sum(parts, Decimal(0)) == total
    assert all(min(amount, 0) <= part <= max(amount, 0) for amount, part in zip(amounts, parts, strict=True))
