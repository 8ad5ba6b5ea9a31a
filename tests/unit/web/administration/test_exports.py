"""Exports: all of it, one's own of it, or all about one person; and never more."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from openoutcomes.standard.reading import check_path
from openoutcomes.web.audit.models import Event
from openoutcomes.web.core.commands import command, note
from openoutcomes.web.records import store
from web_world import close_files


@command
def noted(by: Any, *, world: Any, key: str, words: str) -> None:
    organisation = world.enrolments[key].organisation
    by.require("records.add", organisation)
    store.write(by, "goals", {"words": words, "set_on": dt.date(2025, 3, 1)}, enrolment=world.enrolments[key])
    note(by, "test.noted", world.people[key], person=world.people[key])


@pytest.fixture
def busy(world: Any) -> Any:
    noted(world.access("practitioner"), world=world, key="ash", words="=A front door that locks")
    noted(world.access("other_practitioner"), world=world, key="casey", words="A garden")
    return world


def made(world: Any, who: str, name: str, **sent: str) -> zipfile.ZipFile:
    answer = world.client(who).post(world.url(name), sent)
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    close_files(answer)
    return zipfile.ZipFile(io.BytesIO(content))


def rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode())))


def test_an_administrator_exports_everything_and_it_passes_every_check(busy: Any, tmp_path: Path) -> None:
    archive = made(busy, "administrator", "export_all")
    archive.extractall(tmp_path)
    report = check_path(tmp_path / "records")
    assert [p for p in report.problems if p.severity == "error"] == []
    assert {row["name"] for row in rows(archive, "identity.csv")} == {
        "Ash Example",
        "Blake Sample",
        "Casey Specimen",
    }
    assert {row["verb"] for row in rows(archive, "audit.csv")} >= {
        "people.add",
        "people.enrol",
        "export.made",
    }
    assert json.loads(archive.read("datapackage.json"))["resources"]
    # A spreadsheet must not take words for a formula.
    assert any(row["words"].startswith("'=") for row in rows(archive, "records/goals.csv"))


def test_a_manager_exports_the_organisation_alone(busy: Any) -> None:
    archive = made(busy, "provider_manager", "export_organisation")
    assert {row["name"] for row in rows(archive, "identity.csv")} == {"Ash Example", "Blake Sample"}
    assert [row["words"] for row in rows(archive, "records/goals.csv")] == ["'=A front door that locks"]
    assert "audit.csv" not in archive.namelist()
    text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "Casey" not in text
    assert busy.people["casey"].person_id not in text


def test_that_an_export_was_made_is_noted(busy: Any) -> None:
    made(busy, "administrator", "export_all")
    assert (
        Event.of(busy.partnership).filter(verb="export.made", user=busy.users["administrator"]).count() == 1
    )


def test_a_person_gets_everything_held_about_them(busy: Any) -> None:
    archive = made(
        busy, "provider_manager", "access_export", person_id=busy.people["ash"].person_id, checked="on"
    )
    page = archive.read("your-record.html").decode()
    assert "Ash Example" in page
    assert "A front door that locks" in page
    assert "Harbour Lights" in page
    data = json.loads(archive.read("your-record.json"))
    assert data["identity"]["name"] == "Ash Example"
    assert data["records"]["goals"][0]["words"] == "=A front door that locks"
    assert "Casey" not in page


def test_what_somebody_wrote_cannot_run_in_the_page(busy: Any) -> None:
    noted(busy.access("practitioner"), world=busy, key="ash", words="<script>alert(1)</script>")
    archive = made(
        busy, "administrator", "access_export", person_id=busy.people["ash"].person_id, checked="on"
    )
    assert "<script>" not in archive.read("your-record.html").decode()


@pytest.mark.parametrize("key", ["casey", "elsewhere"])
def test_a_manager_answers_for_their_own_people_alone(busy: Any, elsewhere: Any, key: str) -> None:
    person = elsewhere.people["ash"] if key == "elsewhere" else busy.people[key]
    page = busy.client("provider_manager").post(
        busy.url("access_export"), {"person_id": person.person_id, "checked": "on"}
    )
    assert b"no person with this id" in page.content


def test_nothing_is_made_unless_somebody_checked_who_asks(busy: Any) -> None:
    page = busy.client("administrator").post(
        busy.url("access_export"), {"person_id": busy.people["ash"].person_id}
    )
    assert b"There is a problem" in page.content
