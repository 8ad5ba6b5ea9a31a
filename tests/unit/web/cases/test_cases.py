"""The case library through HTTP: written, found by situation, checked, published, exchanged, and asked of before copying."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from openoutcomes.standard.problems import InputError
from openoutcomes.web.cases import commands, fileformat, queries
from openoutcomes.web.cases.models import Case, CaseVersion, Condition, CopyPlan, Publication
from openoutcomes.web.cases.rhythm import signals
from openoutcomes.web.cases.things import things
from openoutcomes.web.cases.waiting import waiting
from openoutcomes.web.core import clock
from openoutcomes.web.core.guard import suspects

TEXTS = {
    "title": "First meetings in a café, arranged by text",
    "result": "worked",
    "who_for": "Young people without a home",
    "problem": "Many never came to the first appointment",
    "area": "access",
    "place_kind": "town",
    "paying": "grant",
    "story": "We met in a café within two days of a referral.",
    "learned": "Where and how we first meet decides who comes.",
    "conditions": "A worker is free within two days\nA café will have us",
    "contacts": "Outreach lead, Harbour Lights",
    "strength": "counted",
}
LETTERS = {
    "title": "A second letter to those who missed the first appointment",
    "result": "failed",
    "who_for": "Young people without a home",
    "area": "access",
    "learned": "Letters go to addresses where people no longer are. Homeless people move.",
}


def a_case(world, who="coordinator", **changes):
    return commands.add(world.access(who), values={**TEXTS, **changes})


def published(world, **changes):
    case = a_case(world, **changes)
    keys = [one.key for one in commands.suspects_of(case)]
    return commands.publish(world.access("coordinator"), case=case, looked_at=keys)


def url(world, name, case, **kwargs):
    return world.url(name, case_id=case.case_id, **kwargs)


def test_a_case_is_written_changed_with_its_history_and_put_away(world):
    client = world.client("practitioner")
    page = client.post(world.url("case_add"), {"title": "", "strength": "unchecked"})
    assert "Say in one line what was tried." in page.content.decode()
    assert "Choose one; what failed is as welcome." in page.content.decode()
    page = client.post(world.url("case_add"), {**TEXTS, "contacts": "lead@harbour.example"})
    assert "There is an e-mail address or a telephone number." in page.content.decode()
    assert not Case.of(world.partnership).exists()
    for _ in range(2):
        assert client.post(world.url("case_add"), {**TEXTS, "once": "c1"}).status_code == 302
    case = Case.of(world.partnership).get()
    assert case.organisation == world.organisations["harbour"]
    sent = {**TEXTS, "cost": "£40,000", "revision": "1", "once": "c2"}
    assert client.post(url(world, "case_change", case), sent).status_code == 302
    page = client.post(url(world, "case_change", case), {**sent, "once": "c3"})
    assert "Somebody changed this case after you opened it." in page.content.decode()
    assert CaseVersion.of(world.partnership).count() == 2
    page = client.get(url(world, "case_history", case)).content.decode()
    assert "£40,000" in page
    assert "Written down." in page
    assert "Outreach lead, Harbour Lights" in client.get(url(world, "case", case)).content.decode()
    assert client.post(url(world, "case_away", case), {"once": "c4"}).status_code == 302
    assert "café" not in client.get(world.url("cases")).content.decode()
    assert client.post(url(world, "case_away", case), {"once": "c5"}).status_code == 302
    assert "café" in client.get(world.url("cases")).content.decode()


def test_nobody_changes_another_organisations_case_or_finds_one_by_guessing(world, elsewhere):
    case = a_case(world, "practitioner")
    other = world.client("other_practitioner")
    assert other.get(url(world, "case", case)).status_code == 200
    assert other.post(url(world, "case_change", case), {**TEXTS, "revision": "1"}).status_code == 403
    assert other.post(url(world, "case_away", case), {}).status_code == 403
    for who, page, status in (
        ("person", "case_add", 403), ("verifier", "case_add", 403), ("practitioner", "case_import", 403),
        ("practitioner", "case_export", 403), ("person", "cases", 200), ("verifier", "cases", 200),
    ):  # fmt: skip
        assert world.client(who).get(world.url(page)).status_code == status
    assert world.client("practitioner").get(url(world, "case_publish", case)).status_code == 403
    stranger = elsewhere.client("coordinator")
    assert stranger.get(elsewhere.url("case", case_id=case.case_id)).status_code == 404
    assert stranger.get(url(world, "case", case)).status_code == 404
    assert things(elsewhere.access("coordinator"), "case", [case.case_id]) == []
    (thing,) = things(world.access("person"), "case", [case.case_id])
    assert (thing.title, thing.state) == (TEXTS["title"], "It worked")


def test_a_search_ranks_by_words_matched_and_shows_failures_beside_what_worked(world, elsewhere):
    a_case(world)
    failed = a_case(elsewhere, **LETTERS)
    commands.publish(
        elsewhere.access("coordinator"),
        case=failed,
        looked_at=[one.key for one in commands.suspects_of(failed)],
    )
    a_case(elsewhere, title="Nothing that anybody published about a café")
    access = world.access("practitioner")
    first, second = queries.search(access, "first appointments for the homeless, by letter")
    assert (second.title, second.whose) == (TEXTS["title"], "")
    assert (first.title, first.whose) == (LETTERS["title"], "Otherplace Together")
    assert first.why == "4 of 4 words: first, appointment, homeless, letter"
    assert second.why == "2 of 4 words: first, appointment"
    assert [one.result for one in queries.search(access, tags={"result": "failed"})] == ["failed"]
    assert queries.search(access, "cafes")[0].where == "here"
    assert queries.search(access, "letter", elsewhere=False) == []
    assert queries.search(access, "the and of") == []
    assert len(queries.search(access)) == 2
    page = world.client("person").get(world.url("cases"), {"words": "letters"}).content.decode()
    assert LETTERS["title"] in page
    assert TEXTS["title"] not in page
    page = world.client("person").get(world.url("cases"), {"format": "csv"})
    assert LETTERS["learned"] in page.content.decode()
    part = world.client("practitioner").get(
        world.url("case_find"), {"words": "letters"}, headers={"HX-Request": "true"}
    )
    assert LETTERS["title"] in part.content.decode()
    assert "<html" not in part.content.decode()


def test_the_list_asks_no_more_of_the_database_the_longer_it_is(world, django_assert_max_num_queries):
    for number in range(30):
        a_case(world, title=f"Case {number}")
    client = world.client("practitioner")
    with django_assert_max_num_queries(14):
        assert client.get(world.url("cases")).status_code == 200


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write to lead@harbour.example", "email"),
        ("Ring 07700 900123 or +44 20 7946 0018", "phone"),
        ("He gave QQ 12 34 56 C, which was AB 12 34 56 C", "national_insurance"),
        ("Her number is 943 476 5919", "nhs"),
        ("They lived at L4 1TH then", "postcode"),
        ("Of them, 3 young people moved", "few"),
        ("Two of the women moved", "few"),
        ("It helped somebody aged 19 most", "age"),
        ("A 19-year-old told us", "age"),
        ("It began on 12 March 2024", "date"),
        ("We met Ash Sample at the door", "name"),
        ("Then Kayleigh said no", "name"),
        ("Marjorie Quill led it", "name"),
    ],
)
def test_the_guard_finds_what_may_point_at_a_person(text, kind):
    assert kind in {one.kind for one in suspects({"story": text})}


def test_the_guard_leaves_ordinary_sentences_alone():
    texts = (
        "Northtown Council paid for 24 young people aged 18 to 24. The council is a partner of Harbour Lights.",
        "In January 2024 we began. It cost £1234567890. Of 240 people, 120 moved. After that, the National Fund stopped.",
        "Number 943 476 5910 is nobody's.",
    )
    assert (
        suspects({"story": " ".join(texts)}, ["Northtown Council", "Harbour Lights", "National Fund"]) == []
    )


def test_a_case_goes_to_others_only_after_the_check_and_comes_back_when_withdrawn(world, elsewhere):
    case = a_case(world, story="We met Ash Sample, one young man. Write to ash@example.org.")
    client = world.client("coordinator")
    page = client.get(url(world, "case_publish", case)).content.decode()
    assert "“ash@example.org” looks like an e-mail address" in page
    assert "“Ash Sample” looks like words that may be a name" in page
    found = [one.key for one in commands.suspects_of(case) if not one.must_go]
    page = client.post(url(world, "case_publish", case), {"looked_at": found}).content.decode()
    assert "“ash@example.org” looks like an e-mail address." in page
    commands.change(
        world.access("coordinator"),
        case=case,
        values={**TEXTS, "story": "We met one young man, by the Old Mill."},
    )
    case.refresh_from_db()
    page = client.post(url(world, "case_publish", case), {}).content.decode()
    assert "Tick each that points at nobody, when you have looked." in page
    found = [one.key for one in commands.suspects_of(case)]
    page = client.post(url(world, "case_publish", case), {"looked_at": found[:1]}).content.decode()
    assert "Not everything that was found has been looked at." in page
    for _ in range(2):
        sent = {"looked_at": found, "once": "p"}
        assert client.post(url(world, "case_publish", case), sent).status_code == 302
    published_one = Publication.of(world.partnership).get()
    there = elsewhere.client("person")
    address = elsewhere.url("case_elsewhere", publication_id=published_one.publication_id)
    page = there.get(address).content.decode()
    assert "Case published by Kirkdale Together" in page
    assert "coordinator@kirkdale" not in page
    assert elsewhere.client("practitioner").get(address).status_code == 200
    # What is written afterwards stays here until it is checked and published again.
    commands.change(
        world.access("coordinator"), case=case, values={**TEXTS, "story": "A secret of Ash Sample's."}
    )
    assert "secret" not in there.get(address).content.decode()
    assert "It has changed here since" in client.get(url(world, "case", case)).content.decode()
    page = client.post(url(world, "case_away", case), {}).content.decode()
    assert "This case is published." in page
    assert client.post(url(world, "case_withdraw", case), {"once": "w"}).status_code == 302
    assert there.get(address).status_code == 404
    assert queries.search(elsewhere.access("person"), "café") == []


def test_published_cases_go_into_a_file_and_another_installation_takes_them_in_once(world, elsewhere):
    published(world, cost=None)
    a_case(world, title="Not published")
    file = world.client("coordinator").get(world.url("case_export"))
    assert "attachment" in file["Content-Disposition"]
    assert b"Not published" not in file.content
    client = elsewhere.client("coordinator")

    def send(data, once="f"):
        sent = {"file": SimpleUploadedFile("cases.json", data), "once": once}
        return client.post(elsewhere.url("case_import"), sent)

    for _ in range(2):
        assert send(file.content).status_code == 302
    case = Case.of(elsewhere.partnership).get()
    assert (case.title, case.origin, case.strength) == (TEXTS["title"], "Kirkdale Together", "counted")
    assert "Every case of this file is here already." in send(file.content, "again").content.decode()
    assert "Choose a file." in client.post(elsewhere.url("case_import"), {}).content.decode()


def a_file(*cases, **top):
    return json.dumps({"format": "open-outcomes-cases", "version": 1, "cases": list(cases), **top}).encode()


GOOD = {"id": "1", "title": "A", "result": "worked"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe", "not text in UTF-8"),
        (b"{", "line 1 is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "no file of cases"),
        (b'{"format": "open-outcomes-cases", "format": "x"}', "there twice in one object"),
        (a_file(GOOD, version=2), "another version"),
        (a_file(GOOD, extra=1), "“extra” is not known"),
        (a_file(), "not a list of 1 to 500"),
        (a_file("x"), "case 1 is not an object"),
        (a_file({"title": "A", "result": "worked"}), "case 1: “id” is missing"),
        (a_file(GOOD, GOOD), "the id “1” is there twice"),
        (a_file({**GOOD, "result": "won"}), "case 1: “result” is “won”"),
        (a_file({**GOOD, "story": 3}), "case 1: “story” is not text"),
        (a_file({**GOOD, "colour": "red"}), "case 1: “colour” is not known"),
        (a_file({**GOOD, "title": " "}), "case 1: “title” is empty"),
        (a_file({**GOOD, "period": "x" * 81}), "case 1: “period” is too long"),
        (a_file({**GOOD, "cost": "1e3"}), "case 1: “cost” is not an amount"),
        (a_file({**GOOD, "cost": "1."}), "case 1: “cost” is not an amount"),
        (b"x" * 2_000_001, "larger than 2 MB"),
    ],
)
def test_a_file_that_is_wrong_says_where_and_how_to_mend_it(data, says):
    with pytest.raises(InputError) as refused:
        fileformat.read(data)
    assert any(says in one.what for one in refused.value.problems)
    assert all(one.mend for one in refused.value.problems)


def test_the_schema_and_the_check_are_of_one_mind(world):
    shape = json.loads(world.client("person").get(world.url("case_schema")).content)
    case = shape["properties"]["cases"]["items"]
    assert list(case["properties"]) == [member.name for member in fileformat.MEMBERS]
    assert case["required"] == ["id", "title", "result"]
    origin, (row,) = fileformat.read(a_file({**GOOD, "cost": "40000.00"}, **{"from": "Us"}))
    assert (origin, row["cost"]) == ("Us", "40000.00")
    written = fileformat.written("Us", [("1", {**dict.fromkeys(fileformat.FIELDS, ""), **GOOD})])
    assert fileformat.read(written.encode()) == ("Us", [GOOD])


def test_before_copying_somebody_asks_what_would_have_to_be_true_here(world, elsewhere):
    source = published(world)
    client = elsewhere.client("practitioner")
    address = elsewhere.url("case_copy_elsewhere", publication_id=source.publication_id)
    assert "A café will have us" in client.get(address).content.decode()
    sent = {"why": "Many never start here either.", "conditions": TEXTS["conditions"]}
    assert "Write a sentence." in client.post(address, {**sent, "why": ""}).content.decode()
    for _ in range(2):
        assert client.post(address, {**sent, "once": "y"}).status_code == 302
    plan = CopyPlan.of(elsewhere.partnership).get()
    _first, second = Condition.of(elsewhere.partnership).filter(plan=plan)
    answer = elsewhere.url("condition", plan_id=plan.plan_id, number=1)
    page = client.post(answer, {"state": "unknown"}).content.decode()
    assert "Nobody finds out." in page
    page = client.post(answer, {"state": "true"}).content.decode()
    assert "Nothing was written about how it is known." in page
    past = {"due_on_day": "1", "due_on_month": "1", "due_on_year": "2025"}
    assert client.post(answer, {"state": "unknown", "finder": "Team leader", **past}).status_code == 302
    (late,) = waiting(elsewhere.access("practitioner"))
    assert (late.count, late.is_late) == (1, True)
    assert waiting(elsewhere.access("other_practitioner"))[0].count == 0
    due = [one for one in signals(elsewhere.access("coordinator"), clock.today(), clock.today()) if one.due]
    assert [one.is_late for one in due] == [True]
    assert client.post(answer, {"state": "true", "found": "Two workers have room."}).status_code == 302
    assert (
        elsewhere.client("other_practitioner").post(answer, {"state": "not_true", "found": "x"}).status_code
        == 403
    )
    add = elsewhere.url("condition_add", plan_id=plan.plan_id)
    assert client.post(add, {"line": "People have a telephone", "finder": "Outreach lead"}).status_code == 302
    decide = elsewhere.url("copy_decide", plan_id=plan.plan_id)
    assert "Write why." in client.post(decide, {"state": "going"}).content.decode()
    assert client.post(decide, {"state": "not_here", "why": "No café is open at night."}).status_code == 302
    page = client.get(elsewhere.url("copy_plan", plan_id=plan.plan_id)).content.decode()
    assert "No café is open at night." in page
    assert "Kirkdale Together" in page
    assert second.words == "A café will have us"
    page = client.get(elsewhere.url("copy_plans")).content.decode()
    assert "Not here, or not now" in page
    assert client.get(elsewhere.url("copy_plans"), {"format": "csv"}).status_code == 200
    assert world.client("coordinator").get(world.url("copy_plan", plan_id=plan.plan_id)).status_code == 404
    # The plan stays when the case is withdrawn, without leading to it.
    commands.withdraw(world.access("coordinator"), case=source.case)
    assert (
        "no longer published" in client.get(elsewhere.url("copy_plan", plan_id=plan.plan_id)).content.decode()
    )
    assert client.get(address).status_code == 404
