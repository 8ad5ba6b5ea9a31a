"""Changing the keys that names and secrets are encrypted with, while people work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Cast

from openoutcomes.web.core.crypto import EncryptedText, decrypt
from openoutcomes.web.core.crypto import rotate as encrypted_again
from openoutcomes.web.core.scope import writing

#: Rows in one transaction.
BATCH = 200
Tell = Callable[[int, int | None, str], None]


def encrypted_fields() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Give every model that has encrypted fields, and their names."""
    for model in apps.get_models():
        names = [field.name for field in model._meta.get_fields() if isinstance(field, EncryptedText)]
        if names:
            yield model, names


def rotate(tell: Tell, *, batch: int = BATCH) -> int:
    """Encrypt with the newest key whatever is not yet; return how many rows were written.

    In batches, each a transaction: it can be stopped and run again, when what is done is passed over, and
    people can work meanwhile. Raises LookupError when a row was written with a key that is not there.
    """
    places = list(encrypted_fields())
    total = sum(_rows(model).count() for model, _ in places)
    seen = written = 0
    for model, names in places:
        last: Any = None
        while True:
            with transaction.atomic(), writing("changing keys"):
                rows = _with_stored(model, names, last)[:batch]
                found = list(rows)
                stale = [row for row in found if any(_is_stale(_stored(row, name)) for name in names)]
                # Read as plain text and written as such: the field does the rest. What is said stays the same,
                # so the model's own rules about changing rows do not apply.
                models.QuerySet(model).bulk_update(stale, names)
            if not found:
                break
            last = found[-1].pk
            seen += len(found)
            written += len(stale)
            tell(seen, total, "Encrypting with the newest key")
    return written + _second_steps()


def left() -> int:
    """Return how many rows still need an older key."""
    count = 0
    for model, names in encrypted_fields():
        for row in _with_stored(model, names, None, locked=False).iterator(chunk_size=1000):
            count += any(_is_stale(_stored(row, name)) for name in names)
    steps = Authenticator.objects.values_list("data", flat=True)
    return count + sum(any(_is_stale(text) for text in _texts(data)) for data in steps)


def _rows(model: type[models.Model]) -> models.QuerySet[Any]:
    return model._base_manager.get_queryset()


def _with_stored(
    model: type[models.Model], names: list[str], last: Any, *, locked: bool = True
) -> models.QuerySet[Any]:
    """Return rows in order with what the database holds of each field beside what it says."""
    stored: dict[str, Any] = {f"stored_{name}": Cast(name, models.TextField()) for name in names}
    rows = _rows(model).order_by("pk").annotate(**stored)
    if locked:
        rows = rows.select_for_update(of=("self",))
    return rows if last is None else rows.filter(pk__gt=last)


def _stored(row: Any, name: str) -> str:
    return str(getattr(row, f"stored_{name}") or "")


def _is_stale(stored: str) -> bool:
    """Say whether something is encrypted with another key than the newest."""
    if not stored:
        return False
    try:
        Fernet(settings.FIELD_KEYS[0]).decrypt(stored.encode("ascii"))
    except InvalidToken:
        return True
    return False


def _texts(data: dict[str, Any]) -> list[str]:
    """Return what is encrypted of a second step: the secret of an app, or what recovery codes are made from."""
    found = [data.get("secret"), data.get("seed"), *data.get("migrated_codes", [])]
    return [text for text in found if isinstance(text, str) and text]


def _second_steps() -> int:
    written = 0
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    for pk in list(Authenticator.objects.filter(type__in=kinds).values_list("pk", flat=True)):
        with transaction.atomic():
            step = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if step is None or not any(_is_stale(text) for text in _texts(step.data)):
                continue
            for text in _texts(step.data):
                decrypt(text)  # a missing key is told in words, as for names
            again = {text: encrypted_again(text) for text in _texts(step.data)}
            step.data = {name: _replaced(value, again) for name, value in step.data.items()}
            step.save(update_fields=["data"])
            written += 1
    return written


def _replaced(value: Any, again: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_replaced(one, again) for one in value]
    return again.get(value, value) if isinstance(value, str) else value


def fits() -> bool:
    """Say whether the keys that are set open what is stored; so they do where nothing is."""
    for model, _ in encrypted_fields():
        try:
            list(_rows(model).order_by("-pk")[:20])
        except LookupError:
            return False
    return True
