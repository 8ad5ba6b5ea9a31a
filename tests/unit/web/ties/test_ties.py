"""Ties through HTTP: what belongs together is linked and unlinked by those who may, within what they may see."""

import pytest
from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError
from openoutcomes.web.barriers import commands as barriers
from openoutcomes.web.cases import commands as cases
from openoutcomes.web.core.scope import writing
from openoutcomes.web.ties import commands
from openoutcomes.web.ties.kinds import KINDS, thing_or_404, things_of
from openoutcomes.web.ties.models import Tie
from openoutcomes.web.ties.queries import keys_tied, tied_to


def a_barrier(world, title="Letters, not texts"):
    return barriers.add(world.access("coordinator"), values={"title": title}, anyway=True)


def a_case(world, title="Texts in Southtown"):
    return cases.add(world.access("coordinator"), values={"title": title, "result": "failed"})


def test_two_things_are_linked_once_seen_from_both_and_unlinked(world):
    barrier, case = a_barrier(world), a_case(world)
    client = world.client("practitioner")
    url = world.url("tie", kind="barrier", key=barrier.barrier_id)
    page = client.get(url).content.decode()
    assert case.title in page
    assert f'value="barrier:{barrier.barrier_id}"' not in page  # a thing is not linked to itself
    assert "This field is required." in client.post(url, {"other": ""}).content.decode()
    page = client.post(url, {"other": "case:ca-nothing"}).content.decode()
    assert "Select a valid choice." in page
    sent = {"other": f"case:{case.case_id}", "once": "x1"}
    for _ in range(2):
        answer = client.post(url, sent)
        assert (answer.status_code, answer.url) == (302, world.url("barrier", barrier_id=barrier.barrier_id))
    assert Tie.of(world.partnership).count() == 1
    assert case.title in client.get(world.url("barrier", barrier_id=barrier.barrier_id)).content.decode()
    assert barrier.title in client.get(world.url("case", case_id=case.case_id)).content.decode()
    assert case.title not in client.get(url).content.decode()  # it is linked already
    # The other way round is the same tie.
    by = world.access("practitioner")
    one, other = thing_or_404(by, "case", case.case_id), thing_or_404(by, "barrier", barrier.barrier_id)
    commands.tie(by, one=one, other=other)
    assert Tie.of(world.partnership).count() == 1
    assert keys_tied(by, "barrier", "case") == {barrier.barrier_id}
    assert keys_tied(by, "case", "barrier") == {case.case_id}
    with pytest.raises(InputError, match="itself"):
        commands.tie(by, one=one, other=one)
    untie = world.url(
        "untie", kind="case", key=case.case_id, other_kind="barrier", other_key=barrier.barrier_id
    )
    page = client.get(untie).content.decode()
    assert "both stay" in page
    assert client.post(untie, {"once": "u1"}).status_code == 302
    assert Tie.of(world.partnership).count() == 0
    assert client.post(untie, {"once": "u1"}).status_code == 302
    assert "These two are not tied." in client.post(untie, {"once": "u2"}).content.decode()


def test_nothing_of_another_partnership_is_linked_found_or_shown(world, elsewhere):
    barrier, case = a_barrier(world), a_case(world)
    theirs, their_case = a_barrier(elsewhere, "Another rule"), a_case(elsewhere, "Another case")
    client = world.client("coordinator")
    assert client.get(world.url("tie", kind="barrier", key=theirs.barrier_id)).status_code == 404
    url = world.url("tie", kind="barrier", key=barrier.barrier_id)
    page = client.get(url).content.decode()
    assert their_case.title not in page
    page = client.post(url, {"other": f"case:{their_case.case_id}"}).content.decode()
    assert "Select a valid choice." in page
    for kind, key in (("barrier", theirs.barrier_id), ("nothing", "x")):
        untie = world.url("untie", kind="case", key=case.case_id, other_kind=kind, other_key=key)
        assert client.post(untie).status_code == 404
    # Even a row that names another's id shows nothing of it.
    with writing("test"):
        Tie.objects.create(
            partnership=world.partnership, one_kind="barrier", one_key=barrier.barrier_id, other_kind="case",
            other_key=their_case.case_id, tied_by=world.users["coordinator"],
        )  # fmt: skip
    assert tied_to(world.access("coordinator"), "barrier", barrier.barrier_id) == []
    assert (
        their_case.title
        not in client.get(world.url("barrier", barrier_id=barrier.barrier_id)).content.decode()
    )


def test_only_those_who_may_link_and_each_sees_what_they_may(world):
    barrier, case = a_barrier(world), a_case(world)
    by = world.access("coordinator")
    one, other = thing_or_404(by, "barrier", barrier.barrier_id), thing_or_404(by, "case", case.case_id)
    commands.tie(by, one=one, other=other)
    for who in ("investor", "verifier", "finance", "administrator", "person"):
        client = world.client(who)
        assert client.get(world.url("tie", kind="case", key=case.case_id)).status_code == 403
        untie = world.url(
            "untie", kind="case", key=case.case_id, other_kind="barrier", other_key=barrier.barrier_id
        )
        assert client.post(untie).status_code == 403
        with pytest.raises(PermissionDenied):
            commands.untie(world.access(who), one=one, other=other)
    # A person supported reads the case, and is told of no barrier, which is the staff's to see.
    page = world.client("person").get(world.url("case", case_id=case.case_id)).content.decode()
    assert case.title in page
    assert barrier.title not in page
    assert "Link what belongs with it" not in page
    assert things_of(world.access("person"), "barrier", [barrier.barrier_id]) == []


def test_every_kind_finds_its_room_and_asks_no_more_for_more(world, django_assert_max_num_queries):
    by = world.access("coordinator")
    for kind in KINDS:
        assert things_of(by, kind, ["no-such-key"]) == []
    barrier = a_barrier(world)
    one = thing_or_404(by, "barrier", barrier.barrier_id)
    for number in range(10):
        commands.tie(by, one=one, other=thing_or_404(by, "case", a_case(world, f"Case {number}").case_id))
        other = a_barrier(world, f"Rule number {number} of desks")
        commands.tie(by, one=one, other=thing_or_404(by, "barrier", other.barrier_id))
    with django_assert_max_num_queries(3):
        assert len(tied_to(by, "barrier", barrier.barrier_id)) == 20
