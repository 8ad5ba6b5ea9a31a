"""Seats and invitations, through HTTP."""

import datetime as dt

import pytest
from django.core import mail

from openoutcomes.web.core import clock
from openoutcomes.web.core.permissions import MATRIX, ROLES
from openoutcomes.web.partnerships.models import Invitation, Membership
from openoutcomes.web.partnerships.role_words import ACTIONS, abilities

#: What the form of a page that only asks "are you sure?" sends.
SENT = {"once": ""}


def seat_of(world, name):
    return Membership.of(world.partnership).get(user=world.users[name], ended_at=None)


def invite(world, who, **values):
    return world.client(who).post(world.url("member_invite"), values)


def test_somebody_is_invited_by_e_mail(world):
    answer = invite(world, "administrator", email="new@harbour.example", role="practitioner",
                    organisation=world.organisations["harbour"].pk)  # fmt: skip
    assert answer.status_code == 302
    made = Invitation.of(world.partnership).get(email="new@harbour.example")
    assert (made.role, made.organisation, made.is_open) == (
        "practitioner",
        world.organisations["harbour"],
        True,
    )
    page = world.client("administrator").get(world.url("members"))
    assert b"new@harbour.example" in page.content


def test_the_same_invitation_form_sent_twice_invites_once(world):
    client = world.client("administrator")
    once = client.get(world.url("member_invite")).context["form"].initial["once"]
    for _ in range(2):
        sent = {"email": "new@place.example", "role": "verifier", "once": once}
        assert client.post(world.url("member_invite"), sent).status_code == 302
    assert Invitation.of(world.partnership).count() == 1


@pytest.mark.parametrize("role", ["administrator", "commissioner", "verifier", "finance", "coordinator"])
def test_a_provider_manager_gives_no_role_that_checks_pays_or_runs_the_partnership(world, role):
    page = invite(world, "provider_manager", email="friend@harbour.example", role=role,
                  organisation=world.organisations["harbour"].pk)  # fmt: skip
    assert page.status_code == 200
    assert "role" in page.context["form"].errors
    assert not Invitation.of(world.partnership).exists()


def test_a_provider_manager_invites_to_their_own_organisation_alone(world):
    page = invite(world, "provider_manager", email="friend@lantern.example", role="practitioner",
                  organisation=world.organisations["lantern"].pk)  # fmt: skip
    assert "organisation" in page.context["form"].errors


def test_a_role_held_in_an_organisation_needs_one(world):
    page = invite(world, "administrator", email="new@place.example", role="commissioner")
    assert "works in an organisation" in str(page.context["form"].errors)


@pytest.mark.parametrize("who", ["practitioner", "commissioner", "verifier", "investor", "evaluator"])
def test_others_see_no_list_of_seats(world, who):
    assert world.client(who).get(world.url("members")).status_code == 403


def test_a_provider_manager_sees_the_seats_of_their_own_organisation_alone(world):
    page = world.client("provider_manager").get(world.url("members"))
    assert b"practitioner@kirkdale.example" in page.content
    assert b"other@kirkdale.example" not in page.content
    assert (
        world.client("provider_manager")
        .get(world.url("member_role", pk=seat_of(world, "other_practitioner").pk))
        .status_code
        == 404
    )


def test_a_coordinator_sees_seats_and_changes_none(world):
    client = world.client("coordinator")
    assert client.get(world.url("members")).status_code == 200
    assert client.get(world.url("member_end", pk=seat_of(world, "practitioner").pk)).status_code == 403


def test_a_changed_role_holds_from_the_next_request(world):
    theirs = world.client("practitioner")
    assert theirs.get(world.url("audit")).status_code == 403
    answer = world.client("administrator").post(
        world.url("member_role", pk=seat_of(world, "practitioner").pk),
        {"role": "provider_manager", "organisation": world.organisations["harbour"].pk},
    )
    assert answer.status_code == 302
    assert theirs.get(world.url("audit")).status_code == 200
    assert seat_of(world, "practitioner").role == "provider_manager"
    # The earlier seat is kept, ended, so that the trail of who could do what stays whole.
    assert Membership.of(world.partnership).filter(user=world.users["practitioner"]).count() == 2


def test_an_ended_seat_holds_nothing_from_the_next_request(world):
    theirs = world.client("verifier")
    assert theirs.get(world.url("home")).status_code == 200
    world.client("administrator").post(world.url("member_end", pk=seat_of(world, "verifier").pk), SENT)
    assert theirs.get(world.url("home")).status_code == 404


def test_an_administrator_cannot_end_or_change_their_own_administrators_seat(world):
    client, mine = world.client("administrator"), seat_of(world, "administrator")
    page = client.post(world.url("member_end", pk=mine.pk), SENT)
    assert "your own seat as administrator" in str(page.context["form"].errors)
    page = client.post(world.url("member_role", pk=mine.pk), {"role": "coordinator"})
    assert "your own seat as administrator" in str(page.context["form"].errors)
    assert seat_of(world, "administrator").role == "administrator"


def test_another_administrator_may_end_it(world):
    client = world.client("administrator")
    client.post(world.url("member_role", pk=seat_of(world, "coordinator").pk), {"role": "administrator"})
    other = world.client("coordinator")
    assert other.post(world.url("member_end", pk=seat_of(world, "administrator").pk), SENT).status_code == 302
    assert client.get(world.url("home")).status_code == 404


def test_a_manager_cannot_make_themselves_an_administrator(world):
    mine = seat_of(world, "provider_manager")
    page = world.client("provider_manager").post(
        world.url("member_role", pk=mine.pk), {"role": "administrator"}
    )
    assert "role" in page.context["form"].errors
    assert seat_of(world, "provider_manager").role == "provider_manager"


def test_the_seat_that_is_held_now_is_no_change(world):
    page = world.client("administrator").post(
        world.url("member_role", pk=seat_of(world, "practitioner").pk),
        {"role": "practitioner", "organisation": world.organisations["harbour"].pk},
    )
    assert "hold now" in str(page.context["form"].errors)


def test_a_seat_of_another_partnership_cannot_be_reached(world, elsewhere):
    theirs = Membership.of(elsewhere.partnership).get(user=elsewhere.users["verifier"])
    assert world.client("administrator").post(world.url("member_end", pk=theirs.pk), SENT).status_code == 404
    assert seat_of(elsewhere, "verifier").ended_at is None


def test_an_invitation_is_sent_again_with_another_link_and_the_old_one_stops(world):
    invite(world, "administrator", email="new@place.example", role="verifier")
    first = Invitation.of(world.partnership).get()
    answer = world.client("administrator").post(world.url("invitation_resend", pk=first.pk), SENT)
    assert answer.status_code == 302
    first.refresh_from_db()
    assert not first.is_open
    second = Invitation.of(world.partnership).exclude(pk=first.pk).get()
    assert second.is_open
    assert second.digest != first.digest


def test_an_invitation_is_withdrawn(world):
    invite(world, "administrator", email="new@place.example", role="verifier")
    made = Invitation.of(world.partnership).get()
    assert (
        world.client("provider_manager").post(world.url("invitation_withdraw", pk=made.pk), SENT).status_code
        == 404
    )
    world.client("administrator").post(world.url("invitation_withdraw", pk=made.pk), SENT)
    made.refresh_from_db()
    assert not made.is_open


def test_invitations_wait_on_the_home_page_until_they_run_out(world):
    invite(world, "administrator", email="new@place.example", role="verifier")
    home = world.client("administrator").get(world.url("home"))
    assert b"invitation not answered yet" in home.content
    with clock.at(clock.now() + dt.timedelta(days=15)):
        home = world.client("administrator").get(world.url("home"))
    assert b"invitation ran out unanswered" in home.content


def test_seats_are_downloaded_without_people_supported(world):
    text = world.client("administrator").get(world.url("members"), {"format": "csv"}).content.decode()
    assert "Practitioner" in text
    assert "Person supported" not in text


# What each role may do ----------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_every_role_can_be_read_about_by_everybody(world, role):
    page = world.client("evaluator").get(world.url("roles"), {"role": role})
    assert ROLES[role][0].encode() in page.content


def test_what_a_role_may_do_is_exactly_what_the_matrix_says():
    for role in ROLES:
        shown = sum(len(may) for _, may in abilities(role))
        assert shown == sum(role in rule for rule in MATRIX.values())


def test_every_action_is_said_in_words():
    assert set(MATRIX) - set(ACTIONS) == set(), "say these in partnerships/role_words.py"


def test_the_invitation_goes_out(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        invite(world, "administrator", email="new@place.example", role="verifier")
    assert [message.to for message in mail.outbox] == [["new@place.example"]]
