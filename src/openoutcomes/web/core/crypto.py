"""Names and contact details at rest: encrypted, and still found by a keyed index.

Encryption is Fernet (AES-128-CBC with HMAC-SHA-256), with any number of keys: the first encrypts,
all decrypt, so keys can be changed while the platform runs (``openoutcomes web rotate-keys``).
The index holds keyed digests of the words of a name. It gives away, to somebody who has the database and
not the keys, which people of one partnership share a word of a name and how common a word is; not the word.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

#: The fewest letters of a name that can be looked for.
SHORTEST = 3
_LONGEST = 12


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def box() -> MultiFernet:
    """Return what encrypts and decrypts with the keys of the settings."""
    return _box(tuple(settings.FIELD_KEYS))


def encrypt(text: str) -> str:
    """Encrypt with the newest key. Nothing stays nothing, so that a blank needs no key."""
    return box().encrypt(text.encode()).decode("ascii") if text else ""


def decrypt(stored: str) -> str:
    """Decrypt with whichever key fits; raises LookupError when none does."""
    if not stored:
        return ""
    try:
        return box().decrypt(stored.encode("ascii")).decode()
    except InvalidToken as error:
        raise LookupError(
            "No key in OPENOUTCOMES_FIELD_KEYS opens a stored name. Add the key it was written with."
        ) from error


def rotate(stored: str) -> str:
    """Encrypt again with the newest key."""
    return box().rotate(stored.encode("ascii")).decode("ascii") if stored else ""


if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField


class EncryptedText(_Text):
    """Text that the database only ever sees encrypted. It cannot be filtered or sorted by."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        return encrypt(value or "")

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> str:
        """Decrypt on the way out."""
        return decrypt(value or "")

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse look-ups: the same text is encrypted differently each time, so none could match."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise TypeError(f"{self.name} is encrypted and cannot be searched; use the index of tokens")


def plain_words(text: str) -> list[str]:
    """Return the words of a name as they are compared: lower case, no accents, no punctuation."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    kept = kept.replace("'", "").replace("’", "")
    return "".join(c if c.isalnum() else " " for c in kept).split()


def digits(text: str) -> str:
    """Return a telephone number as it is compared: digits alone, 0 for +44."""
    found = "".join(c for c in text if c.isdigit())
    if text.strip().startswith("+44") or found.startswith("0044"):
        found = found.removeprefix("00").removeprefix("44").lstrip("0")
        found = f"0{found}"
    return found


def digest(partnership_id: int, kind: str, text: str) -> str:
    """Return the keyed digest of one word; other in each partnership, so none can be compared."""
    message = f"{partnership_id}\0{kind}\0{text}".encode()
    return hmac.new(settings.INDEX_KEY.encode(), message, hashlib.sha256).hexdigest()[:32]


def name_tokens(partnership_id: int, *names: str) -> set[str]:
    """Return the digests under which a name is stored: each word, and its beginnings from three letters."""
    found = set()
    for word in (word for name in names for word in plain_words(name)):
        beginnings = {word[:n] for n in range(SHORTEST, min(len(word), _LONGEST) + 1)} or {word}
        found |= {digest(partnership_id, "name", beginning) for beginning in beginnings}
    return found


def search_tokens(partnership_id: int, text: str) -> Iterable[str]:
    """Return the digests that a stored name must all have to match what was typed.

    A last word of a letter or two is still being typed, so it does not count yet.
    """
    words = plain_words(text)
    if len(words) > 1 and len(words[-1]) < SHORTEST:
        del words[-1]
    return [digest(partnership_id, "name", word[:_LONGEST]) for word in words]
