"""Filters of a list: folded on a phone until they are wanted, open while one is in use, and without scripts."""

from __future__ import annotations

FOLD = '<details class="oo-fold"'


def _page(world, **query):
    return world.client("provider_manager").get(world.url("audit"), query).content.decode()


def test_filters_come_folded_where_none_is_in_use(world):
    page = _page(world)
    assert f"{FOLD}><summary" in page
    assert page.index(FOLD) < page.index('<form method="get" class="oo-filters"')


def test_filters_come_open_while_one_is_in_use(world):
    assert f"{FOLD} open><summary" in _page(world, verb="looked")


def test_a_list_without_filters_has_nothing_to_fold(world):
    assert FOLD not in world.client("provider_manager").get(world.url("bank")).content.decode()
