"""The reference pages of tables and code lists, as Markdown."""

from __future__ import annotations

from openoutcomes.standard.codelists import CODE_LISTS, CodeList
from openoutcomes.standard.fields import PARTS, SEPARATOR, Field, Table
from openoutcomes.standard.tables import COMMON, TABLES

_MADE = "<!-- Made from the declarations by `openoutcomes standard build`: change those, not this page. -->\n"
_TYPES = {
    "id": "id", "text": "text", "code": "code", "codes": "list of codes", "date": "date",
    "datetime": "date and time", "integer": "whole number", "decimal": "exact number",
    "boolean": "true or false", "money": "money", "list": "list", "dates": "list of dates",
}  # fmt: skip
_WORDS = {"special-category": "special category"}


def pages() -> dict[str, str]:
    """Return every page by file name: the index, the code lists and one page for each table."""
    made = {"index.md": _index(), "code-lists.md": _code_lists()}
    return made | {f"{table.name}.md": table_page(table) for table in TABLES.values()}


def _index() -> str:
    lines = [
        _MADE, "# Tables", "",
        "Data in the standard is a set of tables. Give those you have: in a folder, each as `<table>.csv`",
        "or `<table>.parquet`, or in an Excel workbook, each as a sheet named after it. No table and no",
        "column is needed unless its page says so.", "",
        "## Rules for every table", "",
        "- CSV files are UTF-8 with commas and a header; columns may stand in any order.",
        "- Dates are written year first: `2015-03-01`. Nothing else is guessed at. Date cells of a workbook",
        "  are read as dates.",
        f"- The items of a list have `{SEPARATOR}` between them in one cell.",
        "- Numbers are exact, with at most six places: `1250.00`, never `£1,250`.",
        "- Ids are opaque: letters, digits and `. _ : / # ~ + = | -`. No spaces and no `@`, so that a",
        "  name or an e-mail address does not pass for an id.",
        "- Text is kept without spaces around it. Text that begins with `=`, `+`, `-` or `@` could be run as",
        "  a formula by a spreadsheet: files that we write have an apostrophe before it, which reading takes",
        "  off again; without the apostrophe it is read as it stands, with a warning.",
        "- A record may have several versions, which share its id. A file without `version` holds",
        "  version 1.", "",
        "## The tables", "",
        "| table | one row is | part of the framework |", "| --- | --- | --- |",
    ]  # fmt: skip
    lines += [
        f"| [{table.name}]({table.name}.md) | {table.one_row_is} | {PARTS[table.part]} |"
        for table in TABLES.values()
    ]
    lines += ["", "Short answers come from the [code lists](code-lists.md).", ""]
    return "\n".join(lines)


def table_page(table: Table) -> str:
    """Return the reference page of one table."""
    lines = [
        _MADE, f"# {table.name}", "", f"One row is {table.one_row_is}.", "",
        f"Part of the framework: {PARTS[table.part]}.", "", "## Columns", "",
    ]  # fmt: skip
    common = {field.name for field in COMMON}
    lines += _field_table([field for field in table.fields if field.name not in common])
    rules = _rules(table)
    if rules:
        lines += ["", "## Rules", "", *rules]
    lines += ["", "## Columns that every table has", "", *_field_table(list(COMMON)), ""]
    return "\n".join(lines)


def _field_table(fields: list[Field]) -> list[str]:
    lines = [
        "| column | what it is | type | example | who uses it | sensitivity |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for field in fields:
        name = f"**`{field.name}`** (required)" if field.required else f"`{field.name}`"
        sensitivity = _WORDS.get(field.sensitivity, field.sensitivity)
        example = f"`{_escaped(field.example)}`"
        cells = (name, _what(field), _TYPES[field.type], example, _escaped(field.why), sensitivity)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _what(field: Field) -> str:
    parts = [_escaped(field.meaning)]
    if field.codes:
        kind = "Codes" if CODE_LISTS[field.codes].open else "One of the codes"
        parts.append(f"{kind}: [{field.codes}](code-lists.md#{field.codes}).")
    if field.references:
        parts.append(f"An id in [{field.references}]({field.references}.md).")
    if field.unit:
        parts.append(f"Unit: {field.unit}.")
    if field.maximum is not None:
        parts.append(f"From {field.minimum} to {field.maximum}.")
    elif field.minimum is not None:
        parts.append(f"{field.minimum} or more.")
    if field.default:
        parts.append(f"A blank means {field.default}.")
    return " ".join(parts)


def _rules(table: Table) -> list[str]:
    lines = [f"- `{later}` is not before `{earlier}`." for earlier, later in table.not_before]
    lines += [
        f"- `{second}`, when given, has one item for each item of `{first}`, in the same order."
        for first, second in table.same_length
    ]
    past = [f"`{field.name}`" for field in table.fields if field.type == "date" and not field.may_be_future]
    if past:
        lines.append(f"- Not after the day of `recorded_at`, when that is given: {', '.join(past)}.")
    if "person_id" in table.by_name and table.name != "people":
        lines.append("- No date is before the person's year of birth, when `people` gives it.")
    return lines


def _code_lists() -> str:
    lines = [
        _MADE, "# Code lists", "",
        "An open list may be extended by a place: another code in it is a warning. In a closed list it is an",
        "error, because rules depend on the answer.", "",
    ]  # fmt: skip
    for codes in CODE_LISTS.values():
        lines += _code_list(codes)
    return "\n".join(lines)


def _code_list(codes: CodeList) -> list[str]:
    used = [
        f"[{table.name}]({table.name}.md)"
        for table in TABLES.values()
        if any(field.codes == codes.name for field in table.fields)
    ]
    kind = "Open" if codes.open else "Closed"
    lines = [
        f"## {codes.name}",
        "",
        f"{codes.meaning} {kind} list. Used in {', '.join(used)}. Source: {codes.source}.",
        "",
    ]
    lines += ["| code | meaning |", "| --- | --- |"]
    lines += [f"| `{code}` | {meaning} |" for code, meaning in codes.codes.items()]
    return [*lines, ""]


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
