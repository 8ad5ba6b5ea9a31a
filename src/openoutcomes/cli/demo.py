"""``openoutcomes demo``: the main job, end to end, on real input that comes with the package."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openoutcomes.cli import _output
from openoutcomes.standard.problems import InputError, Problem

if TYPE_CHECKING:
    from openoutcomes.contracts.lines import Line, Result
    from openoutcomes.contracts.terms import Terms
    from openoutcomes.publish.indigo import Reconciliation

_CONTRACT, _PROFILE = "fair-chance-fund", "fair-chance-fund-ambition"
_AS_OF = dt.date(2018, 6, 30)
_MARK = ".open-outcomes-demo"
_STEPS = 7


def demo(
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the result; one made by an earlier demo is replaced.")
    ] = Path("demo-output"),
    people: Annotated[
        int, typer.Option("--people", min=1, max=100_000, help="How many people to make up.")
    ] = 500,
    seed: Annotated[int, typer.Option("--seed", help="Another seed makes other people.")] = 1,
) -> None:
    """Price a real contract end to end: terms, totals, reconciliation, people, stories, ledger.

    Ends in a page to open. Needs nothing but the package.
    """
    if out.exists() and not (out / _MARK).exists():
        what = "there is something here that no demo made."
        raise InputError(Problem(what=what, mend="Give another folder with --out.", file=str(out)))
    with tempfile.TemporaryDirectory(dir=out.parent if out.parent.is_dir() else None) as made:
        folder = Path(made) / "demo"
        folder.mkdir()
        (folder / _MARK).touch()
        with _output.progress() as progress:
            _make(folder, people, seed, progress)
        shutil.rmtree(out, ignore_errors=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(str(folder), out)
    _output.print_text(f"Done. Open {out / 'index.html'} in a browser.")


def _make(folder: Path, people: int, seed: int, progress: _output.Progress) -> None:
    from openoutcomes.contracts import report
    from openoutcomes.contracts.catalogue import library_path
    from openoutcomes.contracts.examples import run_examples
    from openoutcomes.contracts.reading import open_terms, read_terms
    from openoutcomes.contracts.showing import show
    from openoutcomes.standard.money import format_money

    def step(number: int) -> None:
        progress(number, _STEPS, "Fair Chance Fund, from record to payment")

    step(0)
    document = open_terms(library_path(_CONTRACT))
    terms = read_terms(document)
    examples = run_examples(document)
    _save(folder, "terms.html", report.terms_html(show(terms)))
    step(1)
    totals = _totals(folder, terms)
    step(2)
    reconciled = _reconcile(folder)
    step(3)
    priced = _people(folder, terms, people, seed)
    step(4)
    told = _stories(folder, terms, priced)
    step(5)
    entries = _ledger(folder, priced)
    step(6)
    providers = _providers(totals, reconciled)
    page = report.render_text(
        (resources.files("openoutcomes.cli") / "templates" / "demo.html.j2").read_text(encoding="utf-8"),
        outcomes=len(terms.original.outcomes),
        examples=sum(example.passed for example in examples),
        providers=providers,
        total_earned=sum((row["earned"] for row in providers), Decimal(0)),
        total_paid=sum((row["paid"] for row in providers), Decimal(0)),
        faults=len(reconciled.all_faults()),
        people=people,
        totals=priced.totals(),
        lines=len(priced.lines),
        told=told,
        entries=entries,
        origin=str(terms.source.get("where", "")),
        money=lambda amount: format_money(amount, terms.currency),
    )
    _save(folder, "index.html", page)
    step(_STEPS)


def _example(name: str) -> Path:
    return Path(str(resources.files("openoutcomes") / "examples_data" / "fair-chance-fund" / name))


def _save(folder: Path, name: str, text: str | Iterable[str]) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as handle:
        handle.writelines([text] if isinstance(text, str) else text)


def _totals(folder: Path, terms: Terms) -> Result:
    from openoutcomes.contracts.pricing import price
    from openoutcomes.contracts.report import page_html
    from openoutcomes.standard.reading import load

    result = price(terms, load(_example("counts")), _AS_OF)
    _save(folder, "totals.html", page_html(result))
    return result


def _reconcile(folder: Path) -> Reconciliation:
    from openoutcomes.publish.indigo import read_export, reconcile
    from openoutcomes.publish.indigo.report import as_html

    found = reconcile(read_export(_example("indigo")))
    _save(folder, "indigo.html", as_html(found))
    return found


def _providers(result: Result, reconciled: Reconciliation) -> list[dict[str, Any]]:
    """Put what each provider's totals earn beside what INDIGO says was paid, in INDIGO's order."""
    earned: dict[str, Decimal] = defaultdict(Decimal)
    for line in result.lines:
        earned[line.provider_id or ""] += line.gross
    rows = []
    for project in reconciled.projects:
        provider = project.name.lower().replace(" ", "-").replace("'", "")
        rows.append({"name": project.name, "earned": earned[provider], "paid": project.paid or Decimal(0)})
    return rows


def _people(folder: Path, terms: Terms, people: int, seed: int) -> Result:
    from openoutcomes.contracts.pricing import price
    from openoutcomes.contracts.report import csv_chunks, json_chunks, page_html
    from openoutcomes.standard.reading import load
    from openoutcomes.synth.brief import Brief
    from openoutcomes.synth.defaults import derive
    from openoutcomes.synth.making import make
    from openoutcomes.synth.profile_file import load_profile, profile_path

    brief = Brief(terms)
    profile, usual = load_profile(profile_path(_PROFILE), brief), derive(brief)
    # The published counts hold nothing that was held or refused: without the usual slips of
    # claims and findings there would be nothing to find.
    profile = replace(profile, claims=usual.claims, verification=usual.verification)
    make(terms, people, seed, profile).write(folder / "people", "csv")
    # Read back through every check, as anyone's records are.
    result = price(terms, load(folder / "people"), _AS_OF)
    _save(folder, "people.html", page_html(result))
    _save(folder, "people.csv", csv_chunks(result))
    _save(folder, "people.json", json_chunks(result))
    return result


def _stories(folder: Path, terms: Terms, priced: Result) -> list[str]:
    """Write the story of one line of each status there is; return those statuses, in order."""
    from openoutcomes.contracts.explaining import explain
    from openoutcomes.contracts.report import explanations_html
    from openoutcomes.standard.reading import load

    chosen: dict[str, Line] = {}
    for line in priced.lines:
        best = chosen.get(line.status)
        # Of each status, the first line with the most to say.
        if best is None or len(line.reason) > len(best.reason):
            chosen[line.status] = line
    ids = [line.line_id for line in chosen.values()]
    result, stories = explain(terms, load(folder / "people"), _AS_OF, ids)
    about = [story for story in stories if story.line.line_id in ids]
    _save(folder, "stories.html", explanations_html(result, about))
    return [story.line.status for story in about]


def _ledger(folder: Path, priced: Result) -> int:
    from openoutcomes import ledger
    from openoutcomes.ledger import render

    journal = folder / "journal.jsonl"
    lines = ledger.from_result(priced.as_dict())
    contract, claim, when = priced.contract, "2018-Q2", ledger.When(_AS_OF, _AS_OF)
    ledger.update(
        journal,
        lambda book: ledger.post_claim(book, lines, contract=contract, claim=claim, when=when, as_of=_AS_OF),
        create=True,
    )
    ledger.update(journal, lambda book: ledger.approve(book, claim=claim, when=when))
    payer = priced.payers[0]
    ledger.update(journal, lambda book: ledger.pay(book, claim=claim, payer=payer, when=when))
    book = ledger.read_journal(journal)
    _save(folder, "statement.html", render.statement_html(ledger.statement(book, payer, None, None)))
    return len(book.entries)
