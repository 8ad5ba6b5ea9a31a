"""``openoutcomes ledger``: post claims, approve, pay, correct, and read the accounts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openoutcomes.cli._output import print_json, print_text, problems_text, table_text
from openoutcomes.standard.money import format_money
from openoutcomes.standard.problems import InputError, Problem

if TYPE_CHECKING:
    from openoutcomes.ledger import Entry, Journal, When

app = typer.Typer(help="Post claims, approve, pay, correct, and read the accounts.", no_args_is_help=True)


class Format(StrEnum):
    """How balances are printed."""

    text = "text"
    json = "json"
    csv = "csv"


class PageFormat(StrEnum):
    """How a statement is printed."""

    text = "text"
    json = "json"
    csv = "csv"
    html = "html"


class Checked(StrEnum):
    """How findings are printed."""

    text = "text"
    json = "json"


JournalFile = Annotated[Path, typer.Option("--journal", help="The journal: a JSON Lines file.")]
Claim = Annotated[str, typer.Option("--claim", help="The claim's id, such as 2015-Q1.")]
Contract = Annotated[str, typer.Option("--contract", help="Needed where the journal has several.")]
Lines = Annotated[list[str] | None, typer.Option("--line", help="Only this line (may be given again).")]
Payer = Annotated[str, typer.Option("--payer", help="Only this payer's share.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the record.")]
Amount = Annotated[str | None, typer.Option("--amount", help="Such as 1234.50; all if left out.")]
Dated = Annotated[
    str | None, typer.Option("--date", help="Day it takes effect, YYYY-MM-DD; today if left out.")
]
KnownBy = Annotated[
    str | None, typer.Option("--known-by", help="Leave out what was recorded after this day.")
]


@app.command()
def post(
    result: Annotated[Path, typer.Argument(help="JSON from `contract price`.")],
    *,
    journal: JournalFile,
    claim: Claim,
    dated: Annotated[
        str | None, typer.Option("--date", help="Day it takes effect; the pricing's if left out.")
    ] = None,
    provider: Annotated[str, typer.Option("--provider", help="Who is paid, for lines that do not say.")] = "",
    part: Annotated[
        bool, typer.Option("--part", help="The result is part of the contract: leave other lines alone.")
    ] = False,
) -> None:
    """Accrue a claim: what a priced result adds to all claims posted before."""
    from openoutcomes import ledger

    _typed({"claim": claim}, needed=True)
    _typed({"provider": provider})
    priced = _read_json(result)
    lines = ledger.from_result(priced, provider=provider)
    as_of = ledger.result_as_of(priced)
    when = _when(dated or (as_of.isoformat() if as_of else None))
    contract = str(priced["contract"])
    posted = ledger.update(
        journal,
        lambda book: ledger.post_claim(
            book, lines, contract=contract, claim=claim, when=when, as_of=as_of, part=part
        ),
        create=True,
    )
    _report(posted, f"Nothing to post: the journal already holds every line of this pricing of {contract}.")


@app.command()
def approve(
    *,
    journal: JournalFile,
    claim: Claim,
    contract: Contract = "",
    payer: Payer = "",
    line: Lines = None,
    dated: Dated = None,
    reason: Reason = "",
) -> None:
    """Approve what a claim has accrued, in whole, or for one payer or line."""
    from openoutcomes import ledger

    when = _when(dated)
    _typed({"claim": claim, "reason": reason})
    _post(
        journal,
        lambda book: ledger.approve(
            book, claim=claim, when=when, contract=contract, payer=payer, lines=line or (), reason=reason
        ),
        f"Nothing to approve: claim {claim} has no line waiting.",
    )


@app.command()
def pay(
    *,
    journal: JournalFile,
    claim: Claim,
    payer: Annotated[str, typer.Option("--payer", help="Who pays.")],
    amount: Amount = None,
    contract: Contract = "",
    dated: Dated = None,
    reason: Reason = "",
) -> None:
    """Pay what a payer has approved of a claim, or part of it, oldest lines first."""
    from openoutcomes import ledger

    when = _when(dated)
    _typed({"claim": claim, "reason": reason})
    _post(
        journal,
        lambda book: ledger.pay(
            book,
            claim=claim,
            payer=payer,
            when=when,
            amount=_amount(amount, _currency(book, claim=claim)),
            contract=contract,
            reason=reason,
        ),
        f"Nothing to pay: {payer} owes nothing approved on claim {claim}.",
    )


@app.command()
def reverse(
    entry: Annotated[list[str], typer.Argument(help="Entry to undo, such as E000004; several may be given.")],
    *,
    journal: JournalFile,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")],
    dated: Dated = None,
) -> None:
    """Undo entries with equal and opposite ones; all of them or none."""
    from openoutcomes import ledger

    when = _when(dated)
    _typed({"reason": reason}, needed=True)
    _post(
        journal,
        lambda book: [ledger.reverse(book, name, when=when, reason=reason) for name in entry],
        "Nothing to reverse.",
    )


@app.command()
def clawback(
    *,
    journal: JournalFile,
    claim: Claim,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")],
    amount: Amount = None,
    contract: Contract = "",
    payer: Payer = "",
    line: Lines = None,
    dated: Dated = None,
) -> None:
    """Take back money paid on a claim; `pay` then records the money coming back."""
    from openoutcomes import ledger

    when = _when(dated)
    _typed({"claim": claim, "reason": reason}, needed=True)
    _post(
        journal,
        lambda book: ledger.clawback(
            book,
            claim=claim,
            when=when,
            reason=reason,
            amount=_amount(amount, _currency(book, claim=claim)),
            contract=contract,
            payer=payer,
            lines=line or (),
        ),
        f"Nothing to take back: nothing paid on claim {claim} is left.",
    )


@app.command()
def invest(
    kind: Annotated[str, typer.Argument(help="drawdown, repayment or return.")],
    *,
    journal: JournalFile,
    contract: Annotated[str, typer.Option("--contract", help="The contract the money is for.")],
    investor: Annotated[str, typer.Option("--investor", help="Whose money it is.")],
    borrower: Annotated[str, typer.Option("--borrower", help="Who draws and repays it.")],
    amount: Annotated[str, typer.Option("--amount", help="Such as 1234.50.")],
    currency: Annotated[str, typer.Option("--currency", help="Three capitals.")] = "GBP",
    dated: Dated = None,
    reason: Reason = "",
) -> None:
    """Record investors' money: drawn down, repaid, or a return beyond what was drawn."""
    from openoutcomes import ledger

    when = _when(dated)
    _typed(
        {"contract": contract, "investor": investor, "borrower": borrower, "currency": currency}, needed=True
    )
    _typed({"reason": reason})
    if kind not in ("drawdown", "repayment", "return"):
        mend = "Use drawdown, repayment or return."
        raise InputError(Problem(f"`{kind}` is not a kind of investment entry.", mend, field="kind"))
    sum_moved = _amount(amount, currency)
    posted = ledger.update(
        journal,
        lambda _: [
            ledger.invest(
                kind,
                contract=contract,
                investor=investor,
                borrower=borrower,
                amount=sum_moved or Decimal(0),
                currency=currency,
                when=when,
                reason=reason,
            )
        ],
        create=True,
    )
    _report(posted, "Nothing to post.")


@app.command()
def balances(
    *,
    journal: JournalFile,
    as_of: Annotated[str | None, typer.Option("--as-of", help="At the end of this day, YYYY-MM-DD.")] = None,
    by: Annotated[str, typer.Option("--by", help="Such as party,period; see the docs for all.")] = "party",
    contract: Annotated[str, typer.Option("--contract", help="Only this contract.")] = "",
    known_by: KnownBy = None,
    output: Annotated[Format, typer.Option("--format", help="text, json or csv.")] = Format.text,
) -> None:
    """Show what stands on each account, at any date."""
    from openoutcomes import ledger
    from openoutcomes.ledger import render

    names = [name.strip() for name in by.split(",") if name.strip()]
    day = _day("--as-of", as_of)
    book = ledger.read_journal(journal)
    rows = ledger.balances(book, day, names, contract=contract, known_by=_day("--known-by", known_by))
    if output is Format.json:
        print_json(render.balances_json(rows, names, day))
    elif output is Format.csv:
        print_text(render.balances_csv(rows, names))
    else:
        table = render.balances_table(rows, names)
        print_text(table_text(table.headers, table.rows, right=table.right))


@app.command()
def statement(
    *,
    journal: JournalFile,
    party: Annotated[str, typer.Option("--party", help="Whose statement: a payer, provider or investor.")],
    start: Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD.")] = None,
    contract: Annotated[str, typer.Option("--contract", help="Only this contract.")] = "",
    known_by: KnownBy = None,
    output: Annotated[
        PageFormat, typer.Option("--format", help="text, json, csv or html.")
    ] = PageFormat.text,
) -> None:
    """Show a party's statement: opening, every movement with its claim line, closing."""
    from openoutcomes import ledger
    from openoutcomes.ledger import render

    first, last = _day("--from", start), _day("--to", end)
    if first and last and last < first:
        raise InputError(Problem("The last day is before the first.", "Swap --from and --to.", field="--to"))
    book = ledger.read_journal(journal)
    known = _day("--known-by", known_by)
    found = ledger.statement(book, party, first, last, contract=contract, known_by=known)
    if output is PageFormat.json:
        print_json(render.statement_json(found))
    elif output is PageFormat.csv:
        print_text(render.statement_csv(found))
    elif output is PageFormat.html:
        print_text(render.statement_html(found))
    else:
        for section in found.sections:
            table = render.statement_table(section)
            print_text(f"{render.title(found, section)}\n")
            print_text(table_text(table.headers, table.rows, right=table.right) + "\n")


@app.command()
def verify(
    *,
    journal: JournalFile,
    expect: Annotated[
        str, typer.Option("--expect", help="A head hash noted earlier; it must be there.")
    ] = "",
    output: Annotated[Checked, typer.Option("--format", help="text or json.")] = Checked.text,
) -> None:
    """Check that a journal is whole, unaltered and in balance; exit status 1 if not."""
    from openoutcomes import ledger

    book, problems = ledger.scan_journal(journal)
    problems += ledger.verify(book, expect=expect)
    if output is Checked.json:
        print_json(
            {"ok": not problems, "entries": len(book.entries), "head": book.head, "problems": problems}
        )
    elif problems:
        print_text(problems_text(problems))
    else:
        count = len(book.entries)
        print_text(f"Sound: {count:,} {'entry' if count == 1 else 'entries'}, in balance, unaltered.")
        print_text(f"Head: {book.head}")
    if problems:
        raise typer.Exit(1)


def _post(journal: Path, change: Callable[[Journal], Sequence[Entry]], nothing: str) -> None:
    from openoutcomes import ledger

    _report(ledger.update(journal, change), nothing)


def _report(posted: Sequence[Entry], nothing: str) -> None:
    if not posted:
        print_text(nothing)
        return
    names = posted[0].entry_id if len(posted) == 1 else f"{posted[0].entry_id} to {posted[-1].entry_id}"
    undone = [entry.reverses for entry in posted if entry.reverses]
    if undone:
        print_text(f"Posted {names}: reversal of {', '.join(undone)}.")
        return
    total = sum((lead.amount for entry in posted for lead in entry.leads()), Decimal(0))
    print_text(f"Posted {names}: {posted[0].kind} of {format_money(total, posted[0].currency)}.")


def _read_json(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_bytes(), parse_float=Decimal)
    except OSError as error:
        what = f"The result cannot be read: {(error.strerror or 'it failed').lower()}."
        raise InputError(Problem(what, "Check the path.", str(path))) from error
    except (ValueError, RecursionError) as error:
        mend = "Make it with `openoutcomes contract price --format json`."
        raise InputError(Problem("The result is not JSON.", mend, str(path))) from error
    if not isinstance(found, dict):
        mend = "Make it with `openoutcomes contract price --format json`."
        raise InputError(Problem("The result is not a priced result.", mend, str(path)))
    return found


def _when(dated: str | None) -> When:
    from openoutcomes.ledger import When

    today = datetime.now(tz=UTC).date()
    return When(_day("--date", dated) or today, today)


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        if len(text) == len("YYYY-MM-DD"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InputError(Problem(f"`{text}` is not a date.", "Write dates as 2015-03-01.", field=option))


def _amount(text: str | None, currency: str) -> Decimal | None:
    from openoutcomes.ledger import read_amount

    if text is None:
        return None
    amount = read_amount(text, currency)
    if isinstance(amount, Problem):
        raise InputError(amount)
    return amount


def _currency(book: Journal, *, claim: str) -> str:
    return next((entry.currency for entry in book.entries if entry.claim == claim), "GBP")


def _typed(values: dict[str, str], *, needed: bool = False) -> None:
    from openoutcomes.ledger import bad_text

    found = [bad_text(name, value) for name, value in values.items() if value or needed]
    problems = [problem for problem in found if problem is not None]
    if problems:
        raise InputError(problems)
