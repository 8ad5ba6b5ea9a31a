"""``openoutcomes indigo``: what reconciles in an INDIGO export, and what does not."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from openoutcomes.cli import _output

app = typer.Typer(help="Reconcile an INDIGO export of outcomes contracts.", no_args_is_help=True)


class Format(StrEnum):
    """How the reconciliation is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


@app.command("reconcile")
def reconcile_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the export's CSV files.")],
    project: Annotated[
        list[str] | None,
        typer.Option(help="Only this project, such as INDIGO-POJ-0131 or 0131. May be repeated."),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the result.")] = Format.TEXT,
    out: Annotated[Path | None, typer.Option(help="Write to this file instead of the screen.")] = None,
    every_fault: Annotated[
        bool, typer.Option("--every-fault", help="In text, show every fault, not the first of each kind.")
    ] = False,
) -> None:
    """Test price × count, commitments and the latest plan against what was paid, project by project.

    Status 0 when the export was read, whatever was found in it; 1 when part of it could not be read (a
    missing file or column, a ragged row); 2 when it cannot be used at all.
    """
    from openoutcomes.publish.indigo import read_export, reconcile
    from openoutcomes.publish.indigo.report import as_csv, as_html, as_text

    result = reconcile(read_export(folder), project or ())
    if form is Format.JSON:
        written = _output.to_json(result.as_dict())
    elif form is Format.CSV:
        written = as_csv(result)
    elif form is Format.HTML:
        written = as_html(result)
    else:
        written = as_text(result, _output.table_text, every_fault=every_fault or bool(project))
        written = "\n".join(_output.printable(line) for line in written.splitlines())
    _deliver(written, out)
    if result.incomplete:
        _output.note("Part of the export could not be read: see the faults.")
        raise typer.Exit(1)


@app.command("shares")
def shares_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the export's CSV files.")],
    payer: Annotated[str, typer.Option(help="The payer's identifier, such as INDIGO-ORG-0171.")],
    form: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Work out one payer's share of the recorded commitments, project by project and pooled."""
    from openoutcomes.publish.indigo import read_export
    from openoutcomes.publish.indigo.shares import payer_share_table

    if form not in (Format.TEXT, Format.JSON):
        raise typer.BadParameter("shares are written as text or json", param_hint="--format")
    table = payer_share_table(read_export(folder), payer)
    if form is Format.JSON:
        _output.print_json(table.as_dict())
        return
    rows = [
        (row.project, row.name[:40], f"{row.committed:,f}", f"{row.total:,f}", row.percent)
        for row in table.rows
    ]
    _output.print_text(
        _output.table_text(("project", "name", "committed", "total", "share"), rows, right=(2, 3, 4))
    )
    _output.print_text(table.summary())


@app.command("rules")
def rules_command() -> None:
    """Print the reference page of rules and kinds of fault (Markdown)."""
    from openoutcomes.publish.indigo.reference import rules_page

    _output.print_text(rules_page())


def _deliver(written: str, out: Path | None) -> None:
    if out is None:
        _output.print_text(written)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        file.write(written if written.endswith("\n") else f"{written}\n")
    _output.note(f"Written to {out}.")
