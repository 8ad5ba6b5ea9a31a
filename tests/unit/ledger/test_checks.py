"""Each rule of the journal, broken by one entry at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from openoutcomes.ledger import ClaimLine, Entry, Journal, Posting, When, invest, pay, verify
from openoutcomes.ledger.accounts import CHART, KINDS, LEGS, SCHEME
from openoutcomes.ledger.checks import check_entries, check_entry
from openoutcomes.ledger.entries import Share, postings_for
from openoutcomes.ledger.steps import reverse
from openoutcomes.standard.problems import InputError

Day = Callable[[str], When]


def _codes(entries: list[Entry]) -> set[str]:
    return {problem.code for problem in check_entries(entries)}


def _first(journal: Journal, kind: str) -> Entry:
    return next(entry for entry in journal.entries if entry.kind == kind)


def _with(entries: tuple[Entry, ...], entry: Entry, **changed: object) -> list[Entry]:
    """The journal with one more entry, numbered as the next."""
    added = replace(entry, **{"entry_id": f"E{len(entries) + 1:06d}", **changed})  # type: ignore[arg-type]
    return [*entries, added]


def _step(journal: Journal, kind: str, day: str, *shares: Share) -> list[Entry]:
    base = _first(journal, "payment")
    postings = postings_for(kind, "fcf", shares)
    dated = date.fromisoformat(day)
    return _with(journal.entries, base, kind=kind, dated_on=dated, postings=postings, reason="test")


def _share(amount: str, payer: str = "office", line_id: str = "entry/a1") -> Share:
    return Share(line_id, payer, "ambition", "2015-Q1", Decimal(amount))


def test_every_step_balances_in_each_partys_books() -> None:
    assert set(SCHEME) == set(KINDS) - {"reversal"}
    for legs in SCHEME.values():
        assert len(legs) == LEGS
        assert legs[0][1] == 1
        for role in {CHART[code].role for code, _ in legs}:
            assert sum(sign for code, sign in legs if CHART[code].role == role) == 0


def test_a_sound_journal_has_no_problems(paid: Journal) -> None:
    assert check_entries(paid.entries) == []
    assert verify(paid) == []


def test_an_unknown_kind_is_found(paid: Journal) -> None:
    assert [p.code for p in check_entry(replace(_first(paid, "approval"), kind="gift"))] == ["kind"]


def test_an_entry_out_of_balance_is_found(paid: Journal) -> None:
    entry = _first(paid, "approval")
    first = replace(entry.postings[0], amount=entry.postings[0].amount + Decimal("0.01"))
    found = check_entry(replace(entry, postings=(first, *entry.postings[1:])))
    assert "is out of balance by £0.01 in the books of department." in [p.what for p in found]


def test_one_partys_books_out_of_balance_are_found_though_the_total_is_nothing(paid: Journal) -> None:
    entry = _first(paid, "approval")
    one, two = entry.postings[0], entry.postings[2]
    cent = Decimal("0.01")
    moved = (
        replace(one, amount=one.amount + cent),
        entry.postings[1],
        replace(two, amount=two.amount - cent),
    )
    assert "unbalanced" in {
        p.code for p in check_entry(replace(entry, postings=(*moved, *entry.postings[3:])))
    }


def test_an_entry_without_postings_is_found(paid: Journal) -> None:
    assert "unbalanced" in {p.code for p in check_entry(replace(_first(paid, "approval"), postings=()))}


def test_an_account_outside_the_chart_or_the_contract_is_found(paid: Journal) -> None:
    entry = _first(paid, "approval")
    for change in ({"kind": "payer.slush"}, {"contract": "other"}):
        account = replace(entry.postings[1].account, **change)
        swapped = (entry.postings[0], replace(entry.postings[1], account=account), *entry.postings[2:])
        assert "account" in {p.code for p in check_entry(replace(entry, postings=swapped))}


def test_balanced_postings_that_are_not_the_steps_own_are_found(paid: Journal) -> None:
    entry = _first(paid, "approval")
    assert {p.code for p in check_entry(replace(entry, kind="payment"))} == {"scheme"}
    assert {p.code for p in check_entry(replace(entry, postings=entry.postings[:2]))} == {"scheme"}


def test_a_share_of_nothing_is_found(paid: Journal) -> None:
    empty = tuple(replace(posting, amount=Decimal(0)) for posting in _first(paid, "approval").postings)
    assert {p.code for p in check_entry(replace(_first(paid, "approval"), postings=empty))} == {"scheme"}


def test_fractions_of_a_penny_are_found(paid: Journal) -> None:
    thin = postings_for("payment", "fcf", [_share("0.001")])
    assert {p.code for p in check_entry(replace(_first(paid, "payment"), postings=thin))} == {"pence"}


def test_an_entry_dated_after_it_was_recorded_is_found(paid: Journal) -> None:
    entry = _first(paid, "payment")
    (problem,) = check_entry(replace(entry, dated_on=entry.recorded_on + timedelta(days=1)))
    assert problem.what == "is dated 1 February 2016, after the day it was recorded (31 January 2016)."


def test_an_accrual_that_does_not_split_its_line_is_found(paid: Journal) -> None:
    entry = _first(paid, "accrual")
    assert entry.line is not None
    cheap = replace(entry.line, amount=Decimal("499.99"))
    swapped = replace(entry.line, payers=(("office", Decimal("333.33")), ("department", Decimal("166.67"))))
    for line in (None, cheap, swapped):
        assert {p.code for p in check_entry(replace(entry, line=line))} == {"line"}


def test_only_an_accrual_carries_a_line(paid: Journal) -> None:
    line = _first(paid, "accrual").line
    assert {p.code for p in check_entry(replace(_first(paid, "approval"), line=line))} == {"line"}


def test_a_reversal_or_clawback_without_a_reason_is_found(paid: Journal) -> None:
    entry = replace(_first(paid, "payment"), kind="reversal", reason=" ")
    assert {p.code for p in check_entry(entry)} == {"reason"}


def test_gaps_and_backward_days_are_found(paid: Journal) -> None:
    listed = list(paid.entries)
    assert "sequence" in _codes(listed[1:])
    earlier = replace(listed[-1], recorded_on=date(2015, 12, 1))
    assert _codes([*listed[:-1], earlier]) == {"sequence"}


def test_reversal_of_nothing_known_is_found(paid: Journal, when: Day) -> None:
    undo = reverse(paid, "E000005", when=when("2015-07-01"), reason="x")
    assert _codes(_with(paid.entries, undo, reverses="E000042")) == {"reversal"}
    (problem,) = check_entries(_with(paid.entries, undo, reverses=""))
    assert problem.what == "reverses nothing, which is not an earlier entry."


def test_a_reversal_twice_or_of_a_reversal_is_refused(paid: Journal, when: Day) -> None:
    (undo,) = paid.post([reverse(paid, "E000006", when=when("2015-07-01"), reason="x")])
    for target, said in (("E000006", "has already reversed"), (undo.entry_id, "itself a reversal")):
        with pytest.raises(InputError, match=said):
            paid.post([reverse(paid, target, when=when("2015-07-01"), reason="x")])


def test_a_reversal_before_what_it_reverses_is_refused(paid: Journal, when: Day) -> None:
    with pytest.raises(InputError, match=r"before the entry it reverses \(1 June 2015\)"):
        paid.post([reverse(paid, "E000006", when=when("2015-05-31"), reason="x")])


def test_a_reversal_that_is_not_equal_and_opposite_is_found(paid: Journal, when: Day) -> None:
    undo = reverse(paid, "E000006", when=when("2015-07-01"), reason="x")
    half = undo.postings[:LEGS]
    assert _codes(_with(paid.entries, undo, postings=half)) == {"reversal"}
    assert _codes(_with(paid.entries, undo, claim="C2")) == {"reversal"}


def test_an_entry_that_names_another_without_reversing_it_is_found(paid: Journal) -> None:
    last = replace(paid.entries[-1], reverses="E000001")
    assert _codes([*paid.entries[:-1], last]) == {"reversal"}


def test_the_same_line_accrued_twice_is_found(paid: Journal) -> None:
    assert _codes(_with(paid.entries, _first(paid, "accrual"), claim="C2")) == {"twice"}


def test_two_currencies_in_a_claim_are_found(paid: Journal) -> None:
    assert _codes(_with(paid.entries, _first(paid, "payment"), currency="EUR")) == {"currency"}


def test_approval_above_what_is_accrued_is_found(paid: Journal) -> None:
    assert _codes(_step(paid, "approval", "2015-07-01", _share("0.01"))) == {"approved"}
    assert _codes(_step(paid, "approval", "2015-07-01", _share("1.00", line_id="never"))) == {"approved"}


def test_approval_of_the_other_sign_is_found(paid: Journal) -> None:
    assert _codes(_step(paid, "approval", "2015-07-01", _share("-500.00"))) == {"approved", "paid"}


def test_payment_above_what_is_approved_is_found_on_that_day(paid: Journal) -> None:
    found = check_entries(_step(paid, "payment", "2015-07-01", _share("0.01")))
    assert [problem.what for problem in found] == [
        "takes line entry/a1, office, to £166.68 paid against £166.67 approved on 1 July 2015."
    ]


def test_payment_dated_before_its_approval_is_refused(paid: Journal, when: Day) -> None:
    paid.post([reverse(paid, "E000006", when=when("2015-06-02"), reason="wrong day")])
    with pytest.raises(InputError, match=r"£0\.00 approved on 30 April 2015"):
        paid.post(pay(paid, claim="C1", payer="office", when=when("2015-04-30")))


def test_clawback_above_what_is_paid_is_found(paid: Journal) -> None:
    assert _codes(_step(paid, "clawback", "2015-07-01", _share("166.68"))) == {"clawed-back"}
    assert _codes(_step(paid, "clawback", "2015-05-15", _share("1.00"))) == {"clawed-back"}


def test_money_returned_without_a_clawback_is_found(paid: Journal) -> None:
    assert _codes(_step(paid, "payment", "2015-07-01", _share("-1.00"))) == {"returned"}


def test_a_fault_that_lasts_for_days_is_reported_once(paid: Journal) -> None:
    entries = _step(paid, "payment", "2015-07-01", _share("1.00"))
    entries = _with(tuple(entries), entries[-1], dated_on=date(2015, 7, 2))
    assert len(check_entries(entries)) == 1


def test_an_approval_cannot_be_undone_under_a_payment(paid: Journal, when: Day) -> None:
    with pytest.raises(InputError, match=r"paid against £0\.00 approved"):
        paid.post([reverse(paid, "E000003", when=when("2015-07-01"), reason="x")])


def test_repayment_beyond_what_was_drawn_is_refused_and_return_is_not(when: Day) -> None:
    journal = Journal()

    def put(kind: str, amount: str, day: str) -> None:
        entry = invest(
            kind, contract="fcf", investor="fund", borrower="vehicle", amount=Decimal(amount), currency="GBP",
            when=when(day),
        )  # fmt: skip
        journal.post([entry])

    put("drawdown", "100.00", "2015-05-02")
    put("return", "500.00", "2015-05-03")
    for amount, day, said in (
        ("100.01", "2015-05-03", "repays fund £0.01 more than was drawn by 3 May 2015"),
        ("1.00", "2015-05-01", "repays fund £1.00 more than was drawn by 1 May 2015"),
    ):
        with pytest.raises(InputError, match=said):
            put("repayment", amount, day)
    put("repayment", "100.00", "2015-05-02")
    assert len(journal.entries) == 3


def test_a_refused_posting_changes_nothing(paid: Journal, when: Day) -> None:
    before = paid.entries, paid.head
    good = reverse(paid, "E000006", when=when("2015-07-01"), reason="x")
    bad = reverse(paid, "E000005", when=when("2015-05-01"), reason="x")
    with pytest.raises(InputError):
        paid.post([good, bad])
    assert (paid.entries, paid.head) == before


def test_an_altered_entry_breaks_the_chain_at_its_place(paid: Journal) -> None:
    pairs = list(zip(paid.entries, paid.hashes, strict=True))
    pairs[2] = replace(pairs[2][0], reason="altered"), pairs[2][1]
    assert [(p.code, p.field) for p in verify(Journal(pairs))] == [("chain", "E000003")]


def test_a_removed_entry_breaks_the_chain(paid: Journal) -> None:
    pairs = list(zip(paid.entries, paid.hashes, strict=True))
    assert verify(Journal(pairs[:3] + pairs[4:]))[0].code == "chain"


def test_a_cut_off_tail_shows_against_a_head_noted_before(paid: Journal) -> None:
    short = Journal(list(zip(paid.entries, paid.hashes, strict=True))[:-1])
    assert verify(short) == []
    assert [p.code for p in verify(short, expect=paid.head)] == ["chain"]
    assert verify(paid, expect=short.head) == []
    assert verify(paid, expect=Journal().head) == []


def test_entries_and_lines_cannot_be_changed(paid: Journal, line: Callable[..., ClaimLine]) -> None:
    for value, name in (
        (paid.entries[0], "reason"),
        (paid.entries[0].postings[0], "amount"),
        (line(), "amount"),
    ):
        with pytest.raises(AttributeError):
            setattr(value, name, "changed")
    with pytest.raises(AttributeError):
        paid.entries = ()  # type: ignore[misc]
    assert isinstance(paid.entries[0].postings[0], Posting)


def test_a_refusal_says_what_was_asked_not_a_number_that_was_never_given(paid: Journal, when: Day) -> None:
    with pytest.raises(InputError) as caught:
        paid.post([reverse(paid, "E000003", when=when("2015-07-01"), reason="x")])
    assert str(caught.value.problems[0]) == (
        "reversal of E000003: takes line entry/a1, department, to £333.33 paid against £0.00 approved "
        "on 1 July 2015. First reverse what was posted on top of it."
    )
    ready = replace(_first(paid, "approval"), dated_on=date(2017, 1, 1))
    with pytest.raises(InputError, match="new approval: is dated 1 January 2017"):
        paid.post([ready])


def test_new_entries_on_a_journal_that_is_not_sound_name_the_old_entry(paid: Journal, when: Day) -> None:
    pairs = list(zip(paid.entries, paid.hashes, strict=True))
    pairs[0] = replace(pairs[0][0], reason="", kind="clawback"), pairs[0][1]
    undo = reverse(paid, "E000006", when=when("2015-07-01"), reason="x")
    with pytest.raises(InputError, match="E000001: "):
        Journal(pairs).post([undo])
