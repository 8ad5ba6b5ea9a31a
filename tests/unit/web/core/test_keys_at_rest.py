"""Names at rest: unreadable in the database, found by the index, and encrypted again with a new key."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from openoutcomes.web.core import crypto
from openoutcomes.web.people.models import Person, Token
from openoutcomes.web.serving import keys


def stored(partnership: Any) -> list[str]:
    """What the database holds of names, by itself."""
    del partnership
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM people_person ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def quiet(_done: int, _total: int | None, _label: str) -> None:
    pass


@pytest.fixture
def new_key(settings: Any) -> str:
    """A newer key in front of the one that names were written with, as after a restart."""
    key = Fernet.generate_key().decode()
    settings.FIELD_KEYS = (key, *settings.FIELD_KEYS)
    return key


def test_a_name_is_encrypted_and_found_by_its_words_alone(world: Any) -> None:
    client = world.client("practitioner")
    asked = {"ash": True, "EXA": True, "exam ash": True, "blake": False, "07700 900 123": True}
    for typed, is_found in asked.items():
        page = client.post(
            world.url("people_find"), {"q": typed}, headers={"HX-Request": "true"}
        ).content.decode()
        assert ("Ash Example" in page) is is_found, typed
    assert all(text.startswith("gAAAA") for text in stored(world.partnership))


def test_the_index_of_one_partnership_says_nothing_of_another(world: Any, elsewhere: Any) -> None:
    ours = set(Token.of(world.partnership).values_list("digest", flat=True))
    theirs = set(Token.of(elsewhere.partnership).values_list("digest", flat=True))
    assert ours
    assert theirs
    assert not ours & theirs


def test_an_encrypted_field_cannot_be_searched(world: Any) -> None:
    with pytest.raises(TypeError, match="cannot be searched"):
        Person.of(world.partnership).filter(name="Ash Example").exists()


def test_everything_is_encrypted_again_with_the_newest_key(world: Any, new_key: str, settings: Any) -> None:
    before = stored(world.partnership)
    assert keys.left() > 0
    assert keys.rotate(quiet, batch=2) > 0
    assert keys.left() == 0
    after = stored(world.partnership)
    assert not set(before) & set(after)
    # The older key can go.
    settings.FIELD_KEYS = (new_key,)
    assert Person.of(world.partnership).get(pk=world.people["ash"].pk).name == "Ash Example"
    page = world.client("practitioner").post(world.url("people_find"), {"q": "ash"}).content.decode()
    assert "Ash Example" in page


def test_a_second_run_writes_nothing(world: Any, new_key: str) -> None:
    del new_key
    assert keys.rotate(quiet) > 0
    before = stored(world.partnership)
    assert keys.rotate(quiet) == 0
    assert stored(world.partnership) == before


def test_a_run_that_was_stopped_goes_on_where_it_was(world: Any, new_key: str) -> None:
    del new_key
    total = keys.left()

    def stop(done: int, _total: int | None, _label: str) -> None:
        if done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keys.rotate(stop, batch=2)
    half = keys.left()
    assert 0 < half < total
    names = {text for text in stored(world.partnership) if not keys._is_stale(text)}
    assert keys.rotate(quiet, batch=2) == half
    assert names <= set(stored(world.partnership))
    assert keys.left() == 0


def test_secrets_of_second_steps_are_encrypted_again(world: Any, new_key: str, settings: Any) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP

    settings.FIELD_KEYS = settings.FIELD_KEYS[1:]
    TOTP.activate(world.users["verifier"], "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(world.users["verifier"]).get_unused_codes()
    settings.FIELD_KEYS = (new_key, *settings.FIELD_KEYS)
    keys.rotate(quiet)
    settings.FIELD_KEYS = (new_key,)
    found = {one.type: one for one in Authenticator.objects.all()}
    assert crypto.decrypt(found["totp"].data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert found["recovery_codes"].wrap().get_unused_codes() == codes


def test_a_key_that_is_missing_is_told_and_nothing_is_lost(world: Any, settings: Any) -> None:
    before = stored(world.partnership)
    right = settings.FIELD_KEYS
    settings.FIELD_KEYS = (Fernet.generate_key().decode(),)
    assert not keys.fits()
    with pytest.raises(LookupError, match="OPENOUTCOMES_FIELD_KEYS"):
        keys.rotate(quiet)
    assert stored(world.partnership) == before
    settings.FIELD_KEYS = right
    assert keys.fits()


def test_every_encrypted_field_there_is_is_known(world: Any) -> None:
    del world
    known = {(model.__name__, name) for model, names in keys.encrypted_fields() for name in names}
    assert {
        ("Person", "name"),
        ("Person", "phone"),
        ("Draft", "values"),
        ("BankDetails", "account_number"),
    } <= known
