"""``openoutcomes contract``: terms checked, priced, explained, compared and shown."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openoutcomes.cli import _output
from openoutcomes.standard.problems import InputError, Problem

if TYPE_CHECKING:
    from openoutcomes.contracts.comparing import MoneyChange
    from openoutcomes.contracts.lines import Result
    from openoutcomes.contracts.terms import Terms
    from openoutcomes.standard.dataset import Dataset

app = typer.Typer(
    no_args_is_help=True, help="Outcomes contracts as code: check, price, explain, compare, show."
)

TermsFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="Terms in YAML, or the name of a contract in the library.")
]
DataPath = Annotated[
    Path, typer.Argument(metavar="DATASET", help="Folder of CSV or Parquet files, or .xlsx workbook.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Price as known on this day (YYYY-MM-DD); default today."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Value of a parameter; repeat for more."),
]
Contract = Annotated[
    str | None,
    typer.Option(
        "--contract", metavar="ID", help="Contract id that the records carry, when not the terms' own."
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="PATH", help="Write the result to this file, not to the screen."),
]


class Format(StrEnum):
    """How to write a result."""

    text = "text"
    json = "json"
    csv = "csv"
    html = "html"


class PageFormat(StrEnum):
    """How to write a page."""

    text = "text"
    json = "json"
    html = "html"


class Checked(StrEnum):
    """How to write a check."""

    text = "text"
    json = "json"


@app.command("check")
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Terms in YAML, or names in the library.")
    ],
    form: Annotated[Checked, typer.Option("--format", help="Text for people, or JSON.")] = Checked.text,
) -> None:
    """Check terms and run their examples.

    Leaves with status 1 when a file has a mistake or an example fails, 2 when it cannot be read.
    """
    from openoutcomes.contracts.advice import advice
    from openoutcomes.contracts.catalogue import find_terms
    from openoutcomes.contracts.examples import run_examples
    from openoutcomes.contracts.reading import open_terms, read_terms

    reports: list[dict[str, Any]] = []
    for name in files:
        path = find_terms(name)
        if not path.is_file():
            open_terms(path)
        report: dict[str, Any] = {
            "file": str(path),
            "ok": True,
            "problems": [],
            "warnings": [],
            "examples": [],
        }
        try:
            document = open_terms(path)
            outcomes = run_examples(document)
            report["warnings"] = [w.as_dict() for w in advice(document, read_terms(document, assume=True))]
        except InputError as error:
            report.update(ok=False, problems=[problem.as_dict() for problem in error.problems])
        else:
            report["examples"] = [
                {
                    "says": o.example.says,
                    "line": o.example.line,
                    "passed": o.passed,
                    "failures": list(o.failures),
                }
                for o in outcomes
            ]
            report["ok"] = all(o.passed for o in outcomes)
        reports.append(report)
    if form is Checked.json:
        _output.print_json({"ok": all(r["ok"] for r in reports), "files": reports})
    else:
        _output.print_text("\n".join(_check_text(report) for report in reports))
    if not all(report["ok"] for report in reports):
        raise typer.Exit(1)


def _check_text(report: dict[str, Any]) -> str:
    rows = []
    problems = [Problem(**problem) for problem in report["problems"]]
    if problems:
        rows.append(_output.problems_text(problems))
        rows.append(
            f"{report['file']}: {len(problems)} mistake{'' if len(problems) == 1 else 's'}; the examples were not run."
        )
        return "\n".join(rows)
    examples = report["examples"]
    for example in examples:
        rows.append(f"{'passed' if example['passed'] else 'FAILED'}  {_output.printable(example['says'])}")
        rows += [f"        {_output.printable(failure)}" for failure in example["failures"]]
    warnings = [Problem(**warning) for warning in report["warnings"]]
    if warnings:
        rows.append(_output.problems_text(warnings))
    passed = sum(example["passed"] for example in examples)
    verdict = f"{passed} of {len(examples)} examples pass" if examples else "it has no examples to run"
    rows.append(f"{report['file']}: the terms are well written; {verdict}.")
    return "\n".join(rows)


@app.command("price")
def price_command(
    file: TermsFile,
    dataset: DataPath,
    as_of: AsOf = None,
    form: Annotated[
        Format, typer.Option("--format", help="Summary in text, or every line in JSON, CSV or a page.")
    ] = Format.text,
    settings: Settings = None,
    contract: Contract = None,
    out: Out = None,
) -> None:
    """Price a data set under a contract: what is payable, held, reduced or refused, and why.

    Leaves with status 1 when the data set has errors, 2 when the terms do.
    """
    from openoutcomes.contracts.pricing import price

    terms = _terms(file, settings)
    day = _day(as_of)
    data = _data(dataset)
    with _output.progress() as progress:
        result = price(terms, data, day, contract=contract, progress=progress)
    _write(_result_chunks(result, form), out)
    if out is not None:
        _output.note(f"Written: {out}")


def _result_chunks(result: Result, form: Format) -> Iterable[str]:
    from openoutcomes.contracts import report

    if form is Format.json:
        return report.json_chunks(result)
    if form is Format.csv:
        return report.csv_chunks(result)
    if form is Format.html:
        return [report.page_html(result)]
    return [result_text(result)]


def result_text(result: Result) -> str:
    """Return the summary of a priced contract as plain text."""
    from openoutcomes.contracts.report import reasons
    from openoutcomes.contracts.words import say_day
    from openoutcomes.standard.money import format_money

    def money(amount: Any) -> str:
        return format_money(amount, result.currency)

    totals = result.totals()
    rows = [f"{result.name} ({result.contract}), as known on {say_day(result.as_of)}", ""]
    labels = (
        ("gross", "Gross"),
        ("refused", "less refused"),
        ("earned", "Earned"),
        ("reduced", "less reduced"),
        ("held", "less held"),
        ("payable", "Payable"),
    )
    rows.append(
        _output.table_text(("", "amount"), [(label, money(totals[key])) for key, label in labels], right=(1,))
    )
    keys = ("payable", "held", "reduced", "refused")
    rows += ["", "By outcome"]
    rows.append(
        _output.table_text(
            ("outcome", "count", *keys),
            [(r["outcome"], f"{r['count']:,}", *(money(r[k]) for k in keys)) for r in result.by_outcome()],
            right=range(1, 6),
        )
    )
    rows += ["", "By payer"]
    payers = [(r["payer"], money(r["amount"]), money(r["held"])) for r in result.by_payer()]
    rows.append(_output.table_text(("payer", "owes now", "held"), payers, right=(1, 2)))
    rows += ["", "By period"]
    periods = [(r["period"], f"{r['lines']:,}", *(money(r[k]) for k in keys)) for r in result.by_period()]
    rows.append(_output.table_text(("period", "lines", *keys), periods, right=range(1, 6)))
    why = reasons(result)
    if why:
        rows += ["", "Why lines are not paid in full"]
        rows.append(
            _output.table_text(
                ("status", "rule", "lines", "amount"),
                [(r["status"], r["rule"], f"{r['lines']:,}", money(r["amount"])) for r in why],
                right=(2, 3),
            )
        )
    if result.not_tested:
        rows += ["", f"Not tested, for want of people's records: {', '.join(result.not_tested)}."]
    rows += [f"Note: {note}" for note in result.notes]
    if not result.lines:
        rows += [
            "",
            "There is nothing to price: no achievement, total or payment of this contract was found.",
        ]
    return "\n".join(rows) + "\n"


@app.command("explain")
def explain_command(
    file: TermsFile,
    dataset: DataPath,
    achievement: Annotated[
        list[str] | None,
        typer.Option("--achievement", metavar="ID", help="An achievement (or line); repeat for more."),
    ] = None,
    person: Annotated[
        list[str] | None, typer.Option("--person", metavar="ID", help="Every line about a person.")
    ] = None,
    as_of: AsOf = None,
    form: Annotated[PageFormat, typer.Option("--format", help="Text, JSON or a page.")] = PageFormat.text,
    settings: Settings = None,
    contract: Contract = None,
    out: Out = None,
) -> None:
    """Tell the story of a line: which terms and rules, what price, who pays, and why."""
    from openoutcomes.contracts.explaining import explain
    from openoutcomes.contracts.report import explanations_html

    about = [*(achievement or []), *(person or [])]
    if not about:
        raise typer.BadParameter("name an achievement with --achievement or a person with --person")
    terms = _terms(file, settings)
    day = _day(as_of)
    result, stories = explain(terms, _data(dataset), day, about, contract=contract)
    known = {story.line.line_id for story in stories} | {story.line.person_id for story in stories}
    missing = [name for name in about if name not in known]
    if missing:
        mend = f"Check the id; {len(result.lines):,} lines were priced, as known on {day.isoformat()}."
        raise InputError(
            [Problem(what=f"no line is about {name!r}.", mend=mend, file=str(dataset)) for name in missing]
        )
    if form is PageFormat.json:
        _write([_output.to_json([story.as_dict() for story in stories]) + "\n"], out)
    elif form is PageFormat.html:
        _write([explanations_html(result, stories)], out)
    else:
        _write(["\n\n".join(story.as_text() for story in stories) + "\n"], out)


@app.command("diff")
def diff_command(
    before: Annotated[Path, typer.Argument(metavar="A", help="The earlier terms.")],
    after: Annotated[
        Path | None,
        typer.Argument(metavar="B", help="The later terms; left out, what each amendment of A changes."),
    ] = None,
    dataset: Annotated[
        Path | None, typer.Argument(metavar="DATASET", help="Records to price under both.")
    ] = None,
    amendment: Annotated[
        int | None, typer.Option("--amendment", min=1, help="Only this amendment of A.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DATASET", help="Records to price, when B is left out.")
    ] = None,
    as_of: AsOf = None,
    form: Annotated[Checked, typer.Option("--format", help="Text or JSON.")] = Checked.text,
    settings: Settings = None,
    contract: Contract = None,
) -> None:
    """Say what changes between two terms, or by an amendment: in rules, and in money on a data set."""
    from openoutcomes.contracts.catalogue import find_terms
    from openoutcomes.contracts.comparing import laid_over, rule_changes, through_amendment
    from openoutcomes.contracts.reading import open_terms, read_terms

    first = open_terms(find_terms(before))
    values = _values(settings)
    read_terms(first, _known(first, values), assume=True)
    pairs = []
    if after is not None:
        second = open_terms(find_terms(after))
        read_terms(second, _known(second, values), assume=True)
        pairs.append((f"{before} → {after}", first, second, first, second))
    else:
        node = first.node.mapping.get("amendments")
        count = len(node.items) if node is not None else 0
        if not count or (amendment or 0) > count:
            what = f"these terms have {count} amendment{'' if count == 1 else 's'}."
            raise InputError(Problem(what=what, mend="Give a second file to compare with.", file=str(before)))
        numbers = [amendment] if amendment else range(1, count + 1)
        for n in numbers:
            rules = (laid_over(first, n - 1), laid_over(first, n))
            pairs.append(
                (f"amendment {n}", *rules, through_amendment(first, n - 1), through_amendment(first, n))
            )
    path = dataset or data
    reports = []
    for label, was, now, was_money, now_money in pairs:
        report: dict[str, Any] = {"compared": label, "rules": rule_changes(was, now), "money": None}
        if path is not None:
            report["money"] = _money_change(was_money, now_money, path, as_of, values, contract)
        reports.append(report)
    if form is Checked.json:
        _output.print_json(
            [
                {
                    "compared": r["compared"],
                    "rules": [{"where": c.where, "was": c.was, "now": c.now} for c in r["rules"]],
                    "money": r["money"].as_dict() if r["money"] else None,
                }
                for r in reports
            ]
        )
    else:
        _output.print_text("\n\n".join(_diff_text(report) for report in reports))


def _money_change(
    was: Any, now: Any, path: Path, as_of: str | None, values: dict[str, str], contract: str | None
) -> MoneyChange:
    from openoutcomes.contracts.comparing import money_changes
    from openoutcomes.contracts.pricing import price
    from openoutcomes.contracts.reading import read_terms

    data, day = _data(path), _day(as_of)
    before, after = (read_terms(document, _known(document, values)) for document in (was, now))
    # The records carry one contract's id: the earlier terms' unless told otherwise.
    id_ = contract or before.contract
    return money_changes(price(before, data, day, contract=id_), price(after, data, day, contract=id_))


def _diff_text(report: dict[str, Any]) -> str:
    from openoutcomes.standard.money import format_money

    rows = [f"{report['compared']}", "", "Rules"]
    rows += [_output.printable(str(change)) for change in report["rules"]] or ["nothing changed"]
    money = report["money"]
    if money is None:
        return "\n".join(rows)
    rows += ["", f"Money, on the same records as known on {money.as_of.isoformat()}"]
    for title, values in (
        ("total", money.totals),
        ("outcome (payable)", money.outcomes),
        ("payer", money.payers),
    ):
        shown = [
            (name, *(format_money(v, money.currency) for v in (was, now, now - was)))
            for name, was, now in values
            if title == "total" or was != now
        ]
        if shown:
            rows += [_output.table_text((title, "was", "now", "change"), shown, right=(1, 2, 3)), ""]
    rows.append(f"{len(money.lines):,} lines change.")
    for line in money.lines[:20]:
        rows.append(
            f"  {line['line_id']} {line['outcome']}: {line['was']['status']} {line['was']['amount']} → "
            f"{line['now']['status']} {line['now']['amount']} ({line['reason']})"
        )
    if len(money.lines) > 20:
        rows.append(f"  and {len(money.lines) - 20:,} more: see --format json")
    return "\n".join(rows)


@app.command("show")
def show_command(
    file: TermsFile,
    form: Annotated[
        PageFormat, typer.Option("--format", help="Text (Markdown), JSON or a page.")
    ] = PageFormat.text,
    settings: Settings = None,
    out: Out = None,
) -> None:
    """Show terms as a page that a commissioner can read."""
    from dataclasses import asdict

    from openoutcomes.contracts.report import terms_html
    from openoutcomes.contracts.showing import page_text, show

    page = show(_terms(file, settings, assume=True))
    if form is PageFormat.json:
        _write([_output.to_json(asdict(page)) + "\n"], out)
    elif form is PageFormat.html:
        _write([terms_html(page)], out)
    else:
        _write([page_text(page)], out)


@app.command("library")
def library_command(
    form: Annotated[Checked, typer.Option("--format", help="Text or JSON.")] = Checked.text,
) -> None:
    """List the real contracts that come with the package; use their names wherever FILE is asked for."""
    from openoutcomes.contracts.catalogue import library_names, library_path
    from openoutcomes.contracts.reading import load_terms

    rows = []
    for name in library_names():
        terms = load_terms(library_path(name), assume=True)
        rows.append(
            {
                "name": name,
                "title": terms.name,
                "standing": terms.standing,
                "parameters": sorted(terms.parameters),
            }
        )
    if form is Checked.json:
        _output.print_json(rows)
    else:
        table = [(r["name"], r["title"], r["standing"], ", ".join(r["parameters"])) for r in rows]
        _output.print_text(_output.table_text(("name", "title", "standing", "parameters"), table))


# What the commands share ---------------------------------------------------------------------


def _terms(file: Path, settings: list[str] | None, *, assume: bool = False) -> Terms:
    from openoutcomes.contracts.catalogue import find_terms
    from openoutcomes.contracts.reading import load_terms

    return load_terms(find_terms(file), _values(settings), assume=assume)


def _known(document: Any, values: dict[str, str]) -> dict[str, str]:
    """Return the values of the parameters that these terms have; two files may have different ones."""
    declared = document.node.mapping.get("parameters")
    return {
        name: value for name, value in values.items() if declared is not None and name in declared.mapping
    }


def _values(settings: list[str] | None) -> dict[str, str]:
    values = {}
    for setting in settings or []:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise typer.BadParameter(f"{setting!r} is not NAME=VALUE", param_hint="--set")
        values[name.strip()] = value.strip()
    return values


def _day(text: str | None) -> dt.date:
    if text is None:
        return dt.datetime.now(tz=dt.UTC).date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; write 2015-01-31", param_hint="--as-of") from None


def _data(path: Path) -> Dataset:
    """Load a data set; one with errors ends the command with status 1, after listing them."""
    from openoutcomes.standard.reading import read_dataset

    with _output.progress() as progress:
        data, problems = read_dataset(path, progress=progress)
    if data is not None:
        return data
    errors = [problem for problem in problems if problem.severity == "error"]
    _output.note(_output.problems_text(errors[:20]))
    if len(errors) > 20:
        _output.note(f"and {len(errors) - 20:,} more: run openoutcomes check {path}")
    raise typer.Exit(1 if path.exists() else 2)


def _write(chunks: Iterable[str], out: Path | None) -> None:
    """Write to a file, whole or not at all, or to the screen. Raises InputError when it cannot be written."""
    if out is None:
        for chunk in chunks:
            sys.stdout.write(chunk)
        return
    part = out.with_name(out.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as handle:
            handle.writelines(chunks)
        part.replace(out)
    except OSError as error:
        # Told by the name that the user gave, which the part file does not bear.
        what = f"it cannot be written: {error.strerror}."
        raise InputError(
            Problem(what=what, mend="Name a file in a folder that is there.", file=str(out))
        ) from None
    finally:
        part.unlink(missing_ok=True)
