"""The menu: areas and their pages, as far as a seat may see them, with where the reader is marked."""

from __future__ import annotations

import pytest

from openoutcomes.web.core.navigation import AREAS, areas_for
from openoutcomes.web.core.permissions import MATRIX, ROLES


def _menu(world, who, path):
    return areas_for(world.access(who), path)


def _here(areas):
    found = [area for area in areas if area.is_here]
    assert len(found) <= 1
    if not found:
        return None
    pages = [link.words for link in found[0].pages if link.is_here]
    assert len(pages) == bool(found[0].pages)
    return (found[0].words, pages[0] if pages else found[0].words)


def test_a_provider_manager_has_a_few_areas_and_their_pages_in_them(world):
    areas = _menu(world, "provider_manager", world.url("home"))
    words = [area.words for area in areas]
    assert len(words) <= 6
    assert words[:3] == ["People", "Outcomes", "Money"]
    money = next(area for area in areas if area.words == "Money")
    assert [link.words for link in money.pages] == ["Claims", "Payments", "Contracts"]
    assert money.address == world.url("claims")


def test_an_area_of_one_page_goes_by_the_words_of_that_page(world):
    words = {area.words: area for area in _menu(world, "evaluator", world.url("home"))}
    assert words["Contracts"].pages == []
    assert words["Contracts"].address == world.url("contracts")
    assert "Money" not in words
    assert "People" not in words


@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("home", None),
        ("people", ("People", "People")),
        ("groups", ("People", "Groups")),
        ("verification", ("Outcomes", "Verification")),
        ("payments", ("Money", "Payments")),
        ("recording_costs", ("Results", "Recording time")),
        ("results", ("Results", "Results")),
        ("audit", ("Set up", "Records and audit")),
    ],
)
def test_where_the_reader_is_is_marked_in_both_rows(world, name, here):
    assert _here(_menu(world, "provider_manager", world.url(name))) == here


def test_recording_something_is_a_part_of_people(world):
    path = world.url("record_quick", person_id=world.people["ash"].person_id)
    assert _here(_menu(world, "practitioner", path)) == ("People", "People")


def test_every_page_of_the_menu_opens_for_whoever_is_led_there(world):
    for who in sorted(ROLES):
        client = world.client(who)
        for area in _menu(world, who, world.url("home")):
            for link in [area, *area.pages]:
                assert client.get(link.address, follow=True).status_code == 200, (who, link.words)


def test_no_two_pages_of_the_menu_share_words_or_an_address():
    pages = [page for area in AREAS for page in area.pages]
    assert len({page.words for page in pages}) == len({page.name for page in pages}) == len(pages)
    assert all(page.action in MATRIX for page in pages)


def test_the_rows_and_the_folded_menu_say_the_same(world):
    html = world.client("provider_manager").get(world.url("groups")).content.decode()
    folded, _, rows = html.partition("</details>")
    assert folded.count(f'href="{world.url("referrals")}"') == 1
    assert rows.count(f'href="{world.url("referrals")}"') == 1
    assert '<nav aria-label="People"' in rows
    assert f'href="{world.url("groups")}" aria-current="true"' in folded
