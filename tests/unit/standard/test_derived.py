"""The files derived from the declarations: up to date, valid, and saying what the check says."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openpyxl import load_workbook

from openoutcomes.standard import records
from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.derive import TEMPLATE, derived_files, differing, write_derived, write_template
from openoutcomes.standard.fields import LIST_TYPES, SEPARATOR, Table
from openoutcomes.standard.pages import pages
from openoutcomes.standard.problems import InputError
from openoutcomes.standard.reading import check_path
from openoutcomes.standard.record_types import class_name
from openoutcomes.standard.rows import record
from openoutcomes.standard.schemas import data_package, json_schema
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.template import template
from openoutcomes.standard.writing import write_dataset

ROOT = Path(__file__).parents[3]
EVERY_TABLE = pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)


def test_derived_files_are_up_to_date() -> None:
    changed = differing(ROOT)
    assert changed == [], "run: openoutcomes standard build"


def test_building_again_gives_the_same_bytes() -> None:
    assert derived_files() == derived_files()


def test_a_changed_missing_or_stale_file_is_noticed_and_put_right(tmp_path: Path) -> None:
    write_derived(tmp_path)
    assert differing(tmp_path) == []
    (tmp_path / "schemas/csv/people.csv").unlink()
    (tmp_path / "schemas/csv/persons.csv").write_text("person_id\n")
    (tmp_path / "schemas/datapackage.json").write_text("{}")
    (tmp_path / TEMPLATE).write_bytes(b"not a workbook")
    expected = ["schemas/csv/people.csv", "schemas/csv/persons.csv", "schemas/datapackage.json", TEMPLATE]
    assert differing(tmp_path) == expected
    write_derived(tmp_path)
    assert differing(tmp_path) == []


def test_a_template_packed_otherwise_is_the_same_template(tmp_path: Path) -> None:
    write_derived(tmp_path)
    book = (tmp_path / TEMPLATE).read_bytes()
    (tmp_path / TEMPLATE).write_bytes(book + b"")
    repacked = io.BytesIO()
    import zipfile

    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(repacked, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    (tmp_path / TEMPLATE).write_bytes(repacked.getvalue())
    assert differing(tmp_path) == []


# JSON Schemas ---------------------------------------------------------------------------------


def _json_row(table: Table) -> dict[str, Any]:
    """The examples of a table as a JSON row."""
    row: dict[str, Any] = {}
    for field in table.fields:
        value: Any = field.example
        if field.type in LIST_TYPES:
            value = value.split(SEPARATOR)
        elif field.type == "integer":
            value = int(value)
        elif field.type == "boolean":
            value = value == "true"
        row[field.name] = value
    return row


@EVERY_TABLE
def test_schemas_are_valid_and_accept_the_examples(table: Table) -> None:
    schema = json_schema(table)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    row = _json_row(table)
    validator.validate(row)
    assert isinstance(record(table.name, row), dict)
    sparse = {name: value if table.by_name[name].required else None for name, value in row.items()}
    validator.validate(sparse)
    assert isinstance(record(table.name, sparse), dict)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("people", {"person_id": "a person"}),
        ("people", {"birth_year": 1812}),
        ("people", {"birth_year": "1990"}),
        ("people", {"name": "x"}),
        ("people", {"person_id": None}),
        ("needs", {"intensity": 11}),
        ("needs", {"cause": "because"}),
        ("costs", {"amount": 12.5}),
        ("costs", {"currency": "pounds"}),
        ("achievements", {"achieved_on": "01/03/2015"}),
        ("achievements", {"evidence_kinds": "letter"}),
        ("verifications", {"state": "ok"}),
    ],
)
def test_schemas_refuse_what_the_check_refuses(table: str, change: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(
        json_schema(TABLES[table]), format_checker=jsonschema.FormatChecker()
    )
    row = _json_row(TABLES[table]) | change
    assert not validator.is_valid(row)
    lenient = change in ({"birth_year": "1990"}, {"evidence_kinds": "letter"})
    # Written values are for cells: there a number or a list of one is text.
    assert isinstance(record(table, row), dict) is (lenient and table == "people")


# Frictionless ---------------------------------------------------------------------------------


@contextmanager
def _quiet() -> Iterator[None]:
    """Frictionless and its dependencies warn of their own deprecations when imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _validate(package: dict[str, Any], folder: Path) -> list[str]:
    with _quiet():
        from frictionless import Package

        report = Package.from_descriptor(package, basepath=str(folder)).validate()
    return [str(error) for error in report.flatten(["rowNumber", "fieldName", "type", "note"])]


def test_the_descriptor_is_valid_and_fits_the_headers() -> None:
    assert json.loads((ROOT / "schemas/datapackage.json").read_text()) == data_package()
    assert _validate(data_package(), ROOT / "schemas") == []


def _sample() -> Dataset:
    people = [{"person_id": "p1", "birth_year": 1990, "sex": "female", "characteristics": ["a", "b"]}]
    events = [
        {"event_id": "e1", "person_id": "p1", "kind": "moved", "occurred_on": "2015-03-01", "withdrawn": True}
    ]
    costs = [{"cost_id": "c1", "amount": "12.5", "currency": "GBP", "in_kind": "cash"}]
    return Dataset.from_rows({"people": people, "events": events, "costs": costs})


def test_what_we_write_is_valid_for_others_and_mistakes_are_not(tmp_path: Path) -> None:
    write_dataset(_sample(), tmp_path / "data")
    package = data_package(["people", "events", "costs"], folder="")
    for resource in package["resources"]:
        header = (tmp_path / "data" / resource["path"]).read_text().splitlines()[0].split(",")
        resource["schema"]["fields"] = [
            each for each in resource["schema"]["fields"] if each["name"] in header
        ]
    assert _validate(package, tmp_path / "data") == []
    (tmp_path / "data" / "costs.csv").write_text("cost_id,in_kind,amount,currency\nc1,perhaps,x,GBP\n")
    found = " ".join(_validate(package, tmp_path / "data"))
    assert "constraint-error" in found
    assert "type-error" in found


# The workbook template ------------------------------------------------------------------------


def test_the_template_passes_the_check_as_it_is(tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx")
    report = check_path(tmp_path / "t.xlsx")
    assert report.problems == []
    assert [each.table for each in report.tables] == list(TABLES)
    assert report.dataset is not None
    assert len(report.dataset) == 0


def test_the_template_helps_where_people_type() -> None:
    book = load_workbook(io.BytesIO(template(["people", "verifications"])))
    assert book.sheetnames == ["Help", "people", "verifications", "Lists"]
    assert book["Lists"].sheet_state == "hidden"
    sheet = book["verifications"]
    assert sheet.freeze_panes == "B2"
    state = next(cell for cell in sheet[1] if cell.value == "state")
    assert state.comment is not None
    assert "accepted, queried, refused" in state.comment.text
    assert "Every row needs a value." in state.comment.text
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    rule = rules[f"{state.column_letter}2:{state.column_letter}1048576"]
    assert (rule.formula1, rule.showErrorMessage) == ("codes_verification_state", True)
    (target,) = book.defined_names["codes_verification_state"].destinations
    offered = [cell.value for (cell,) in book[target[0]][target[1]]]
    assert offered == list(CODE_LISTS["verification_state"].codes)
    # A place may add codes to an open list, so the drop-down offers and does not refuse.
    sex = next(
        rule for rule in book["people"].data_validations.dataValidation if rule.formula1 == "codes_sex"
    )
    assert not sex.showErrorMessage
    assert [row for row in sheet.iter_rows(min_row=2, values_only=True) if any(row)] == []
    helping = [cell.value for cell in book["Help"]["A"]]
    assert "Example (not data)" in helping


def test_a_filled_template_is_read(tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(template(["people"])))
    book["people"]["A2"] = "p1"
    book["people"]["B2"] = 1990
    book.save(tmp_path / "t.xlsx")
    report = check_path(tmp_path / "t.xlsx")
    assert report.problems == []
    assert report.dataset is not None
    assert report.dataset.columns("people", ["person_id", "birth_year"]) == [["p1"], [1990]]


def test_templates_are_not_written_over_what_is_there(tmp_path: Path) -> None:
    write_template(tmp_path / "empty", ["people"])
    assert (tmp_path / "empty/people.csv").read_text().startswith("person_id,birth_year,")
    for path in (tmp_path / "empty", tmp_path / "empty/people.csv"):
        with pytest.raises(InputError, match="there already"):
            write_template(path)
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(InputError, match="there already"):
        write_template(tmp_path / "folder.xlsx")
    (tmp_path / "ready").mkdir()
    write_template(tmp_path / "ready")
    assert len(list((tmp_path / "ready").iterdir())) == len(TABLES)
    with pytest.raises(InputError, match="Did you mean people"):
        write_template(tmp_path / "other", ["poeple", "people"])


# Record types and pages -----------------------------------------------------------------------


@EVERY_TABLE
def test_record_types_have_the_fields_of_their_table(table: Table) -> None:
    kind = getattr(records, class_name(table))
    assert list(kind.__annotations__) == list(table.by_name)


@EVERY_TABLE
def test_every_column_is_on_its_page(table: Table) -> None:
    page = pages()[f"{table.name}.md"]
    for field in table.fields:
        assert f"`{field.name}`" in page
        assert field.example.replace("|", "\\|") in page
    assert f"({table.name}.md)" in pages()["index.md"]


def test_every_code_is_on_its_page() -> None:
    page = pages()["code-lists.md"]
    for codes in CODE_LISTS.values():
        assert f"## {codes.name}\n" in page
        assert all(f"`{code}`" in page for code in codes.codes)
