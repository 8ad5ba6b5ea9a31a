"""Files as they come: encodings, ragged rows, renamed and missing columns, missing tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo import read_export, reconcile
from openoutcomes.standard.problems import InputError


def rewrite(path: Path, old: str, new: str, encoding: str = "utf-8") -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new).encode(encoding))


@pytest.fixture
def full(contract):
    """A contract that agrees: 500 times 3 is 1,500."""
    return contract.price("500").result("3").payment("1500", METRIC="m1")


def kinds_of(path: Path) -> set[str]:
    return {fault.kind for fault in reconcile(read_export(path)).all_faults()}


def status_of(path: Path) -> str:
    return reconcile(read_export(path)).projects[0].verdict.status


def test_a_clean_folder_has_no_faults(full) -> None:
    assert full.kinds() == []
    assert full.one().verdict.status == "agrees"


def test_no_such_folder_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        read_export(tmp_path / "nowhere")


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("ID\n")
    with pytest.raises(InputError, match="is not a folder"):
        read_export(tmp_path / "x.csv")


def test_a_folder_without_projects_is_not_an_export(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no projects\.csv"):
        read_export(tmp_path)


def test_projects_without_an_id_column_cannot_be_used(full) -> None:
    path = full.write()
    rewrite(path / c.PROJECTS, "ID,", "Number,")
    with pytest.raises(InputError, match="no column 'ID'"):
        read_export(path)


def test_semicolons_between_columns_are_named(full) -> None:
    path = full.write()
    header = (path / c.PROJECTS).read_text(encoding="utf-8")
    (path / c.PROJECTS).write_text(header.replace(",", ";"), encoding="utf-8")
    with pytest.raises(InputError, match="separated by semicolons: save the files as CSV with commas"):
        read_export(path)


def test_an_empty_projects_file_cannot_be_used(full) -> None:
    path = full.write()
    (path / c.PROJECTS).write_text("")
    with pytest.raises(InputError, match="no column 'ID'"):
        read_export(path)


def test_nothing_to_reconcile_names_what_is_missing(full) -> None:
    path = full.write()
    for file in c.SUBSTANCE:
        (path / file).unlink()
    with pytest.raises(InputError, match=r"projects_results\.csv"):
        read_export(path)


@pytest.mark.parametrize("file", sorted(set(c.TABLES) - {c.PROJECTS}))
def test_any_other_missing_file_is_a_fault_that_names_it(full, file: str) -> None:
    path = full.write()
    (path / file).unlink()
    result = reconcile(read_export(path))
    found = [fault for fault in result.faults if file in fault.where]
    assert [fault.kind for fault in found] == [
        "missing-side-file" if file in c.SIDE_TABLES else "missing-file"
    ]
    assert result.incomplete == (file not in c.SIDE_TABLES)


@pytest.mark.parametrize(
    ("file", "says"), [(c.PRICINGS, "price"), (c.RESULTS, "count"), (c.PAYMENTS, "actual payments")]
)
def test_what_a_missing_file_makes_untestable_says_so(full, file: str, says: str) -> None:
    path = full.write()
    (path / file).unlink()
    verdict = reconcile(read_export(path)).projects[0].verdict
    assert verdict.status == "untestable"
    assert says in verdict.explanation
    assert file in verdict.explanation


@pytest.mark.parametrize(
    ("file", "column"),
    [(c.PRICINGS, c.PRICE), (c.RESULTS, c.ACHIEVED), (c.PAYMENTS, c.PAID), (c.PAYMENTS, c.PROJECT)],
)
def test_a_missing_column_is_a_fault_and_never_a_guess(full, file: str, column: str) -> None:
    path = full.write()
    rewrite(path / file, column, "Something else")
    result = reconcile(read_export(path))
    faults = [fault for fault in result.faults if fault.kind == "missing-column"]
    assert [column in fault.detail for fault in faults] == [True]
    assert result.projects[0].verdict.status == "untestable"
    assert result.incomplete


def test_capitals_and_spaces_in_column_names_do_not_matter(full) -> None:
    path = full.write()
    rewrite(path / c.PAYMENTS, c.PAID, "  payments -  AMOUNT - (value) ")
    assert status_of(path) == "agrees"
    assert kinds_of(path) == set()


def test_an_exact_name_wins_over_a_loose_one(full) -> None:
    path = full.write()
    text = (path / c.PRICINGS).read_text().splitlines()
    text[0] += ",price per unit - amount - (value)"
    text[1] += ",999"
    (path / c.PRICINGS).write_text("\n".join(text))
    assert status_of(path) == "agrees"
    assert "repeated-column" in kinds_of(path)


def test_file_names_in_capitals_are_found(full) -> None:
    path = full.write()
    (path / c.PAYMENTS).rename(path / c.PAYMENTS.upper())
    assert status_of(path) == "agrees"


def test_byte_order_mark_is_not_part_of_the_first_column(full) -> None:
    path = full.write()
    for file in c.TABLES:
        rewrite(path / file, "", "", "utf-8-sig")
    assert status_of(path) == "agrees"
    assert kinds_of(path) == set()


def test_utf_16_is_read_and_reported(full) -> None:
    path = full.write()
    rewrite(path / c.PAYMENTS, "", "", "utf-16")
    assert status_of(path) == "agrees"
    assert kinds_of(path) == {"wrong-encoding"}


def test_windows_text_is_read_and_reported_with_its_line(full) -> None:
    path = full.write()
    rewrite(path / c.PROJECTS, "One", "Café", "cp1252")
    result = reconcile(read_export(path))
    assert result.projects[0].name == "Café"
    assert [(fault.kind, "Line 2" in fault.detail) for fault in result.faults] == [("wrong-encoding", True)]


def test_ragged_rows_are_used_and_reported(full) -> None:
    path = full.write()
    with (path / c.RESULTS).open("a") as file:
        file.write("INDIGO-POJ-9001,m1\n")
        file.write(",".join(["INDIGO-POJ-9001", *[""] * 14]) + "\n")
    result = reconcile(read_export(path))
    ragged = [fault.where for fault in result.all_faults() if fault.kind == "ragged-row"]
    assert ragged == [
        "projects_results.csv row 3, INDIGO-POJ-9001",
        "projects_results.csv row 4, INDIGO-POJ-9001",
    ]
    assert result.projects[0].verdict.status == "agrees"


def test_blank_rows_are_nothing_and_keep_row_numbers(full) -> None:
    path = full.write()
    rewrite(path / c.RESULTS, "INDIGO-POJ-9001,m1", ",,,\n\nINDIGO-POJ-9001,m1")
    result = reconcile(read_export(path))
    used = result.projects[0].metrics[0].used
    assert used is not None
    assert used.rows == (4,)
    assert result.all_faults() == []


def test_a_quotation_mark_that_never_closes_stops_one_file_only(full) -> None:
    path = full.write()
    with (path / c.COMMITMENTS).open("a") as file:
        file.write('INDIGO-POJ-9001,"' + "x" * 200_000)
    assert "unreadable-file" in kinds_of(path)
    assert status_of(path) == "agrees"


def test_an_exact_copy_of_a_payment_is_flagged_and_counted_as_it_stands(full) -> None:
    full.payment("1500", METRIC="m1")
    project = full.one()
    assert project.paid == 3000
    assert [fault.where for fault in project.faults] == [
        "projects_outcome_payments.csv row 3, INDIGO-POJ-9001"
    ]


def test_null_bytes_do_not_stop_the_reading(full) -> None:
    path = full.write()
    rewrite(path / c.PROJECTS, "One", "O\x00ne")
    assert reconcile(read_export(path)).projects[0].name == "One"
