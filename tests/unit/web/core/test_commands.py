"""Commands: all or nothing, once for each form, and never without a check and an event."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import Event
from openoutcomes.web.core.commands import UnfinishedCommandError, command, note, refuse
from openoutcomes.web.core.scope import AppendOnlyError, writing
from openoutcomes.web.partnerships.models import Organisation


@command
def rename(by: Any, *, organisation: Organisation, name: str, fail: bool = False) -> Organisation:
    by.require("organisations.manage")
    organisation.name = name
    organisation.save()
    note(by, "test.rename", organisation, organisation=organisation)
    if fail:
        raise refuse("that name will not do.", "Choose another.", "name")
    return organisation


@command
def unchecked(by: Any, *, organisation: Organisation) -> None:
    note(by, "test.unchecked", organisation)


@command
def unnoted(by: Any) -> None:
    by.require("organisations.manage")


def test_a_command_refused_leaves_nothing_behind(world: Any) -> None:
    harbour = world.organisations["harbour"]
    before = Event.of(world.partnership).count()
    with pytest.raises(InputError):
        rename(world.access("administrator"), organisation=harbour, name="Other", fail=True)
    assert Organisation.of(world.partnership).get(pk=harbour.pk).name == "Harbour Lights"
    assert Event.of(world.partnership).count() == before


def test_whoever_may_not_is_refused_before_anything_changes(world: Any) -> None:
    with pytest.raises(PermissionDenied):
        rename(world.access("practitioner"), organisation=world.organisations["harbour"], name="Other")


def test_the_same_form_sent_twice_is_done_once(world: Any) -> None:
    by, harbour = world.access("administrator"), world.organisations["harbour"]
    first = rename(by, organisation=harbour, name="One", once="k1")
    again = rename(world.access("administrator"), organisation=harbour, name="Two", once="k1")
    assert first.pk == again.pk
    assert again.name == "One"
    assert Event.of(world.partnership).filter(verb="test.rename").count() == 1


def test_a_key_of_another_form_is_refused(world: Any) -> None:
    by = world.access("administrator")
    rename(by, organisation=world.organisations["harbour"], name="One", once="k1")

    @command
    def other(by: Any) -> None:
        by.require("organisations.manage")
        note(by, "test.other", by.partnership)

    with pytest.raises(InputError):
        other(by, once="k1")


@pytest.mark.parametrize("forgetful", [unchecked, unnoted])
def test_a_command_that_forgets_its_check_or_its_event_is_found_out(world: Any, forgetful: Any) -> None:
    given = {"organisation": world.organisations["harbour"]} if forgetful is unchecked else {}
    with pytest.raises(UnfinishedCommandError):
        forgetful(world.access("administrator"), **given)
    assert not Event.of(world.partnership).filter(verb="test.unchecked").exists()


def test_an_event_is_never_changed_nor_deleted(world: Any) -> None:
    event = Event.of(world.partnership).first()
    assert event is not None
    with writing("test"), pytest.raises(AppendOnlyError):
        event.save()
    with writing("test"), pytest.raises(AppendOnlyError):
        event.delete()
    with writing("test"), pytest.raises(AppendOnlyError):
        Event.of(world.partnership).update(verb="x")
    with writing("test"), pytest.raises(AppendOnlyError):
        Event.of(world.partnership).delete()
