"""Exports: everything a partnership or an organisation holds, and everything held about one person."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.db.models import Q
from django.template.loader import render_to_string

from openoutcomes.standard.schemas import data_package
from openoutcomes.standard.tables import TABLES
from openoutcomes.web.administration import queries
from openoutcomes.web.audit.models import Event
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.lists import safe
from openoutcomes.web.listening.erasing import said_by
from openoutcomes.web.people.models import Person, Sight
from openoutcomes.web.records.facets import FACETS
from openoutcomes.web.records.models import Record

#: Who somebody is: the columns of the file that an administrator's export holds beside the records.
IDENTITY = ("person_id", "name", "known_as", "phone", "email", "address", "date_of_birth", "contact_by",
            "safe_contact", "contact_note")  # fmt: skip


def _csv(names: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> Iterable[bytes]:
    names = list(names)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([safe(str(row.get(name, ""))) for name in names])
        if text.tell() > 65_536:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _add(archive: zipfile.ZipFile, name: str, chunks: Iterable[bytes]) -> None:
    with archive.open(name, "w") as handle:
        for chunk in chunks:
            handle.write(chunk)


def everything(access: Access) -> IO[bytes]:
    """Return a zip file with all that the seat may export: the standard's tables, and who people are.

    An administrator gets the partnership; a manager their organisation's own people, and no audit trail.
    The tables are what ``openoutcomes check`` reads; ``identity.csv`` is beside them, for whoever moves to another system.
    """
    people = queries.exported_people(access)
    condition = Q() if people is None else Q(person__in=people.values("pk"))
    chosen = Person.of(access.partnership).filter(merged_into=None) if people is None else people
    file = tempfile.SpooledTemporaryFile(max_size=8 << 20)  # noqa: SIM115 - handed to the response
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        tables = queries.exported_tables()
        for table in tables:
            rows = queries.rows_of_table(access.partnership, table, condition)
            _add(archive, f"records/{table}.csv", _csv(TABLES[table].by_name, rows))
        described = data_package(tables, folder="records/")
        archive.writestr("datapackage.json", json.dumps(described, indent=1, ensure_ascii=False))
        identities = (
            {name: getattr(one, name) for name in IDENTITY} for one in chosen.iterator(chunk_size=500)
        )
        _add(archive, "identity.csv", _csv(IDENTITY, identities))
        if people is None:
            names = (
                "at",
                "kind",
                "verb",
                "user",
                "roles",
                "organisation",
                "person",
                "model",
                "key",
                "detail",
            )
            _add(archive, "audit.csv", _csv(names, _events(access)))
        archive.writestr(
            "README.txt",
            render_to_string("administration/export.txt", {"access": access, "now": clock.now()}),
        )
    file.seek(0)
    return file


def _events(access: Access) -> Iterable[dict[str, Any]]:
    events = Event.of(access.partnership).select_related("user", "organisation", "person").order_by("pk")
    for event in events.iterator(chunk_size=2000):
        yield {
            "at": event.at.isoformat(timespec="seconds"),
            "kind": event.kind,
            "verb": event.verb,
            "user": event.user.email if event.user else "",
            "roles": event.roles,
            "organisation": event.organisation.organisation_id if event.organisation else "",
            "person": event.person.person_id if event.person else "",
            "model": event.model,
            "key": event.key,
            "detail": json.dumps(event.detail),
        }


def about(access: Access, person: Person) -> IO[bytes]:
    """Return a zip file of everything held about a person: a page to read, the data, and their files.

    For a request to see one's own record. It holds who looked and who may see, and everything written, in
    every version; notes about safeguarding are left for whoever answers to weigh, and the page says so.
    """
    records = list(
        Record.of(access.partnership).filter(person=person).order_by("table", "record_id", "version")
    )
    for record in records:
        record.partnership = access.partnership
    events = list(
        Event.of(access.partnership)
        .filter(person=person)
        .select_related("user", "organisation")
        .order_by("-at")
    )
    # What was said to somebody independent of a provider is not for the provider to read on the way.
    is_whole = access.reach("access.export") == "partnership"
    if not is_whole:
        events = [event for event in events if not event.verb.startswith("listening.")]
    sights = list(
        Sight.of(access.partnership).filter(person=person).select_related("organisation").order_by("since")
    )
    files = _files(access, person)
    file = tempfile.SpooledTemporaryFile(max_size=8 << 20)  # noqa: SIM115 - handed to the response
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        page = {
            "person": person,
            "parts": _parts(records),
            "events": events,
            "sights": sights,
            "now": clock.now(),
            "files": [name for name, _ in files],
        }
        archive.writestr("your-record.html", render_to_string("administration/about.html", page))
        data = {
            "identity": {name: getattr(person, name) for name in IDENTITY},
            "records": {
                table: [r.row for r in records if r.table == table]
                for table in dict.fromkeys(r.table for r in records)
            },
            **({"heard": said_by(person)} if is_whole else {}),
        }
        archive.writestr("your-record.json", json.dumps(data, indent=1, ensure_ascii=False, default=str))
        for name, content in files:
            archive.writestr(f"files/{name}", content)
    file.seek(0)
    return file


def _parts(records: list[Record]) -> list[tuple[str, list[dict[str, Any]]]]:
    parts: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        declared = TABLES[record.table].by_name
        shown = {
            (declared[name].meaning if name in declared else name).rstrip("."): value
            for name, value in record.values.items()
            if name in declared and declared[name].type != "id"
        }
        parts.setdefault(FACETS[record.table].title, []).append({"record": record, "values": shown})
    return sorted(parts.items())


def _files(access: Access, person: Person) -> list[tuple[str, bytes]]:
    from openoutcomes.web.outcomes.erasing import files_of  # noqa: PLC0415 - evidence is another noun's

    del access
    return files_of(person)
