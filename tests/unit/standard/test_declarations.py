"""The declarations hold together: what they name exists, and their own examples pass."""

from __future__ import annotations

import pytest

from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.standard.fields import PARTS, Field, Table
from openoutcomes.standard.rows import record
from openoutcomes.standard.tables import COMMON, TABLES
from openoutcomes.standard.values import parse

FIELDS = [
    pytest.param(table, field, id=f"{table.name}.{field.name}")
    for table in TABLES.values()
    for field in table.fields
]


@pytest.mark.parametrize(("table", "field"), FIELDS)
def test_a_field_names_only_what_exists(table: Table, field: Field) -> None:
    assert field.codes is None or field.codes in CODE_LISTS
    assert field.references is None or field.references in TABLES
    if field.references is not None:
        # References find their target by its key, so the two must be of one type.
        assert TABLES[field.references].fields[0].type == field.type == "id"
    assert field.maximum is None or field.minimum is not None
    assert field.meaning.endswith(".")
    assert field.why
    assert not field.default or not field.required
    assert table.part in PARTS


@pytest.mark.parametrize(("table", "field"), FIELDS)
def test_every_example_passes_its_own_check(table: Table, field: Field) -> None:
    value, faults = parse(field, field.example)
    assert value is not None
    assert faults == ()
    assert table.by_name[field.name] is field


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_the_examples_of_a_table_make_one_record(table: Table) -> None:
    row = record(table.name, {field.name: field.example for field in table.fields})
    assert isinstance(row, dict), row
    assert list(row) == list(table.by_name)


def test_every_table_starts_with_its_key_and_ends_with_the_common_fields() -> None:
    for table in TABLES.values():
        assert table.fields[0].required
        assert table.key == table.fields[0].name
        assert table.key.endswith("_id")
        assert table.fields[-len(COMMON) :] == COMMON
        assert len(table.by_name) == len(table.fields), "two fields share a name"
        for pair in (*table.not_before, *table.same_length):
            assert set(pair) <= table.by_name.keys()


def test_no_need_score_or_assessment_is_ever_required() -> None:
    helpful = {"needs", "strengths", "goals"}
    for name in helpful:
        required = {field.name for field in TABLES[name].fields if field.required}
        assert required <= {TABLES[name].key, "person_id"}
    assert not TABLES["measures"].by_name["score"].required
    assert [field.name for field in TABLES["enrolments"].fields if field.required] == [
        "enrolment_id",
        "person_id",
    ]


def test_words_about_a_person_are_marked_as_personal() -> None:
    about_people = [table for table in TABLES.values() if "person_id" in table.by_name]
    open_words = [
        field
        for table in about_people
        for field in table.fields
        if field.type == "text" and field.name != "source" and field.sensitivity == "internal"
    ]
    # What is left describes work and organisations, not the person.
    assert {field.name for field in open_words} == {
        "referred_by",
        "cohort",
        "by_whom",
        "question",
        "coded_by",
    }


def test_every_code_list_is_used_and_explained() -> None:
    used = {field.codes for table in TABLES.values() for field in table.fields}
    assert set(CODE_LISTS) <= used
    for codes in CODE_LISTS.values():
        assert all(codes.codes.values())


def test_the_tables_of_the_design_are_all_there() -> None:
    expected = """organisations programmes people enrolments referrals strengths needs contacts measures goals
        activities achievements contributions events verifications cohort_results costs capacity changes
        investments feedback consents indicators achievement_counts"""
    assert set(TABLES) == set(expected.split())
