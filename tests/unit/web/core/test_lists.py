"""Long lists: rows are counted only as far as they must be, and every page can still be reached."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from openoutcomes.web.accounts.models import User
from openoutcomes.web.core import lists
from openoutcomes.web.core.waiting import Waiting

COLUMNS = [lists.Column("Address", lambda user: user.email, sort="email")]


@pytest.fixture
def sixty(db):
    del db
    User.objects.bulk_create(User(email=f"user{number:02}@example.org") for number in range(60))
    return User.objects.filter(email__startswith="user")


def shown(rows, page="1"):
    request = RequestFactory().get("/", {"page": page})
    return lists.listing(request, rows, COLUMNS, caption="Users", one="user", sort="email")


def test_a_long_list_is_counted_up_to_a_limit_and_says_that_there_is_more(sixty, monkeypatch):
    monkeypatch.setattr(lists, "MOST", 50)
    with CaptureQueriesContext(connection) as asked:
        found = shown(sixty)
    assert found.count_words == "More than 50 users, 1 to 25 shown."
    assert [number for number, _ in found.page_links["numbers"]] == [1, 2]
    assert "LIMIT 51" in asked[0]["sql"]


@pytest.mark.parametrize(
    ("page", "words", "first"),
    [("2", "60 users, 26 to 50 shown.", 25), ("3", "60 users, 51 to 60 shown.", 50),
     ("99", "60 users, 51 to 60 shown.", 50)],
)  # fmt: skip
def test_pages_past_the_limit_are_reached_one_after_another(sixty, monkeypatch, page, words, first):
    monkeypatch.setattr(lists, "MOST", 50)
    found = shown(sixty, page)
    assert (found.count_words, found.rows[0][0].text) == (words, f"user{first:02}@example.org")
    assert bool(found.page_links["next"]) == (page == "2")


@pytest.mark.parametrize("page", ["", "x", "-1", "0", "\u0663", "9" * 400])
def test_an_address_with_no_page_in_it_shows_a_page(sixty, page):
    assert len(shown(sixty, page).rows) in (10, 25)


def test_a_list_no_longer_than_the_limit_is_counted_whole(sixty, monkeypatch):
    monkeypatch.setattr(lists, "MOST", 60)
    assert shown(sixty).count_words == "60 users, 1 to 25 shown."


def test_a_list_that_is_no_query_is_counted_whole(monkeypatch):
    monkeypatch.setattr(lists, "MOST", 50)
    assert shown([User(email=str(number)) for number in range(70)]).count_words == "70 users, 1 to 25 shown."


def test_what_waits_in_great_number_is_said_as_more_than(sixty):
    assert lists.up_to(sixty, 10) == 11
    assert lists.up_to(sixty.order_by("name"), 60) == 60
    assert Waiting(lists.MOST, "outcomes wait", "/").shown == "1,000"
    assert Waiting(lists.MOST + 1, "outcomes wait", "/").shown == "more than 1,000"
