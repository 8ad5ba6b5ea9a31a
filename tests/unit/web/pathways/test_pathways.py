"""Staged pathways through HTTP: defining, moving, meeting, and what is overdue."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import AppendOnlyError, writing
from openoutcomes.web.pathways import commands, queries
from openoutcomes.web.pathways.examples import EXAMPLES
from openoutcomes.web.pathways.models import Journey, Pathway, Stage, StageMove
from openoutcomes.web.pathways.views import person_section
from openoutcomes.web.pathways.waiting import waiting
from openoutcomes.web.records.models import Record

DAY = dt.timedelta(days=1)


def step_down(world, who="provider_manager"):
    example = EXAMPLES["step-down"]
    return commands.define(
        world.access(who), programme=world.programmes["harbour"], name=example.name, stages=example.stages
    )


def stage(pathway, number):
    return Stage.of(pathway.partnership).get(pathway=pathway, place=number)


def placed(world, pathway=None, at=1, on=None, key="ash"):
    pathway = pathway or step_down(world)
    return commands.place(
        world.access("practitioner"),
        enrolment=world.enrolments[key],
        pathway=pathway,
        stage=stage(pathway, at),
        on=on,
    )


def again(journey):
    return Journey.of(journey.partnership).get(pk=journey.pk)


def at(world, name, journey):
    return world.url(name, journey_id=journey.journey_id)


def form_of(*stages, **changes):
    sent = {"name": "Step Down"}
    for number, values in enumerate(stages, start=1):
        sent |= {f"{field}_{number}": value for field, value in values.items()}
    return {**sent, **changes}


def test_a_manager_starts_from_the_example_and_the_dates_are_its_own(world):
    client = world.client("provider_manager")
    page = client.get(world.url("pathway_define") + "?example=step-down")
    assert b"Stabilisation" in page.content
    sent = {name: field for name, field in page.context["form"].initial.items() if field not in (None, "")}
    sent["programme"] = world.programmes["harbour"].pk
    for _ in range(2):
        assert client.post(world.url("pathway_define"), sent).status_code == 302
    pathway = Pathway.of(world.partnership).get()
    planned = [
        (one.name, one.weeks, one.every) for one in Stage.of(world.partnership).filter(pathway=pathway)
    ]
    assert planned == [
        ("Matching", 6, ""), ("Stabilisation", 13, "fortnight"), ("Settlement", 13, ""), ("Maintenance", 26, "month"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, b"Give the pathway a name."),
        ({"programme": ""}, b"Choose the programme."),
        ({"name_1": ""}, b"Stage 1 has no name."),
        ({"name_1": "", "weeks_1": ""}, b"The pathway has no stage."),
        ({"weeks_1": "0"}, b"greater than or equal to 1"),
    ],
)
def test_mistakes_in_a_pathway_are_said(world, changes, says):
    sent = form_of({"name": "First", "weeks": "4"}, programme=world.programmes["harbour"].pk)
    page = world.client("provider_manager").post(world.url("pathway_define"), {**sent, **changes})
    assert page.status_code == 200
    assert says in page.content
    assert not Pathway.of(world.partnership).exists()


def test_managers_define_pathways_of_their_own_programmes_alone(world):
    assert world.client("practitioner").get(world.url("pathway_define")).status_code == 403
    sent = form_of({"name": "First"}, programme=world.programmes["lantern"].pk)
    assert world.client("provider_manager").post(world.url("pathway_define"), sent).status_code == 200
    with pytest.raises(PermissionDenied):
        commands.define(
            world.access("provider_manager"),
            programme=world.programmes["lantern"],
            name="x",
            stages=[{"name": "a"}],
        )
    sent = form_of({"name": "First"}, programme=world.programmes["lantern"].pk)
    assert world.client("administrator").post(world.url("pathway_define"), sent).status_code == 302


def test_a_person_is_put_on_a_pathway_once(world):
    pathway = step_down(world)
    client = world.client("practitioner")
    address = world.url("journey_place", enrolment_id=world.enrolments["ash"].enrolment_id)
    assert client.post(address, {"pathway": pathway.pk}).status_code == 302
    page = client.post(address, {"pathway": pathway.pk})
    assert b"The person is on a pathway already." in page.content
    journey = Journey.of(world.partnership).get()
    assert journey.stage.name == "Matching"
    assert journey.stage_ends_on == clock.today() + dt.timedelta(weeks=6)
    assert journey.meeting_due_on is None


def test_meetings_fall_due_by_the_stage_and_the_last_one_held(world):
    today = clock.today()
    journey = placed(world, at=2, on=today - 20 * DAY)
    assert journey.meeting_due_on == today - 6 * DAY
    assert journey.is_overdue
    client = world.client("practitioner")
    assert b"Overdue" in client.get(world.url("pathways")).content
    assert waiting(world.access("practitioner"))[0].count == 1
    sent = {
        "on_day": today.day, "on_month": today.month, "on_year": today.year, "present": "young person, mentor",
        "decided": "A bus pass, and a visit to the college",
    }  # fmt: skip
    assert client.post(at(world, "journey_meet", journey), sent).status_code == 302
    assert again(journey).meeting_due_on == today + 14 * DAY
    assert waiting(world.access("practitioner"))[0].count == 0
    kept = Record.of(world.partnership).get(table="events", code=queries.MEETING)
    assert kept.values["detail"] == "There: young person, mentor. A bus pass, and a visit to the college"
    assert kept.enrolment == world.enrolments["ash"]


def test_an_older_meeting_noted_late_does_not_move_the_next_one_back(world):
    today = clock.today()
    journey = placed(world, at=2, on=today - 40 * DAY)
    for day in (today - DAY, today - 30 * DAY):
        commands.meet(world.access("practitioner"), journey=journey, on=day, present="mentor", decided="x")
    assert again(journey).meeting_due_on == today - DAY + 14 * DAY


def test_every_month_is_the_same_day_or_the_last(world):
    pathway = step_down(world)
    monthly = stage(pathway, 4)
    assert monthly.next_meeting(dt.date(2026, 1, 31)) == dt.date(2026, 2, 28)
    assert monthly.next_meeting(dt.date(2026, 11, 30)) == dt.date(2026, 12, 30)
    assert Stage(every="quarter").next_meeting(dt.date(2025, 11, 30)) == dt.date(2026, 2, 28)
    assert Stage(every="week").next_meeting(dt.date(2026, 1, 1)) == dt.date(2026, 1, 8)
    assert Stage(every="").next_meeting(dt.date(2026, 1, 1)) is None


def test_moving_forward_and_back_keeps_its_history_with_the_reasons(world):
    journey = placed(world)
    pathway = journey.pathway
    client = world.client("practitioner")
    sent = {"stage": stage(pathway, 2).pk, "why": "They are matched", "expected": stage(pathway, 1).pk}
    assert client.post(at(world, "journey_move", journey), sent).status_code == 302
    page = client.post(at(world, "journey_move", journey), sent)
    assert b"Somebody moved this person meanwhile." in page.content
    sent = {"stage": stage(pathway, 1).pk, "why": "The match did not hold", "expected": stage(pathway, 2).pk}
    assert client.post(at(world, "journey_move", journey), sent).status_code == 302
    page = client.get(at(world, "journey", journey))
    assert b"They are matched" in page.content
    assert b"The match did not hold" in page.content
    moves = StageMove.of(world.partnership).order_by("pk")
    assert [(m.before and m.before.name, m.after.name) for m in moves] == [
        (None, "Matching"), ("Matching", "Stabilisation"), ("Stabilisation", "Matching"),
    ]  # fmt: skip
    with writing("test"), pytest.raises(AppendOnlyError):
        moves[0].save()


def test_a_move_needs_a_reason_and_a_day_that_has_come(world):
    journey = placed(world)
    client = world.client("practitioner")
    page = client.post(at(world, "journey_move", journey), {"stage": stage(journey.pathway, 2).pk, "why": ""})
    assert b"Say why, so that the next worker understands." in page.content
    by = world.access("practitioner")
    with pytest.raises(InputError, match="has not come yet"):
        commands.move(by, journey=journey, after=stage(journey.pathway, 2), why="x", on=clock.today() + DAY)
    with pytest.raises(InputError, match="before the present stage began"):
        commands.move(by, journey=journey, after=stage(journey.pathway, 2), why="x", on=clock.today() - DAY)
    with pytest.raises(InputError, match="at this stage already"):
        commands.move(by, journey=journey, after=journey.stage, why="x")


def test_a_stage_of_another_pathway_cannot_be_reached(world):
    journey = placed(world)
    other = step_down(world)
    sent = {"stage": stage(other, 2).pk, "why": "x"}
    assert world.client("practitioner").post(at(world, "journey_move", journey), sent).status_code == 200
    with pytest.raises(InputError, match="not one of this pathway"):
        commands.move(world.access("practitioner"), journey=journey, after=stage(other, 2), why="x")


def test_a_pathway_ends_for_a_person_with_how_and_can_be_begun_again(world):
    journey = placed(world)
    client = world.client("practitioner")
    assert client.post(at(world, "journey_leave", journey), {"why": "All goals reached"}).status_code == 302
    page = client.get(at(world, "journey", journey))
    assert b"All goals reached" in page.content
    with pytest.raises(InputError, match="has ended for this person"):
        commands.meet(
            world.access("practitioner"), journey=journey, on=clock.today(), present="a", decided="b"
        )
    placed(world, journey.pathway)


def test_changing_a_pathway_changes_the_dates_of_everybody_on_it(world):
    journey = placed(world, at=2)
    pathway = journey.pathway
    page = world.client("provider_manager").get(world.url("pathway_amend", pathway_id=pathway.pathway_id))
    sent = {
        name: value for name, value in page.context["form"].initial.items() if value not in (None, "", False)
    }
    sent |= {"every_2": "week", "weeks_2": "10", "name_5": "Moving on"}
    address = world.url("pathway_amend", pathway_id=pathway.pathway_id)
    assert world.client("provider_manager").post(address, sent).status_code == 302
    journey = again(journey)
    assert journey.meeting_due_on == clock.today() + 7 * DAY
    assert journey.stage_ends_on == clock.today() + dt.timedelta(weeks=10)
    assert stage(pathway, 5).name == "Moving on"
    page = world.client("provider_manager").post(address, {**sent, "once": "other"})
    assert b"Somebody changed this pathway after you opened it." in page.content


def test_a_stage_that_people_have_been_in_stays(world):
    journey = placed(world, at=4)
    kept = [{"name": f"S{n}"} for n in range(3)]
    with pytest.raises(InputError, match="so it stays"):
        commands.amend(world.access("provider_manager"), pathway=journey.pathway, name="x", stages=kept)
    commands.amend(
        world.access("provider_manager"), pathway=journey.pathway, name="x", stages=[*kept, {"name": "S3"}]
    )
    assert stage(journey.pathway, 4).name == "S3"


def test_another_organisation_and_another_partnership_find_nothing(world, elsewhere):
    journey = placed(world)
    pathway = journey.pathway.pathway_id
    for client in (world.client("other_practitioner"), elsewhere.client("practitioner")):
        for name in ("journey", "journey_move", "journey_leave", "journey_meet"):
            assert client.get(at(world, name, journey)).status_code == 404
        assert client.get(world.url("pathway", pathway_id=pathway)).status_code == 404
        address = world.url("journey_place", enrolment_id=world.enrolments["blake"].enrolment_id)
        assert client.get(address).status_code == 404
    assert b"Ash" not in world.client("other_practitioner").get(world.url("pathways")).content
    with pytest.raises(PermissionDenied):
        commands.meet(
            world.access("other_practitioner"), journey=journey, on=clock.today(), present="a", decided="b"
        )


def test_consent_shows_no_pathway_of_another_organisation(world):
    from openoutcomes.web.sharing.commands import share

    journey = placed(world)
    share(
        world.access("practitioner"), person=world.people["ash"], recipient=world.organisations["lantern"],
        groups=["goals", "support"], basis="consent", purpose="support", how="spoken",
    )  # fmt: skip
    assert world.client("other_practitioner").get(at(world, "journey", journey)).status_code == 404
    assert person_section(world.access("other_practitioner"), world.people["ash"]) is None


def test_the_administrator_sees_pathways_and_nobody_on_them(world):
    placed(world)
    client = world.client("administrator")
    assert b"Step Down" in client.get(world.url("pathways_defined")).content
    assert b"Ash" not in client.get(world.url("pathways")).content


def test_overdue_ones_come_first_and_files_name_nobody(world):
    pathway = step_down(world)
    placed(world, pathway, at=1, key="blake")
    placed(world, pathway, at=2, on=clock.today() - 30 * DAY)
    client = world.client("practitioner")
    rows = client.get(world.url("pathways")).context["listing"].rows
    assert [row[0].text for row in rows] == ["Ash Example", "Blake Sample"]
    shown = client.get(world.url("pathways") + "?show=overdue").context["listing"].rows
    assert len(shown) == 1
    file = client.get(world.url("pathways") + "?format=csv").content.decode("utf-8-sig")
    assert "Ash" not in file
    assert world.people["ash"].person_id in file


def test_the_page_of_a_person_says_where_they_are_or_offers_a_pathway(world):
    assert person_section(world.access("practitioner"), world.people["ash"]) is None
    pathway = step_down(world)
    offered = person_section(world.access("practitioner"), world.people["ash"])
    assert offered["rows"][0]["journey"] is None
    placed(world, pathway)
    assert person_section(world.access("practitioner"), world.people["ash"])["rows"][0]["journey"] is not None


def test_pathways_and_budgets_are_reached_from_the_partnerships_page(world):
    page = world.client("provider_manager").get(world.url("setup")).content
    assert world.url("pathways_defined").encode() in page
    assert world.url("budgets").encode() in page
    page = world.client("administrator").get(world.url("setup")).content
    assert world.url("pathways_defined").encode() in page
    assert world.url("budgets").encode() not in page
