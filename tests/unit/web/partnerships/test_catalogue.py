"""The catalogue of outcomes and instruments, and what is on from it."""

import pytest

from openoutcomes.standard.instruments import INSTRUMENTS
from openoutcomes.standard.outcomes import load_map
from openoutcomes.web.partnerships.models import Offered
from openoutcomes.web.partnerships.queries import instruments_on, outcomes_on, wording_of

ITEMS = [f"Statement number {number}" for number in range(1, 8)]


def switch(world, kind, code, on="yes", who="administrator"):
    return world.client(who).post(world.url("catalogue_switch", kind=kind, code=code), {"on": on})


def keep(world, items, *, licence=True, code="swemwbs"):
    sent = {"items": "\r\n".join(items), **({"holds_licence": "on"} if licence else {})}
    return world.client("coordinator").post(world.url("catalogue_wording", code=code), sent)


def test_until_something_is_chosen_all_outcomes_and_free_instruments_are_on(world):
    assert len(outcomes_on(world.partnership)) == len(load_map())
    assert {one.id for one in instruments_on(world.partnership)} == {
        one.id for one in INSTRUMENTS.values() if one.wording
    }


def test_what_is_chosen_is_all_that_is_on(world, elsewhere):
    switch(world, "outcome", "home")
    switch(world, "instrument", "phq-9", who="coordinator")
    assert [one.code for one in outcomes_on(world.partnership)] == ["home"]
    assert [one.id for one in instruments_on(world.partnership)] == ["phq-9"]
    assert len(outcomes_on(elsewhere.partnership)) == len(load_map())


def test_switching_off_brings_the_default_back(world):
    switch(world, "outcome", "home")
    switch(world, "outcome", "home", on="no")
    assert len(outcomes_on(world.partnership)) == len(load_map())
    assert not Offered.of(world.partnership).exists()


def test_switching_off_what_is_off_says_so(world):
    page = world.client("administrator").post(
        world.url("catalogue_switch", kind="outcome", code="home"), {"on": "no"}, follow=True
    )
    assert b"It is off already" in page.content


@pytest.mark.parametrize("who", ["practitioner", "provider_manager", "commissioner", "evaluator"])
def test_others_look_and_switch_nothing(world, who):
    client = world.client(who)
    page = client.get(world.url("catalogue_outcome", code="home"))
    assert page.status_code == 200
    assert b"Switch on" not in page.content
    assert switch(world, "outcome", "home", who=who).status_code == 403
    assert client.get(world.url("catalogue_wording", code="swemwbs")).status_code == 403


@pytest.mark.parametrize(("kind", "code"), [("outcome", "phq-9"), ("instrument", "home"), ("person", "home")])
def test_only_what_is_in_the_catalogue_can_be_switched(world, kind, code):
    assert switch(world, kind, code).status_code == 404


def test_an_outcome_is_shown_with_what_it_is_not_its_metrics_and_who_checked_it(world):
    page = world.client("practitioner").get(world.url("catalogue_outcome", code="home"))
    home = load_map()["home"]
    for text in (home.is_not, home.metrics[0].name, home.provenance, "Target 11.1", "Not checked yet"):
        assert text.encode() in page.content


def test_an_instrument_is_shown_with_its_licence_threshold_and_whether_it_is_safe_to_pay_on(world):
    page = (
        world.client("practitioner").get(world.url("catalogue_instrument", code="swemwbs")).content.decode()
    )
    for text in (
        "For groups only",
        "Never person by person",
        "More than 2.87",
        "Read in its source",
        "Not verified",
        "7 to 35",
    ):
        assert text in page


@pytest.mark.parametrize("code", sorted(INSTRUMENTS))
def test_every_instrument_has_a_page(world, code):
    assert world.client("verifier").get(world.url("catalogue_instrument", code=code)).status_code == 200


@pytest.mark.parametrize("code", load_map())
def test_every_outcome_has_a_page(world, code):
    assert world.client("verifier").get(world.url("catalogue_outcome", code=code)).status_code == 200


def test_unknown_ones_are_not_there(world):
    assert world.client("verifier").get(world.url("catalogue_outcome", code="nothing")).status_code == 404
    assert world.client("verifier").get(world.url("catalogue_instrument", code="nothing")).status_code == 404


def test_outcomes_are_found_by_words_and_domain(world):
    page = world.client("practitioner").get(world.url("catalogue_outcomes"), {"q": "SETTLED accommodat"})
    assert [row[0].text for row in page.context["listing"].rows] == ["Home"]
    page = world.client("practitioner").get(world.url("catalogue_outcomes"), {"q": "ettled"})
    assert b"Nothing fits" in page.content
    page = world.client("practitioner").get(world.url("catalogue_outcomes"), {"domain": "economic"})
    assert len(page.context["listing"].rows) == 1


def test_the_map_is_downloaded_whole(world):
    text = (
        world.client("practitioner").get(world.url("catalogue_outcomes"), {"format": "csv"}).content.decode()
    )
    assert len(text.strip().splitlines()) == 1 + len(load_map())


def test_a_registered_users_wording_is_kept_and_shown_and_switches_the_instrument_on(world):
    assert keep(world, ITEMS).status_code == 302
    assert wording_of(world.partnership, "swemwbs") == tuple(ITEMS)
    assert [one.id for one in instruments_on(world.partnership)] == ["swemwbs"]
    page = world.client("practitioner").get(world.url("catalogue_instrument", code="swemwbs"))
    assert b"Statement number 7" in page.content


def test_wording_of_one_partnership_is_not_shown_in_another(world, elsewhere):
    keep(world, ITEMS)
    assert wording_of(elsewhere.partnership, "swemwbs") == ()


@pytest.mark.parametrize(
    ("items", "licence", "says"),
    [
        (ITEMS[:6], True, "6 lines given; it has 7 items"),
        ([*ITEMS, "One more"], True, "8 lines given; it has 7 items"),
        (ITEMS, False, "may use this wording"),
        ([*ITEMS[:6], "x" * 301], True, "longer than 300 characters"),
    ],
)
def test_wording_that_does_not_fit_or_is_not_licensed_is_not_kept(world, items, licence, says):
    page = keep(world, items, licence=licence)
    assert page.status_code == 200
    assert says in str(page.context["form"].errors)
    assert wording_of(world.partnership, "swemwbs") == ()


def test_wording_that_is_shipped_is_not_replaced(world):
    assert keep(world, ["x"] * 9, code="phq-9").status_code == 404
    assert wording_of(world.partnership, "phq-9") == INSTRUMENTS["phq-9"].wording


# Choosing many at once ----------------------------------------------------------------------


def choose(world, kind, codes, who="administrator"):
    return world.client(who).post(world.url("catalogue_choose", kind=kind), {"codes": codes, "once": ""})


def test_many_are_chosen_at_once_and_what_is_not_ticked_goes_off(world):
    switch(world, "outcome", "safety")
    assert choose(world, "outcome", ["home", "work"]).status_code == 302
    assert {one.code for one in outcomes_on(world.partnership)} == {"home", "work"}
    choose(world, "outcome", [])
    assert len(outcomes_on(world.partnership)) == len(load_map())


def test_what_is_in_no_catalogue_cannot_be_chosen(world):
    page = choose(world, "outcome", ["home", "riches"])
    assert "codes" in page.context["form"].errors
    assert not Offered.of(world.partnership).exists()
    assert choose(world, "person", ["home"]).status_code == 404


def test_wording_that_was_given_is_not_lost_by_leaving_a_box_unticked(world):
    keep(world, ITEMS)
    page = choose(world, "instrument", ["phq-9"])
    assert "it would be lost" in str(page.context["form"].errors)
    assert wording_of(world.partnership, "swemwbs") == tuple(ITEMS)
    assert choose(world, "instrument", ["phq-9", "swemwbs"]).status_code == 302


def test_others_choose_nothing(world):
    assert choose(world, "outcome", ["home"], who="provider_manager").status_code == 403
