"""Files of evidence: what is taken and refused, what is kept of them, and who may open them."""

import datetime as dt
import hashlib
import io
import os
import stat
import time
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import Event
from openoutcomes.web.core.scope import writing
from openoutcomes.web.outcomes import erasing
from openoutcomes.web.outcomes import files as kept
from openoutcomes.web.outcomes.card import evidence_of
from openoutcomes.web.outcomes.commands import add_evidence, record_outcome, withdraw_evidence
from openoutcomes.web.outcomes.models import Evidence
from openoutcomes.web.outcomes.queries import files_of
from openoutcomes.web.records.models import Record
from openoutcomes.web.verification.commands import find
from web_world import seat

FEB = dt.date(2025, 2, 1)


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.EVIDENCE_ROOT = tmp_path / "evidence"


def boxes(name, day):
    return {f"{name}_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def picture(form="JPEG", size=(60, 40), colour=(200, 30, 30), exif=None):
    out = io.BytesIO()
    image = Image.new("RGB", size, colour)
    image.save(out, form, **({"exif": exif} if exif else {}))
    return out.getvalue()


def pdf(inside=b"", catalog=b""):
    body = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog " + catalog + b" >>\nendobj\n" + inside
    return body + b"trailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def packed(names):
    data = zlib.compress(names)
    return b"2 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + data + b"\nendstream\nendobj\n"


def upload(content, name="letter.pdf"):
    return SimpleUploadedFile(name, content)


def check(content, name="letter.pdf"):
    return kept.checked(upload(content, name))


def record(world, **more):
    return record_outcome(
        world.access("practitioner"),
        enrolment=world.enrolments["ash"],
        outcome="home-entry",
        achieved_on=FEB,
        **more,
    )


def with_file(world, content=None, **more):
    achievement = record(world, **more)
    add_evidence(
        world.access("practitioner"),
        achievement=achievement,
        kind="tenancy-agreement",
        dated_on=FEB,
        files=[check(content or picture(), "Ash Example tenancy.jpg")],
    )
    return achievement, files_of(achievement).get()


# What is taken


def test_what_a_file_is_goes_by_its_content_and_not_by_its_name():
    assert check(picture("PNG"), "letter.pdf").content_type == "image/png"
    assert check(pdf(), "photo.jpg").content_type == "application/pdf"
    with pytest.raises(InputError, match="neither a picture nor a PDF"):
        check(b"MZ\x90\x00 this is a program", "letter.pdf")
    with pytest.raises(InputError, match="neither a picture nor a PDF"):
        check(b"<html><script>alert(1)</script></html>", "letter.jpg")


def test_a_photograph_loses_where_and_with_what_it_was_taken():
    exif = Image.Exif()
    exif[0x010F] = "Camera Maker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (53.0, 24.0, 0.0)
    sent = picture(exif=exif)
    assert b"Camera Maker" in sent
    found = check(sent, "IMG_1.jpg")
    assert b"Camera Maker" not in found.content
    with Image.open(io.BytesIO(found.content)) as clean:
        assert dict(clean.getexif()) == {}
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(clean.info)
    assert found.sha256 == hashlib.sha256(sent).hexdigest()
    assert found.stored_sha256 == hashlib.sha256(found.content).hexdigest()


def test_a_photograph_taken_sideways_is_kept_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(io.BytesIO(check(picture(size=(60, 40), exif=exif)).content)) as clean:
        assert clean.size == (40, 60)


def test_what_hides_behind_a_picture_is_left_behind():
    found = check(picture("PNG") + b"<script>secret</script>", "scan.png")
    assert b"secret" not in found.content


def test_a_large_photograph_is_made_smaller():
    with Image.open(io.BytesIO(check(picture(size=(5000, 2500))).content)) as clean:
        assert clean.size == (3508, 1754)


@pytest.mark.parametrize("size", [(8000, 8000), (12000, 9000), (20000, 20000)])
def test_a_picture_that_would_unpack_to_far_too_much_is_refused(size):
    out = io.BytesIO()
    Image.new("1", size).save(out, "PNG")
    assert len(out.getvalue()) < 1_000_000
    with pytest.raises(InputError, match="million dots"):
        check(out.getvalue(), "bomb.png")


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_damaged_picture_is_refused(form):
    whole = picture(form, size=(400, 400))
    with pytest.raises(InputError, match="damaged"):
        check(whole[: len(whole) // 2], "photo.jpg")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC photograph"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "kind of picture is not taken"),
        (b"", "empty"),
        (b"%PDF-1.4\n1 0 obj", "cut short"),
    ],
)
def test_other_kinds_are_refused_with_what_to_do(content, message):
    with pytest.raises(InputError, match=message) as refused:
        check(content)
    assert refused.value.problems[0].mend


def test_a_document_that_can_still_be_changed_is_refused():
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
        archive.writestr("_rels/.rels", "<Relationships/>")
    with pytest.raises(InputError):
        check(out.getvalue(), "letter.docx")


@pytest.mark.parametrize(
    "content",
    [
        pdf(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
        pdf(catalog=b"/OpenAction << /S /J#61vaScript >>"),
        pdf(catalog=b"/AA << /O << /S /Launch /F (cmd.exe) >> >>"),
        pdf(
            catalog=b"/Names << /EmbeddedFiles 3 0 R >>", inside=b"3 0 obj << /Type /EmbeddedFile >> endobj\n"
        ),
        pdf(inside=packed(b"4 0 << /S /JavaScript /JS (x) >>")),
        pdf(inside=packed(b"4 0 << /S /J#53 >>").replace(b"/ObjStm", b"/Obj#53tm")),
    ],
)
def test_a_pdf_that_can_run_something_or_carries_a_file_is_refused(content):
    with pytest.raises(InputError, match="run something"):
        check(content)


def test_a_pdf_whose_pictures_happen_to_hold_such_letters_is_taken():
    stream = b"5 0 obj\n<< /Length 20 >>\nstream\n\x00/JS \xff/JavaScript \nendstream\nendobj\n"
    assert check(pdf(inside=stream + packed(b"6 0 << /Type /Page >>"))).content_type == "application/pdf"


def test_a_pdf_with_a_password_or_far_larger_inside_is_refused():
    with pytest.raises(InputError, match="password"):
        check(pdf().replace(b"trailer <<", b"trailer << /Encrypt 9 0 R"))
    with pytest.raises(InputError, match="larger inside"):
        check(pdf(inside=packed(b"\0" * (21 * 1024 * 1024))))


def test_a_file_that_is_too_large_is_refused_before_it_is_read(settings):
    settings.MAX_UPLOAD = 1024 * 1024
    with pytest.raises(InputError, match="larger than 1 MB"):
        check(b"%PDF-" + b"0" * (1024 * 1024))


def test_every_file_that_is_wrong_is_named():
    sent = [upload(b"", "one.pdf"), upload(pdf(), "two.pdf"), upload(b"GIF89a", "three.gif")]
    with pytest.raises(InputError) as refused:
        kept.checked_all(sent)
    assert [problem.what.partition(":")[0] for problem in refused.value.problems] == ["one.pdf", "three.gif"]
    assert len(kept.checked_all([upload(pdf()), upload(pdf(), "again.pdf")])) == 1
    with pytest.raises(InputError, match="more than 10 files"):
        kept.checked_all([upload(pdf())] * 11)


# What is kept


def test_a_file_is_kept_whole_under_a_random_name_for_the_platform_alone(settings):
    stored = kept.keep(b"content")
    path = kept.path_of(stored)
    assert path.read_bytes() == b"content"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(settings.EVIDENCE_ROOT).stat().st_mode) == 0o700
    assert kept.keep(b"content") != stored
    assert not list(Path(settings.EVIDENCE_ROOT).rglob("*.part"))


def test_a_kill_while_writing_leaves_no_file_under_a_name(monkeypatch, settings):
    def killed(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        kept.keep(b"content")
    assert [
        p.name for p in Path(settings.EVIDENCE_ROOT).rglob("*") if p.is_file() and not p.name.startswith(".")
    ] == []


@pytest.mark.parametrize("name", ["../secret", "ab/../../secret", "/etc/passwd", "", "ab/" + "g" * 40])
def test_nothing_but_a_name_of_ours_leads_to_a_file(name):
    with pytest.raises(ValueError, match="not the name"):
        kept.path_of(name)


def test_a_file_that_changed_on_the_disk_is_not_given_back():
    stored = kept.keep(b"content")
    digest = hashlib.sha256(b"content").hexdigest()
    assert kept.content_of(stored, digest) == b"content"
    kept.path_of(stored).write_bytes(b"other")
    assert kept.content_of(stored, digest) is None
    kept.remove(stored)
    assert kept.content_of(stored, digest) is None
    assert kept.content_of("", digest) is None


def test_what_no_row_names_is_swept_up_once_it_is_old(world, settings):
    _, row = with_file(world)
    lost, young = kept.keep(b"lost"), kept.keep(b"young")
    half = Path(settings.EVIDENCE_ROOT) / lost[:2] / ".half.part"
    half.write_bytes(b"half")
    old = time.time() - 25 * 3600
    for path in (kept.path_of(lost), kept.path_of(row.stored), half):
        os.utime(path, (old, old))
    assert kept.sweep() == 2
    assert kept.path_of(row.stored).exists()
    assert kept.path_of(young).exists()
    assert not kept.path_of(lost).exists()


# Adding and taking away


def test_a_photograph_is_added_and_the_record_names_it(world):
    achievement = record(world)
    client = world.client("practitioner")
    at = world.url("evidence_add", record_id=achievement.record_id)
    page = client.get(at)
    assert b'capture="environment"' in page.content
    assert b'enctype="multipart/form-data"' in page.content
    sent = {
        "once": "k",
        "kind": "tenancy-agreement",
        **boxes("dated_on", FEB),
        "photograph": upload(picture(), "IMG_2041.jpg"),
        "chosen": [upload(pdf(), "one.pdf"), upload(picture(colour=(1, 2, 3)), "two.jpg")],
    }
    assert client.post(at, sent).status_code == 302
    now = Record.of(world.partnership).get(record_id=achievement.record_id, current=True)
    assert (now.version, evidence_of(now)) == (2, [("tenancy-agreement", FEB)])
    assert files_of(now).count() == 3
    assert {row.name for row in files_of(now)} == {"IMG_2041.jpg", "one.pdf", "two.jpg"}


def test_the_same_form_sent_twice_keeps_the_file_once(world):
    achievement = record(world)
    client = world.client("practitioner")
    at = world.url("evidence_add", record_id=achievement.record_id)
    for _ in range(2):
        sent = {"once": "k", "kind": "tenancy-agreement", **boxes("dated_on", FEB), "chosen": upload(pdf())}
        assert client.post(at, sent).status_code == 302
    again = {"once": "other", "kind": "tenancy-agreement", **boxes("dated_on", FEB), "chosen": upload(pdf())}
    assert b"beside the outcome already" in client.post(at, again).content
    assert files_of(achievement).count() == 1


def test_evidence_of_another_kind_is_named_in_words(world):
    achievement = record(world)
    at = world.url("evidence_add", record_id=achievement.record_id)
    sent = {"kind": "*", "other_kind": "Rent book", **boxes("dated_on", FEB), "chosen": upload(pdf())}
    assert world.client("practitioner").post(at, sent).status_code == 302
    assert files_of(achievement).get().kind == "rent-book"


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"kind": "tenancy-agreement", **boxes("dated_on", FEB)}, "Photograph it, or choose a file"),
        ({**boxes("dated_on", FEB), "chosen": pdf()}, "This field is required"),
        ({"kind": "tenancy-agreement", "chosen": pdf()}, "This field is required"),
        ({"kind": "*", **boxes("dated_on", FEB), "chosen": pdf()}, "Write what it is"),
        (
            {"kind": "tenancy-agreement", **boxes("dated_on", FEB), "chosen": b"MZ"},
            "neither a picture nor a PDF",
        ),
        ({"kind": "tenancy-agreement", **boxes("dated_on", FEB), "chosen": b"GIF89a"}, "Save it as a JPEG"),
    ],
)
def test_mistakes_are_said_and_nothing_is_kept(world, settings, sent, message):
    achievement = record(world)
    if isinstance(sent.get("chosen"), bytes):
        sent = {**sent, "chosen": upload(sent["chosen"])}
    page = world.client("practitioner").post(world.url("evidence_add", record_id=achievement.record_id), sent)
    assert message in page.content.decode()
    assert not files_of(achievement).exists()
    assert not Path(settings.EVIDENCE_ROOT).exists()


def test_files_can_be_sent_with_the_outcome_itself(world):
    client = world.client("practitioner")
    at = world.url("outcome_form", enrolment_id=world.enrolments["ash"].enrolment_id, code="home-entry")
    sent = {"once": "k", "step": "save", **boxes("achieved_on", FEB), **boxes("evidence_0", FEB)}
    wrong = client.post(at, {**sent, "file_0": upload(b"MZ", "virus.pdf")})
    assert b"virus.pdf: this is neither a picture nor a PDF" in wrong.content.replace(b"Virus", b"virus")
    assert not Evidence.of(world.partnership).exists()
    assert (
        client.post(at, {**sent, "file_0": [upload(picture(), "a.jpg"), upload(pdf(), "b.pdf")]}).status_code
        == 302
    )
    assert {row.kind for row in Evidence.of(world.partnership)} == {"tenancy-agreement"}
    assert Evidence.of(world.partnership).count() == 2


def test_a_file_taken_away_is_no_longer_named(world):
    achievement, row = with_file(world)
    client = world.client("practitioner")
    at = world.url("evidence_withdraw", evidence_id=row.evidence_id)
    assert b"Take this file away" in client.get(at).content
    assert client.post(at, {"once": "k"}).status_code == 302
    now = Record.of(world.partnership).get(record_id=achievement.record_id, current=True)
    assert evidence_of(now) == []
    assert not files_of(now).exists()
    again = client.post(at, {"once": "other"}, follow=True)
    assert b"withdrawn already" in again.content


def test_nothing_is_added_or_taken_away_once_a_verifier_has_decided(world):
    achievement, row = with_file(world)
    find(world.access("verifier"), achievement=achievement, state="accepted")
    by = world.access("practitioner")
    with pytest.raises(InputError, match="cannot be changed"):
        add_evidence(by, achievement=achievement, kind="landlord-letter", dated_on=FEB, files=[check(pdf())])
    with pytest.raises(InputError, match="cannot be changed"):
        withdraw_evidence(by, evidence=row)
    page = world.client("practitioner").get(
        world.url("evidence_add", record_id=achievement.record_id), follow=True
    )
    assert b"A verifier has accepted it" in page.content


# Opening


def test_a_picture_is_shown_with_headers_that_let_nothing_run(world):
    _, row = with_file(world)
    answer = world.client("practitioner").get(world.url("evidence_file", evidence_id=row.evidence_id))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"] == f'inline; filename="evidence-{row.evidence_id}.jpg"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store, private"
    assert hashlib.sha256(answer.content).hexdigest() == row.stored_sha256


def test_a_document_is_saved_and_not_shown(world):
    _, row = with_file(world, pdf())
    answer = world.client("practitioner").get(world.url("evidence_file", evidence_id=row.evidence_id))
    assert answer["Content-Disposition"].startswith("attachment;")


def test_every_look_at_a_file_is_noted(world):
    _, row = with_file(world)
    for who in ("practitioner", "verifier"):
        world.client(who).get(world.url("evidence_file", evidence_id=row.evidence_id))
    looks = Event.of(world.partnership).filter(verb="outcomes.evidence", kind="view", person=row.person)
    assert {event.user for event in looks} == {world.users["practitioner"], world.users["verifier"]}


@pytest.mark.parametrize("who", ["other_practitioner", "other_manager"])
def test_another_organisation_opens_nothing(world, who):
    _, row = with_file(world)
    client = world.client(who)
    assert client.get(world.url("evidence_file", evidence_id=row.evidence_id)).status_code == 404
    assert client.get(world.url("evidence_withdraw", evidence_id=row.evidence_id)).status_code == 404
    with pytest.raises(PermissionDenied):
        withdraw_evidence(world.access(who), evidence=row)


@pytest.mark.parametrize(
    "role", ["commissioner", "finance", "investor", "coordinator", "evaluator", "administrator"]
)
def test_other_roles_may_not_open_evidence(world, role):
    _, row = with_file(world)
    assert world.client(role).get(world.url("evidence_file", evidence_id=row.evidence_id)).status_code == 403


def test_another_partnership_opens_nothing(world, elsewhere):
    _, row = with_file(world)
    for who in ("practitioner", "verifier"):
        client = elsewhere.client(who)
        assert client.get(world.url("evidence_file", evidence_id=row.evidence_id)).status_code == 404
        assert client.get(elsewhere.url("evidence_file", evidence_id=row.evidence_id)).status_code == 404


def test_a_verifier_opens_none_of_an_organisation_of_their_own(world):
    _, row = with_file(world)
    address = world.url("evidence_file", evidence_id=row.evidence_id)
    assert world.client("verifier").get(address).status_code == 200
    seat(world.partnership, world.users["verifier"], "investor", world.organisations["harbour"])
    assert world.client("verifier").get(address).status_code == 404


def test_a_verifier_does_not_take_evidence_away(world):
    _, row = with_file(world)
    assert (
        world.client("verifier").get(world.url("evidence_withdraw", evidence_id=row.evidence_id)).status_code
        == 403
    )


def test_an_id_that_is_guessed_leads_nowhere(world):
    client = world.client("practitioner")
    assert client.get(world.url("evidence_file", evidence_id="w-guessed")).status_code == 404


def test_a_file_that_is_gone_says_so(world):
    _, row = with_file(world)
    kept.remove(row.stored)
    answer = world.client("practitioner").get(world.url("evidence_file", evidence_id=row.evidence_id))
    assert answer.status_code == 410
    assert b"cannot be shown" in answer.content


def test_the_name_of_a_file_is_kept_from_the_database(world):
    from django.db import connection

    with_file(world)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM outcomes_evidence")
        (stored,) = cursor.fetchone()
    assert "Ash" not in stored
    assert Evidence.of(world.partnership).get().name == "Ash Example tenancy.jpg"


# Erasing


def test_erasing_a_person_erases_their_files_and_keeps_that_there_were_some(
    world, django_capture_on_commit_callbacks
):
    _, row = with_file(world)
    person = world.people["ash"]
    assert erasing.files_of(person) == [(row.file_name, kept.content_of(row.stored, row.stored_sha256))]
    path = kept.path_of(row.stored)
    with writing("test"), django_capture_on_commit_callbacks(execute=True):
        assert erasing.erase_files(person) == 1
        assert path.exists()
    assert not path.exists()
    row.refresh_from_db()
    assert (row.name, row.stored) == ("", "")
    assert row.erased_at is not None
    assert erasing.files_of(person) == []
    assert (
        world.client("practitioner").get(world.url("evidence_file", evidence_id=row.evidence_id)).status_code
        == 404
    )
