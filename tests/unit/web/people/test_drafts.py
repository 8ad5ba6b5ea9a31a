"""What is typed is never lost: drafts, without scripts, and after the session has expired."""

import datetime as dt
import re

from django.test import Client

from openoutcomes.web.audit.models import Event
from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import writing
from openoutcomes.web.people.models import Draft
from openoutcomes.web.records.models import Record

WORDS = "Rang the letting agent together"


def form_at(world, name="practitioner", key="ash"):
    client = world.client(name)
    address = world.url("record_quick", person_id=world.people[key].person_id)
    page = client.get(address)
    assert page.status_code == 200
    return client, address, page.context["form"], page.context["draft"]


def typed(form, slot, **values):
    return {"when": "today", "once": form.initial["once"], "draft_of": slot.token, "note": WORDS, **values}


def test_what_is_typed_is_kept_as_it_is_typed_and_is_there_again(world):
    client, address, form, slot = form_at(world)
    answer = client.post(str(slot), typed(form, slot, minutes="30"), headers={"X-Requested-With": "fetch"})
    assert answer.json() == {"kept": True}
    again = client.get(address).content.decode()
    assert WORDS in again
    assert "Your draft from" in again
    assert re.search(r'name="minutes" type="radio" value="30" checked', again)


def test_a_draft_is_encrypted_and_about_its_person(world):
    client, _, form, slot = form_at(world)
    client.post(str(slot), typed(form, slot))
    draft = Draft.of(world.partnership).get()
    assert draft.person == world.people["ash"]
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute('SELECT key, title, "values" FROM people_draft')
        assert WORDS not in str(cursor.fetchall())


def test_without_scripts_a_button_keeps_the_draft(world):
    client, address, form, slot = form_at(world)
    assert f'formaction="{slot}"'.replace("&", "&amp;") in client.get(address).content.decode()
    answer = client.post(str(slot), typed(form, slot), follow=True)
    assert answer.request["PATH_INFO"] == address
    assert "Your draft is kept" in answer.content.decode()
    assert WORDS in answer.content.decode()


def test_sending_the_form_lets_the_draft_go_and_a_late_autosave_does_not_bring_it_back(world):
    client, address, form, slot = form_at(world)
    sent = typed(form, slot)
    client.post(str(slot), sent)
    assert client.post(address, sent).status_code == 302
    assert not Draft.of(world.partnership).exists()
    client.post(str(slot), sent)
    assert not Draft.of(world.partnership).exists()


def test_a_form_sent_after_the_session_expired_comes_back_after_signing_in_again(world):
    _, address, form, slot = form_at(world)
    stranger = Client()
    answer = stranger.post(address, typed(form, slot))
    assert answer.status_code == 302
    assert "login" in answer["Location"]
    assert not Record.of(world.partnership).filter(table="activities").exists()
    assert WORDS in world.client("practitioner").get(address).content.decode()
    # And it is theirs alone.
    assert WORDS not in world.client("provider_manager").get(address).content.decode()


def test_a_form_of_nobody_is_not_kept(world):
    _, address, form, slot = form_at(world)
    Client().post(address, {**typed(form, slot), "draft_of": "made-up"})
    Client().post(address, {**typed(form, slot), "draft_of": slot.token[:-2]})
    assert not Draft.of(world.partnership).exists()


def test_somebody_else_who_signed_in_meanwhile_does_not_get_the_draft(world):
    _, _, form, slot = form_at(world)
    other = world.client("provider_manager")
    answer = other.post(str(slot), typed(form, slot), headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 409
    assert not Draft.of(world.partnership).exists()


def test_a_form_about_somebody_who_may_no_longer_be_seen_is_not_kept(world):
    from openoutcomes.web.people.models import Sight

    client, _, form, slot = form_at(world)
    with writing("test"):
        Sight.of(world.partnership).filter(person=world.people["ash"]).update(withdrawn_at=clock.now())
    assert client.post(str(slot), typed(form, slot), headers={"X-Requested-With": "fetch"}).status_code == 409


def test_drafts_are_listed_counted_on_the_home_page_and_thrown_away(world):
    client, address, form, slot = form_at(world)
    client.post(str(slot), typed(form, slot))
    assert "unfinished form" in client.get(world.url("home")).content.decode()
    listed = client.get(world.url("drafts")).content.decode()
    assert address in listed
    assert "Ash Example" in listed
    other = world.client("provider_manager")
    draft = Draft.of(world.partnership).get()
    other.post(world.url("draft_drop"), {"draft": draft.pk})
    assert Draft.of(world.partnership).exists()
    client.post(world.url("draft_drop"), {"draft": draft.pk})
    assert not Draft.of(world.partnership).exists()


def test_a_draft_is_kept_for_thirty_days(world):
    client, address, form, slot = form_at(world)
    with clock.at(clock.now() - dt.timedelta(days=31)):
        client.post(str(slot), typed(form, slot))
    assert WORDS not in client.get(address).content.decode()
    client.get(world.url("drafts"))
    assert not Draft.of(world.partnership).exists()


def test_a_form_that_is_refused_keeps_its_words_and_its_draft(world):
    client, address, form, slot = form_at(world)
    sent = typed(form, slot, when="other")
    client.post(str(slot), sent)
    page = client.post(address, sent)
    assert b"Give the day" in page.content
    assert WORDS in page.content.decode()
    assert Draft.of(world.partnership).exists()


def test_autosaving_is_no_event_of_the_trail_and_stores_no_words_there(world):
    client, _, form, slot = form_at(world)
    before = Event.of(world.partnership).count()
    client.post(str(slot), typed(form, slot))
    assert Event.of(world.partnership).count() == before
