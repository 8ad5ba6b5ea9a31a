"""The user: somebody who signs in with an e-mail address."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from openoutcomes.web.core import clock


class UserManager(BaseUserManager["User"]):
    """Makes users. An address is compared in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a user; without a password they can only sign in by a link or another service."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find by address."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Somebody who signs in. What they may do is in their memberships, never here."""

    email = models.EmailField("email address", unique=True)
    name = models.CharField("your name", max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=clock.now)
    is_demo = models.BooleanField(default=False)
    #: Raised by one to end every session there is: each was opened for the number of its day.
    session_round = models.PositiveIntegerField(default=0)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email

    def end_sessions(self) -> None:
        """End every session of this account, wherever it is open."""
        type(self).objects.filter(pk=self.pk).update(session_round=models.F("session_round") + 1)
        self.refresh_from_db(fields=["session_round"])

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must match: another once the password changes, or sessions were ended."""
        salt = "openoutcomes.accounts.session"
        said = f"{self.password}\0{self.session_round}"
        return salted_hmac(salt, said, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        """Return the name, or the address where none was given."""
        return str(self)
