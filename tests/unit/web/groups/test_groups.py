"""Groups and registers through HTTP: one save, newcomers by name, changes later, and honest counts."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core import clock
from openoutcomes.web.groups import queries
from openoutcomes.web.groups.commands import add_group, take_register
from openoutcomes.web.groups.models import Attendance, Group, Member, Session
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.people.queries import people_for
from openoutcomes.web.records import store
from openoutcomes.web.records.models import Record


def a_group(world, **values):
    return add_group(
        world.access("practitioner"), organisation=world.organisations["harbour"],
        values={"name": "Allotment", "hours": Decimal("1.5"), **values},
    )  # fmt: skip


def today_parts(day=None):
    day = day or clock.today()
    return {"held_on_day": day.day, "held_on_month": day.month, "held_on_year": day.year}


def form_of(world, *keys, day=None, **changes):
    return {
        **today_parts(day), "came": [world.people[key].person_id for key in keys], "hours": "1.5", **changes,
    }  # fmt: skip


def url(world, name, group, **kwargs):
    return world.url(name, group_id=group.group_id, **kwargs)


def save(world, group, *keys, who="practitioner", on=None, **changes):
    return take_register(
        world.access(who), group=group, held_on=on or clock.today(),
        came=[world.people[key].person_id for key in keys], **changes,
    )  # fmt: skip


def activities(world, **filters):
    return Record.of(world.partnership).filter(table="activities", current=True, **filters)


def test_a_group_needs_a_name_and_no_programme(world):
    client = world.client("practitioner")
    page = client.post(world.url("group_add"), {"name": "", "hours": "1", "kind": "group"})
    assert b"Give the name that people know it by." in page.content
    sent = {"name": "Allotment", "hours": "1", "kind": "group", "once": "g"}
    for _ in range(2):
        assert client.post(world.url("group_add"), sent).status_code == 302
    group = Group.of(world.partnership).get()
    assert group.programme is None
    assert b"Allotment" in client.get(world.url("groups")).content


def test_a_register_is_one_save_and_each_who_came_is_an_activity_of_the_standard(world):
    group = a_group(world, programme=world.programmes["harbour"])
    client = world.client("practitioner")
    sent = form_of(world, "ash", "blake", once="r1")
    for _ in range(2):
        assert client.post(url(world, "register", group), sent).status_code == 302
    rows = activities(world)
    assert {row.person for row in rows} == {world.people["ash"], world.people["blake"]}
    values = rows.first().values
    assert values["group_session"] == "true"
    assert values["attended"] == "attended"
    assert values["hours"] == "1.5"
    assert values["provider_id"] == "harbour"
    assert rows.first().enrolment in world.enrolments.values()
    assert Session.of(world.partnership).count() == 1
    assert Enrolment.of(world.partnership).get(pk=world.enrolments["ash"].pk).last_seen_on == clock.today()


def test_a_newcomer_needs_a_name_alone_and_is_on_the_next_register(world):
    group = a_group(world)
    client = world.client("practitioner")
    sent = form_of(world, newcomers="Drew\nRobin Pattern\n")
    assert client.post(url(world, "register", group), sent).status_code == 302
    names = {person.name for person in people_for(world.access("practitioner"))}
    assert {"Drew", "Robin Pattern"} <= names
    assert not Enrolment.of(world.partnership).filter(person__records__table="activities").exists()
    page = client.get(url(world, "register", group))
    assert b"Robin Pattern" in page.content


def test_somebody_of_the_same_name_is_offered_before_a_second_is_added(world):
    group = a_group(world)
    client = world.client("practitioner")
    page = client.post(url(world, "register", group), form_of(world, newcomers="ash example"))
    assert b"Somebody of that name is recorded already." in page.content
    assert world.people["ash"].person_id.encode() in page.content
    assert not Session.of(world.partnership).exists()
    sent = form_of(world, newcomers="ash example", anyway="on")
    assert client.post(url(world, "register", group), sent).status_code == 302
    names = [person.name for person in people_for(world.access("practitioner"))]
    assert len([name for name in names if name.lower() == "ash example"]) == 2


def test_people_who_are_recorded_already_are_found_and_ticks_are_kept(world):
    group = a_group(world)
    client = world.client("practitioner")
    sent = form_of(world, "blake", find="ash", find_now="yes")
    page = client.post(url(world, "register", group), sent)
    assert world.people["ash"].person_id.encode() in page.content
    assert page.context["form"]["came"].value() == [world.people["blake"].person_id]
    page = client.post(url(world, "register", group), form_of(world, find="zzzz", find_now="yes"))
    assert b"Nobody of yours fits." in page.content
    assert not Session.of(world.partnership).exists()
    # Enter in another field presses the first button, which is Find: it says that nothing is saved.
    page = client.post(url(world, "register", group), form_of(world, "blake", find="", find_now="yes"))
    assert b"The register is not saved yet." in page.content
    assert page.context["form"]["came"].value() == [world.people["blake"].person_id]
    assert not Session.of(world.partnership).exists()


def test_unticking_later_withdraws_the_record_and_keeps_its_versions(world):
    group = a_group(world)
    session = save(world, group, "ash", "blake", hours=Decimal("1.5"))
    client = world.client("practitioner")
    address = url(world, "register_change", group, session_id=session.session_id)
    page = client.get(address)
    assert set(page.context["form"]["came"].value()) == {
        world.people["ash"].person_id, world.people["blake"].person_id,
    }  # fmt: skip
    assert client.post(address, form_of(world, "ash", revision=1)).status_code == 302
    gone = Attendance.of(world.partnership).get(person=world.people["blake"])
    assert gone.attended == ""
    latest = store.latest(world.partnership, "activities", gone.record_id)
    assert latest.withdrawn
    assert latest.version == 2
    kept = Attendance.of(world.partnership).get(person=world.people["ash"])
    assert store.latest(world.partnership, "activities", kept.record_id).version == 1
    assert client.post(address, form_of(world, "ash", "blake", revision=2)).status_code == 302
    back = store.latest(world.partnership, "activities", gone.record_id)
    assert (back.version, back.withdrawn) == (3, False)


def test_two_who_change_a_register_at_once_do_not_overwrite_each_other(world):
    group = a_group(world)
    session = save(world, group, "ash")
    client = world.client("practitioner")
    address = url(world, "register_change", group, session_id=session.session_id)
    assert client.post(address, form_of(world, "ash", "blake", revision=1)).status_code == 302
    page = client.post(address, form_of(world, revision=1))
    assert b"Somebody saved this register after you opened it." in page.content
    assert Attendance.of(world.partnership).filter(attended="attended").count() == 2


def test_a_second_register_for_one_day_is_asked_about(world):
    group = a_group(world)
    save(world, group, "ash")
    client = world.client("practitioner")
    page = client.post(url(world, "register", group), form_of(world, "ash"))
    assert b"There is a register for this day already." in page.content
    assert client.post(url(world, "register", group), form_of(world, "ash", another="on")).status_code == 302
    assert Session.of(world.partnership).count() == 2


def test_a_session_that_did_not_take_place_counts_nobody(world):
    group = a_group(world)
    session = save(world, group, "ash")
    address = url(world, "register_change", group, session_id=session.session_id)
    sent = form_of(world, "ash", revision=1, is_void="on")
    assert world.client("practitioner").post(address, sent).status_code == 302
    assert not activities(world, withdrawn=False).exists()
    with world_scope(world):
        assert queries.unique_people([group.pk], None, None) == 0


def world_scope(world):
    from django_scopes import scope

    return scope(partnership=world.partnership)


def test_where_people_are_expected_not_coming_is_recorded(world):
    group = a_group(world, expects=True)
    earlier = clock.today() - dt.timedelta(days=7)
    save(world, group, "ash", "blake", on=earlier)
    save(world, group, "ash")
    missed = activities(world, person=world.people["blake"]).order_by("-on").first()
    assert missed.values["attended"] == "missed"


def test_somebody_in_two_groups_counts_once_and_periods_are_kept_apart(world):
    garden, choir = a_group(world), a_group(world, name="Choir")
    earlier = clock.today() - dt.timedelta(days=60)
    save(world, garden, "ash", "blake")
    save(world, garden, "ash", on=earlier)
    save(world, choir, "ash")
    everything = Group.of(world.partnership)
    with world_scope(world):
        assert queries.unique_people(everything.values("pk"), None, None) == 2
        assert queries.unique_people([choir.pk], None, None) == 1
        assert queries.unique_people([garden.pk], None, earlier) == 1
        counted = {g.name: (g.met, g.people) for g in queries.with_counts(everything, earlier, clock.today())}
        assert counted == {"Allotment": (2, 2), "Choir": (1, 1)}
        recent = queries.with_counts(everything, earlier + dt.timedelta(days=1), None)
        assert {g.name: (g.met, g.people) for g in recent} == {"Allotment": (1, 2), "Choir": (1, 1)}
    page = world.client("practitioner").get(world.url("groups"))
    assert b"2 different people came" in page.content


def test_two_records_of_one_person_count_once_after_they_are_merged(world):
    from openoutcomes.web.core.scope import writing

    group = a_group(world)
    save(world, group, "ash", "blake")
    with world_scope(world), writing("test"):
        world.people["blake"].merged_into = world.people["ash"]
        world.people["blake"].save()
        assert queries.unique_people([group.pk], None, None) == 1


def test_a_guessed_person_of_another_organisation_cannot_be_ticked(world):
    group = a_group(world)
    page = world.client("practitioner").post(url(world, "register", group), form_of(world, "casey"))
    assert b"not one of your people" in page.content
    assert b"Casey" not in page.content
    assert not activities(world).exists()


def test_another_organisation_and_another_partnership_find_nothing(world, elsewhere):
    group = a_group(world)
    session = save(world, group, "ash")
    for client in (world.client("other_practitioner"), elsewhere.client("practitioner")):
        assert client.get(url(world, "group", group)).status_code == 404
        assert client.post(url(world, "register", group), form_of(world, "ash")).status_code == 404
        address = url(world, "register_change", group, session_id=session.session_id)
        assert client.get(address).status_code == 404
    assert b"Allotment" not in world.client("other_practitioner").get(world.url("groups")).content
    with pytest.raises(PermissionDenied):
        save(world, group, who="other_practitioner")


def test_a_session_of_another_group_is_not_there(world):
    garden, choir = a_group(world), a_group(world, name="Choir")
    session = save(world, choir, "ash")
    address = url(world, "register_change", garden, session_id=session.session_id)
    assert world.client("practitioner").get(address).status_code == 404


@pytest.mark.parametrize("who", ["commissioner", "verifier", "evaluator", "coordinator"])
def test_roles_away_from_the_front_line_see_no_registers(world, who):
    assert world.client(who).get(world.url("groups")).status_code == 403


def test_a_day_that_has_not_come_is_refused(world):
    group = a_group(world)
    later = clock.today() + dt.timedelta(days=2)
    page = world.client("practitioner").post(url(world, "register", group), form_of(world, "ash", day=later))
    assert b"The date must be today or in the past." in page.content
    with pytest.raises(InputError, match="has not come yet"):
        save(world, group, "ash", on=later)


def test_taking_somebody_off_the_list_keeps_what_they_came_to(world):
    group = a_group(world)
    save(world, group, "ash")
    address = url(world, "group_take_off", group, person_id=world.people["ash"].person_id)
    assert world.client("practitioner").post(address, {}).status_code == 302
    assert world.client("practitioner").get(url(world, "group", group)).context["listed"] == []
    assert activities(world, withdrawn=False).count() == 1
    save(world, group, "ash", another=True)
    assert Member.of(world.partnership).get(person=world.people["ash"]).left_on is None


def test_a_blank_register_lists_names_and_files_hold_none(world):
    group = a_group(world)
    save(world, group, "ash")
    client = world.client("practitioner")
    assert b"Ash Example" in client.get(url(world, "register_print", group)).content
    for address in (url(world, "group", group), world.url("groups")):
        file = client.get(f"{address}?format=csv").content.decode("utf-8-sig")
        assert "Ash" not in file
    file = client.get(url(world, "group", group) + "?format=csv").content.decode("utf-8-sig")
    assert world.people["ash"].person_id in file


def test_a_group_is_changed_and_closed(world):
    group = a_group(world)
    client = world.client("practitioner")
    sent = {"name": "Garden", "hours": "2", "kind": "peer", "closed": "on"}
    assert client.post(url(world, "group_change", group), sent).status_code == 302
    group = Group.of(world.partnership).get()
    assert (group.name, group.kind, group.is_open) == ("Garden", "peer", False)
    assert b"Garden" not in client.get(world.url("groups")).content
    assert b"Garden" in client.get(world.url("groups") + "?closed=all").content
    page = client.post(
        url(world, "group_change", group), {**sent, "programme": world.programmes["lantern"].pk}
    )
    assert page.status_code == 200


def test_a_register_asks_the_same_number_of_questions_however_long(world):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    group = a_group(world)
    client = world.client("practitioner")
    asked = []
    for size in (2, 30):
        names = [f"Sample Number{size}x{n}" for n in range(size)]
        session = take_register(
            world.access("practitioner"),
            group=group,
            held_on=clock.today(),
            came=[],
            newcomers=names,
            another=True,
        )
        pages = (
            url(world, "register", group), url(world, "group", group), world.url("groups"),
            url(world, "register_change", group, session_id=session.session_id),
        )  # fmt: skip
        with CaptureQueriesContext(
            connection,
        ) as captured:
            for address in pages:
                assert client.get(address).status_code == 200
        asked.append(len(captured))
    assert asked[1] <= asked[0]


def test_any_number_of_people_can_be_ticked(world):
    group = a_group(world)
    save(world, group, "ash", "blake")
    page = world.client("practitioner").get(url(world, "register", group)).content.decode()
    assert page.count('name="came" type="checkbox"') == 2
    page = world.client("practitioner").get(world.url("share_add", person_id=world.people["ash"].person_id))
    assert page.content.decode().count('name="groups" type="checkbox"') == 7


def test_the_time_a_register_took_is_shared_out_among_those_it_was_about(world):
    group = a_group(world)
    save(world, group, "ash", "blake", seconds=31)
    assert sorted(row.seconds for row in activities(world)) == [15, 16]
    # Whoever is unticked or added costs time; whose record stays as it was costs none.
    held = Session.of(world.partnership).get()
    save(world, group, "ash", session=held, expected=held.revision, seconds=10)
    ash = activities(world, person=world.people["ash"]).get()
    blake = activities(world, person=world.people["blake"]).get()
    assert (ash.version, blake.version) == (1, 2)
    assert ash.seconds in (15, 16)
    assert (blake.withdrawn, blake.seconds) == (True, 10)


def test_a_register_knows_how_long_it_was_open(world):
    group = a_group(world)
    client = world.client("practitioner")
    with clock.at(clock.now()):
        page = client.get(url(world, "register", group))
    opened = page.context["form"]["opened"].value()
    assert opened.encode() in page.content
    with clock.at(clock.now() + dt.timedelta(seconds=40)):
        assert (
            client.post(url(world, "register", group), form_of(world, "ash", opened=opened)).status_code
            == 302
        )
    assert 40 <= activities(world).get().seconds < 100
