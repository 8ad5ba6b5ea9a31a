"""``openoutcomes check``, ``template`` and ``standard``: data in the shared tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openoutcomes.cli import _output
from openoutcomes.standard.problems import InputError, Problem

if TYPE_CHECKING:
    from openoutcomes.standard.reading import Report

app = typer.Typer(no_args_is_help=True, help="Work on the standard itself: the files derived from it.")

#: Every problem is shown, but for what no reader would go through one by one.
_SHOWN_OF_A_KIND = 100
#: How many problems are laid out over several lines in JSON.
_FEW = 1_000


class Form(StrEnum):
    """How to write the result."""

    text = "text"
    json = "json"


def check(
    path: Annotated[
        Path,
        typer.Argument(help="Folder of CSV or Parquet files, .xlsx workbook, or one .csv or .parquet file."),
    ],
    form: Annotated[Form, typer.Option("--format", help="Text for people, or JSON.")] = Form.text,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Most problems to show: of each kind in a column in text (usually 100), in all in JSON "
            "(usually all).",
        ),
    ] = None,
) -> None:
    """Check a data set against the standard and list every problem, with how to mend it.

    Leaves with status 1 when there are errors, 2 when PATH cannot be read.
    """
    from openoutcomes.standard.reading import check_path

    with _output.progress() as progress:
        report = check_path(path, progress=progress)
    if not report.readable:
        raise InputError(report.problems)
    if form is Form.json:
        _print_json(_as_json(report), report.problems[:limit])
    else:
        _output.print_text(_as_text(report, _SHOWN_OF_A_KIND if limit is None else limit))
    if report.errors:
        raise typer.Exit(1)


def _as_json(report: Report) -> dict[str, object]:
    """Return the result but for its problems."""
    return {
        "path": report.path,
        "tables": [
            {"table": each.table, "rows": each.rows, "errors": each.errors, "warnings": each.warnings}
            for each in report.tables
        ],
        "problems": [],
        "errors": report.errors,
        "warnings": report.warnings,
        "ok": report.errors == 0,
    }


def _print_json(result: dict[str, object], problems: Sequence[Problem]) -> None:
    """Print the result with its problems: laid out while they are few, one a line when they are many.

    A million problems would not fit in memory as one text.
    """
    if len(problems) <= _FEW:
        _output.print_json({**result, "problems": [problem.as_dict() for problem in problems]})
        return
    # No text within JSON holds a line break, so the list is found by the line it stands on.
    before, line, after = _output.to_json(result).partition('\n  "problems": [')
    print(f"{before}{line}")
    names = [field.name for field in fields(Problem)]
    for position, problem in enumerate(problems, start=1):
        values = {name: getattr(problem, name) for name in names}
        print(f"    {_output.to_json(values, indent=None)}{',' if position < len(problems) else ''}")
    print(f"  {after}")


def _as_text(report: Report, limit: int) -> str:
    """Write the first problems of each kind, how many more there are, and a summary."""
    kinds: defaultdict[tuple[str, str, str, str], list[Problem]] = defaultdict(list)
    for problem in report.problems:
        kinds[problem.file, problem.field, problem.code, problem.severity].append(problem)
    lines: list[str] = []
    for (file, field, _code, _severity), found in kinds.items():
        lines += [_output.problems_text(found[:limit])] if limit else []
        if len(found) > limit:
            about = _output.printable(", ".join(filter(None, (file, field))))
            lines.append(
                f"... {about}: {len(found) - limit:,} {'more ' if limit else ''}like this: {found[0].code} (--limit shows more)"
            )
    if lines:
        lines.append("")
    rows = [
        (each.table, f"{each.rows:,}", f"{each.errors:,}", f"{each.warnings:,}") for each in report.tables
    ]
    lines += [_output.table_text(("table", "rows", "errors", "warnings"), rows, right=[1, 2, 3]), ""]
    verdict = "No errors" if report.errors == 0 else _count(report.errors, "error")
    lines.append(f"{verdict}, {_count(report.warnings, 'warning')}.")
    return "\n".join(lines)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def template(
    path: Annotated[Path, typer.Argument(help="Where to write it: NAME.xlsx, or a folder for CSV files.")],
    table: Annotated[
        list[str] | None, typer.Option(help="Only this table; may be given again. All tables if left out.")
    ] = None,
) -> None:
    """Write an empty workbook with help and drop-downs, or empty CSV files with their headers."""
    from openoutcomes.standard.derive import write_template

    names = tuple(dict.fromkeys(table or ()))
    write_template(path, names)
    _output.note(f"Wrote {_output.printable(str(path))}.")


@app.command("tables")
def list_tables(
    form: Annotated[Form, typer.Option("--format", help="Text for people, or JSON.")] = Form.text,
) -> None:
    """List the tables of the standard, what a row of each is, and its columns."""
    from openoutcomes.standard.tables import TABLES

    if form is Form.json:
        _output.print_json(
            {
                "tables": [
                    {"table": each.name, "one_row_is": each.one_row_is, "columns": list(each.by_name)}
                    for each in TABLES.values()
                ]
            }
        )
        return
    rows = [
        (each.name, each.one_row_is, sum(field.required for field in each.fields), len(each.fields))
        for each in TABLES.values()
    ]
    _output.print_text(_output.table_text(("table", "one row is", "required", "columns"), rows, right=[2, 3]))


@app.command("build")
def build(
    root: Annotated[Path, typer.Option(help="The project's folder.")] = Path(),
    check_only: Annotated[
        bool, typer.Option("--check", help="Change nothing; leave with status 1 if anything differs.")
    ] = False,
) -> None:
    """Write the files derived from the declarations: schemas, template, record types and pages."""
    from openoutcomes.standard.derive import differing, write_derived

    changed = differing(root)
    for path in changed:
        _output.print_text(path)
    if check_only and changed:
        _output.note("These differ from the declarations: run openoutcomes standard build.")
        raise typer.Exit(1)
    if not check_only:
        write_derived(root)
        _output.note(f"{_count(len(changed), 'file')} changed.")
