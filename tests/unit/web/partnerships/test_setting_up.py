"""Setting a partnership up, through HTTP: first steps, details, organisations and programmes."""

import csv
import io

import pytest

from openoutcomes.web.audit.models import Event
from openoutcomes.web.partnerships.models import Membership, Organisation, Programme
from openoutcomes.web.partnerships.steps import left, steps


def send(world, who, address, **values):
    """Open a form as a browser would, and send it with its hidden fields."""
    client = world.client(who)
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    form = page.context["form"]
    kept = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    kept = {name: value for name, value in kept.items() if value is not None}
    return client.post(address, {**kept, **values})


def errors(page):
    assert page.status_code == 200
    return str(page.context["form"].errors)


def noted(world, verb):
    return Event.of(world.partnership).filter(verb=verb).count()


def test_an_administrator_is_led_through_the_steps_that_are_left(world):
    page = world.client("administrator").get(world.url("setup"))
    assert {step.code for step in page.context["left"]} == {"details", "catalogue"}
    home = world.client("administrator").get(world.url("home"))
    assert b"2</strong> steps left to set the partnership up" in home.content


def test_a_step_is_done_when_what_it_asks_for_is_there(world):
    client = world.client("administrator")
    send(world, "administrator", world.url("partnership_details"), name="Kirkdale", place="Kirkdale", aim="Homes.",
         retention_months=84)  # fmt: skip
    client.post(world.url("catalogue_switch", kind="outcome", code="home"), {"on": "yes"})
    assert left(steps(world.access("administrator"))) == []
    page = client.get(world.url("setup"))
    assert b"Set up " not in page.content
    assert noted(world, "partnerships.describe") == 1


def test_a_contract_is_never_needed_to_finish_setting_up(elsewhere):
    found = {step.code: step for step in steps(elsewhere.access("administrator"))}
    assert found["contract"].is_optional


def test_those_who_do_not_set_up_see_what_is_here_and_no_steps(world):
    page = world.client("practitioner").get(world.url("setup"))
    assert page.context["steps"] == []
    assert b"govuk-task-list" not in page.content


@pytest.mark.parametrize(
    "who", ["practitioner", "provider_manager", "coordinator", "commissioner", "verifier"]
)
@pytest.mark.parametrize("name", ["partnership_details", "organisation_add"])
def test_setting_up_is_for_administrators(world, who, name):
    assert world.client(who).get(world.url(name)).status_code == 403
    assert world.client(who).post(world.url(name), {"name": "Ours now"}).status_code == 403


def test_the_partnership_keeps_a_name(world):
    page = send(world, "administrator", world.url("partnership_details"), name="  ", retention_months=84)
    assert "required" in errors(page)


# Organisations ------------------------------------------------------------------------------


def test_an_organisation_is_added_once_however_often_the_form_is_sent(world):
    client = world.client("administrator")
    once = client.get(world.url("organisation_add")).context["form"].initial["once"]
    for _ in range(2):
        sent = {"name": "Second Step", "kind": "charity", "identifier": "GB-CHC-1234567", "once": once}
        assert client.post(world.url("organisation_add"), sent).status_code == 302
    made = Organisation.of(world.partnership).get(name="Second Step")
    assert made.organisation_id == "second-step"
    assert noted(world, "partnerships.add_organisation") == 1


def test_an_id_made_from_a_name_is_not_one_that_is_taken(world):
    send(world, "administrator", world.url("organisation_add"), name="Harbour")
    assert Organisation.of(world.partnership).get(name="Harbour").organisation_id == "harbour-2"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"name": "X", "organisation_id": "harbour"}, "another organisation here has the id"),
        ({"name": "X", "organisation_id": "HARBOUR"}, "another organisation here has the id"),
        ({"name": "X", "organisation_id": "two words"}, "cannot be an id"),
        ({"name": "X", "identifier": "1234567"}, "not a public identifier"),
        ({"name": ""}, "required"),
    ],
)
def test_a_mistake_in_an_organisation_is_said_beside_its_field(world, values, says):
    before = Organisation.of(world.partnership).count()
    page = send(world, "administrator", world.url("organisation_add"), **values)
    assert says.lower() in errors(page).lower()
    assert Organisation.of(world.partnership).count() == before


def test_an_organisation_is_changed_and_keeps_its_id(world):
    send(world, "administrator", world.url("organisation_edit", organisation_id="harbour"),
         name="Harbour Lights Trust", kind="charity", size_band="small")  # fmt: skip
    page = world.client("practitioner").get(world.url("organisation", organisation_id="harbour"))
    assert b"Harbour Lights Trust" in page.content
    assert b"10,000 to" in page.content


def test_an_organisation_with_an_open_programme_is_not_closed(world):
    page = send(world, "administrator", world.url("organisation_close", organisation_id="harbour"))
    assert "still runs a programme" in errors(page)
    assert Organisation.of(world.partnership).get(organisation_id="harbour").is_active


def test_closing_an_organisation_ends_its_seats_and_opening_it_again_does_not_give_them_back(world):
    send(world, "administrator", world.url("programme_close", programme_id="lantern-front-door"))
    address = world.url("organisation_close", organisation_id="lantern")
    assert send(world, "administrator", address).status_code == 302
    assert world.client("other_practitioner").get(world.url("people")).status_code == 404
    send(world, "administrator", address)
    assert Organisation.of(world.partnership).get(organisation_id="lantern").is_active
    assert (
        not Membership.of(world.partnership)
        .filter(organisation=world.organisations["lantern"], ended_at=None)
        .exists()
    )


def test_closing_twice_with_one_form_does_not_open_again(world):
    client = world.client("administrator")
    address = world.url("organisation_close", organisation_id="trust")
    once = client.get(address).context["form"].initial["once"]
    for _ in range(2):
        assert client.post(address, {"do": "close", "once": once}).status_code == 302
    assert not Organisation.of(world.partnership).get(organisation_id="trust").is_active


def test_organisations_are_listed_and_downloaded(world):
    page = world.client("verifier").get(world.url("organisations"), {"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(page.content.decode("utf-8-sig"))))
    assert {row["Id"] for row in rows} == set(world.organisations)


def test_another_partnership_has_no_organisations_or_programmes_here(world, elsewhere):
    client = elsewhere.client("administrator")
    for name, key in (("organisations", {}), ("organisation", {"organisation_id": "harbour"}),
                      ("programme_edit", {"programme_id": "harbour-front-door"}), ("setup", {}), ("members", {})):  # fmt: skip
        assert client.get(world.url(name, **key)).status_code == 404


# Programmes ---------------------------------------------------------------------------------


def test_a_programme_needs_no_contract(world):
    send(world, "provider_manager", world.url("programme_add"), name="Allotment Fridays", funders="council\n\n fund \n",
         organisation=world.organisations["harbour"].pk)  # fmt: skip
    made = Programme.of(world.partnership).get(name="Allotment Fridays")
    assert (made.contract, made.funders, made.programme_id) == (
        None,
        ["council", "fund"],
        "allotment-fridays",
    )


def test_a_provider_manager_adds_programmes_to_their_own_organisation_alone(world):
    page = send(world, "provider_manager", world.url("programme_add"), name="Theirs",
                organisation=world.organisations["lantern"].pk)  # fmt: skip
    assert "valid choice" in errors(page)
    assert not Programme.of(world.partnership).filter(name="Theirs").exists()


@pytest.mark.parametrize("name", ["programme_edit", "programme_close"])
def test_another_organisations_programme_is_not_there_to_be_changed(world, name):
    address = world.url(name, programme_id="lantern-front-door")
    assert world.client("provider_manager").get(address).status_code == 404
    assert world.client("provider_manager").post(address, {"name": "Mine"}).status_code == 404
    assert world.client("practitioner").get(address).status_code == 403


def test_a_contract_is_chosen_only_where_the_organisation_is_a_provider_under_it(world):
    page = send(world, "administrator", world.url("programme_add"), name="Grants", contract=world.contract.pk,
                organisation=world.organisations["trust"].pk)  # fmt: skip
    assert "not a provider under Front Door" in errors(page)


def test_a_programme_is_closed_to_new_people_and_opened_again(world):
    address = world.url("programme_close", programme_id="harbour-front-door")
    send(world, "provider_manager", address)
    listed = world.client("practitioner").get(world.url("programmes"))
    assert b"Front Door at Harbour Lights" not in listed.content
    send(world, "provider_manager", address)
    assert Programme.of(world.partnership).get(programme_id="harbour-front-door").is_open


def test_a_programme_is_changed(world):
    send(world, "provider_manager", world.url("programme_edit", programme_id="harbour-front-door"), name="Front Door North",
         who_for="Anybody without a home")  # fmt: skip
    page = world.client("evaluator").get(world.url("programme", programme_id="harbour-front-door"))
    assert b"Front Door North" in page.content
    assert b"Anybody without a home" in page.content
    assert world.url("programme_edit", programme_id="harbour-front-door").encode() not in page.content
