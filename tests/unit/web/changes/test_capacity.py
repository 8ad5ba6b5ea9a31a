"""Team capacity through HTTP: posts, caseloads and supervision for those who run them, totals for others."""

import datetime as dt
from decimal import Decimal

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.web.changes import commands, staffing, team
from openoutcomes.web.changes.models import CapacityMonth, Change, Holding, Post
from openoutcomes.web.changes.waiting import waiting
from openoutcomes.web.core import clock
from openoutcomes.web.records.models import Record
from web_pages import date_boxes, shown

DAY = dt.timedelta(days=1)


def a_post(world, where="harbour", who="provider_manager", **changes):
    values = {
        "title": "Outreach worker", "kind": "front_line", "fte": Decimal(1), "starts_on": dt.date(2025, 1, 1),
        "guide": 10, "supervise_weeks": 4, "yearly_cost": Decimal(36500), **changes,
    }  # fmt: skip
    return staffing.add_post(world.access(who), programme=world.programmes[where], values=values)


def filled(world, who="provider_manager", user="practitioner", since=None, **changes):
    post = a_post(world, who=who, **changes)
    since = since or clock.today() - 100 * DAY
    staffing.fill(world.access(who), post=post, since=since, user=world.users[user] if user else None)
    return post


def test_posts_are_added_filled_left_and_supervised(world, elsewhere):
    client = world.client("provider_manager")
    add = world.url("post_add", programme_id="harbour-front-door")
    assert client.get(world.url("post_add", programme_id="lantern-front-door")).status_code == 404
    page = client.post(add, {"fte": "0", "title": ""}).content.decode()
    assert "Give it a title." in page
    start = clock.today() - 200 * DAY
    sent = {
        "title": "Outreach worker", "kind": "front_line", "fte": "0.5", **date_boxes("starts_on", start), "guide": "10",
        "supervise_weeks": "4", "once": "p1",
    }  # fmt: skip
    assert "A post is more than nothing." in client.post(add, {**sent, "fte": "0"}).content.decode()
    for _ in range(2):
        assert client.post(add, sent).status_code == 302
    post = Post.of(world.partnership).get()
    at = {"post_id": post.post_id}
    assert "Vacant" in shown(client, world.url("post", **at))
    fill = world.url("post_fill", **at)
    user = world.users["practitioner"]
    page = client.post(
        fill, {"user": str(world.users["other_practitioner"].pk), **date_boxes("since", start)}
    )
    assert "Select a valid choice" in page.content.decode()
    page = client.post(fill, {"user": str(user.pk), **date_boxes("since", start - DAY)}).content.decode()
    assert "The post cannot be filled from this day." in page
    sent = {"user": str(user.pk), **date_boxes("since", start), "once": "f1"}
    for _ in range(2):
        assert client.post(fill, sent).status_code == 302
    assert "Somebody fills this post." in client.post(fill, {**sent, "once": "f2"}).content.decode()
    page = shown(client, world.url("post", **at))
    assert "Supervision overdue" in page
    assert "2 of about 5; room for 3 more" in page
    held = world.url("post_supervised", **at)
    today = clock.today()
    assert client.post(held, date_boxes("on", today)).status_code == 302
    assert "This day is written down already." in client.post(held, date_boxes("on", today)).content.decode()
    assert (
        "Nobody filled the post on that day."
        in client.post(held, date_boxes("on", start - DAY)).content.decode()
    )
    page = shown(client, world.url("post", **at))
    assert "Supervision overdue" not in page
    leave = world.url("post_vacate", **at)
    assert client.post(leave, date_boxes("on", today - 3 * DAY)).status_code == 302
    assert "Nobody fills this post." in client.post(leave, date_boxes("on", today)).content.decode()
    with pytest.raises(InputError, match="on that day"):
        staffing.fill(world.access("provider_manager"), post=post, since=today - 3 * DAY)
    for who in ("other_manager", "coordinator"):
        assert world.client(who).get(world.url("post", **at)).status_code in (403, 404)
    assert elsewhere.client("provider_manager").get(elsewhere.url("post", **at)).status_code == 404


def test_a_post_is_changed_with_a_check_of_its_version(world):
    post = a_post(world)
    url = world.url("post_change", post_id=post.post_id)
    client = world.client("provider_manager")
    sent = {
        "title": "Outreach worker", "kind": "lead", "fte": "0.8", **date_boxes("starts_on", dt.date(2025, 1, 1)),
        **date_boxes("ends_on", dt.date(2024, 1, 1)), "expected": "1",
    }  # fmt: skip
    assert "The post ends before it begins." in client.post(url, sent).content.decode()
    sent |= date_boxes("ends_on", dt.date(2025, 6, 1))
    assert client.post(url, sent).status_code == 302
    assert "Somebody changed this post" in client.post(url, sent).content.decode()
    assert "Not now" in shown(client, world.url("post", post_id=post.post_id))


def test_others_see_totals_by_provider_and_no_names_nor_small_numbers(world):
    filled(world)
    a_post(world, fte=Decimal("0.5"))
    a_post(world, "lantern", "other_manager")
    url = world.url("capacity")
    own = shown(world.client("provider_manager"), url)
    assert "practitioner" in own
    assert "Harbour Lights" in own
    assert "Lantern House" not in own
    for who in ("coordinator", "commissioner"):
        page = shown(world.client(who), url)
        assert "Harbour Lights" in page
        assert "Lantern House" in page
        assert "1.5" in page
        assert "Fewer than 10" in page
        assert "practitioner@" not in page
        assert "Outreach worker" not in page
    text = world.client("coordinator").get(url, {"format": "csv"}).content.decode()
    assert "Fewer than 10" in text
    assert "practitioner" not in text
    for who in ("practitioner", "investor", "person", "evaluator"):
        assert world.client(who).get(url).status_code == 403
    assert "trust" not in shown(world.client("fund_commissioner"), url).lower()
    total = team.totals(team.standings(team.posts_for(world.access("coordinator"))))[0]
    assert (total.posts, total.vacant, total.people) == (Decimal("1.5"), Decimal("0.5"), 2)
    assert (total.caseload(is_own=True), total.spare(is_own=True)) == (Decimal("2.0"), Decimal(8))
    assert (total.caseload(is_own=False), total.spare(is_own=False)) == (None, None)


def test_whoever_fills_two_posts_has_one_caseload(world):
    filled(world, fte=Decimal("0.5"))
    filled(world, fte=Decimal("0.5"), title="Group leader")
    total = team.totals(team.standings(team.posts_for(world.access("provider_manager"))))[0]
    assert (total.people, total.guide) == (2, Decimal(10))


def test_each_month_is_kept_as_it_stood_at_its_end(world):
    with clock.at(clock.now() - 120 * DAY):
        post = a_post(world, starts_on=clock.today())
        staffing.fill(
            world.access("provider_manager"), post=post, since=clock.today(), user=world.users["practitioner"]
        )
    month = team.last_month()
    manager = world.access("provider_manager")
    staffing.supervise(manager, post=post, on=month + 2 * DAY)
    staffing.vacate(manager, post=post, until=clock.today())
    a_post(world, title="Second worker", starts_on=month)
    assert [one.words for one in waiting(manager) if one.count] == [f"team’s capacity of {month:%B} to keep"]
    client = world.client("provider_manager")
    assert f"Keep {month:%B}" in shown(client, world.url("capacity"))
    keep = world.url("capacity_keep")
    assert "Tick at least one." in client.post(keep, {}).content.decode()
    for _ in range(2):
        assert client.post(keep, {"programmes": ["harbour-front-door"], "once": "m1"}).status_code == 302
    kept = CapacityMonth.of(world.partnership).get()
    # Whoever left since filled it then.
    assert (kept.posts, kept.vacancies, kept.people, kept.supervisions) == (Decimal(2), Decimal(1), 2, 1)
    row = Record.of(world.partnership).get(table="capacity", current=True).values
    assert (row["posts"], row["vacancies"], row["period_start"]) == ("2", "1", month.isoformat())
    assert client.post(keep, {"programmes": ["harbour-front-door"], "once": "m2"}).status_code == 302
    assert Record.of(world.partnership).get(table="capacity", current=True).version == 2
    assert not [one for one in waiting(manager) if one.count]
    page = shown(world.client("coordinator"), world.url("capacity_months"))
    assert f"{month:%B %Y}" in page
    assert "Fewer than 10" in page
    assert "Harbour" not in shown(world.client("other_manager"), world.url("capacity_months"))
    assert "2" in client.get(world.url("capacity_months"), {"format": "csv"}).content.decode()
    with pytest.raises(InputError, match="not over"):
        staffing.keep_month(manager, programme=world.programmes["harbour"], month=clock.today())


def test_the_money_of_a_vacant_post_is_proposed_for_something_else(world):
    manager = world.access("provider_manager")
    pay, texts = (
        commands.add_line(manager, programme=world.programmes["harbour"], name=name, opening=Decimal(amount))
        for name, amount in (("Pay", 30000), ("Texts and cafés", 0))
    )
    with clock.at(clock.now() - 50 * DAY):
        post = a_post(world, line=pay, starts_on=clock.today())
    standing = team.standings([post])[0]
    assert standing.unspent == Decimal("5000.00")
    client = world.client("provider_manager")
    assert "Propose another use of the money" in shown(client, world.url("post", post_id=post.post_id))
    url = world.url("change_add")
    page = shown(client, url, post=post.post_id)
    assert "Use the money of a vacant post: Outreach worker" in page
    assert 'value="5000.00"' in page
    assert world.client("other_manager").get(url, {"post": post.post_id}).status_code == 404
    today = clock.today()
    sent = {
        "title": "Use the money of a vacant post", "why": "Vacant", "programme": "harbour-front-door",
        "role": "Manager", "expected": "More texts", **date_boxes("decided_on", today), **date_boxes("effective_from", today),
        **date_boxes("follow_on", today + 30 * DAY), "source_1": pay.line_id, "target_1": texts.line_id,
        "amount_1": "5000.00", "agree": ["council"],
    }  # fmt: skip
    assert client.post(url, sent).status_code == 302
    assert Change.of(world.partnership).get().state == "proposed"


def test_capacity_asks_no_more_for_more_posts(world, django_assert_max_num_queries):
    for number in range(6):
        filled(world, title=f"Worker {number}")
    client = world.client("provider_manager")
    with django_assert_max_num_queries(16):
        client.get(world.url("capacity"))
    assert Holding.of(world.partnership).count() == 6
