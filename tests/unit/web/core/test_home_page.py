"""The home page and the menu: somewhere to go when nothing waits, in words that fit the reader."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("role", "words"), [("investor", "Claims"), ("evaluator", "Results")])
def test_where_nothing_waits_there_is_somewhere_to_go(world, role, words):
    page = world.client(role).get(world.url("home"))
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    assert "Nothing waits for you." in main
    assert f">{words}</a>" in main


def test_the_menu_of_a_person_supported_leads_to_their_own_page(world):
    menu = world.client("person").get(world.url("home"), follow=True).context["navigation"]
    assert menu[0].words == "Your page"
    assert not menu[0].pages
    assert "People" not in [area.words for area in menu]
    assert world.client("practitioner").get(world.url("home")).context["navigation"][0].words == "People"
