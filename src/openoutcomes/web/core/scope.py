"""Every row belongs to a partnership, and every query says which: forgetting to fails.

Rows change only inside a command (:mod:`openoutcomes.web.core.commands`): saving from anywhere else
raises, so that no change escapes its permission check and its audit event.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

#: What may change rows now: the name of a command, or of a reason given to ``unguarded``.
_WRITING: ContextVar[str] = ContextVar("writing", default="")


class WroteOutsideCommandError(RuntimeError):
    """Something tried to change a row outside a command: a mistake in the code."""


@contextmanager
def writing(why: str) -> Iterator[None]:
    """Let rows be changed. For the ``command`` decorator, migrations of data and restores; say why."""
    token = _WRITING.set(why)
    try:
        yield
    finally:
        _WRITING.reset(token)


def _check(what: str) -> None:
    if not _WRITING.get():
        raise WroteOutsideCommandError(f"{what} outside a command: put it in a function marked @command")


class GuardedQuerySet(models.QuerySet[Any]):
    """A query set whose writing methods work inside commands alone."""

    def update(self, **kwargs: Any) -> int:
        """Change many rows, inside a command."""
        _check(f"{self.model.__name__} rows updated")
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete many rows, inside a command."""
        _check(f"{self.model.__name__} rows deleted")
        return super().delete()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Add many rows, inside a command."""
        _check(f"{self.model.__name__} rows added")
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Any, *args: Any, **kwargs: Any) -> int:
        """Change many rows, inside a command."""
        _check(f"{self.model.__name__} rows updated")
        return super().bulk_update(objs, *args, **kwargs)


_Manager = models.Manager.from_queryset(GuardedQuerySet)


class Guarded(models.Model):
    """A row that changes only inside a command."""

    objects = _Manager()

    class Meta:
        """Django's options."""

        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row; raises outside a command."""
        _check(f"{type(self).__name__} saved")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row; raises outside a command."""
        _check(f"{type(self).__name__} deleted")
        return super().delete(*args, **kwargs)


class Scoped(Guarded):
    """A row of one partnership. ``objects`` works inside a scope alone."""

    partnership = models.ForeignKey("partnerships.Partnership", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(_Manager, partnership="partnership")  # type: ignore[misc]

    class Meta:
        """Django's options."""

        abstract = True

    @classmethod
    def of(cls, partnership: Any) -> models.QuerySet[Self]:
        """Return the rows of one partnership, for code that runs without a request."""
        rows: models.QuerySet[Self] = cls.objects.with_scope(partnership=partnership).all()  # type: ignore[attr-defined]
        return rows


def user_key(**options: Any) -> models.ForeignKey:
    """Return the field for who did something: an account stays as long as what it did."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


class AppendOnlyError(RuntimeError):
    """Something tried to change or delete a row that is only ever added."""


class AppendOnlyQuerySet(GuardedQuerySet):
    """A query set of rows that are only ever added."""

    def update(self, **_kwargs: Any) -> int:
        """Raise: such rows are never changed."""
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed; add another")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raise: such rows stay."""
        raise AppendOnlyError(f"{self.model.__name__} rows are never deleted")

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> int:  # type: ignore[override]
        """Raise: such rows are never changed."""
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed; add another")


_AppendOnlyManager = models.Manager.from_queryset(AppendOnlyQuerySet)


class AppendOnly(Scoped):
    """A row that, once written, is never changed nor deleted."""

    objects = ScopedManager(_AppendOnlyManager, partnership="partnership")  # type: ignore[misc]

    class Meta:
        """Django's options."""

        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; raises when it was there already."""
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are never changed; add another")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raise: such rows stay."""
        raise AppendOnlyError(f"{type(self).__name__} rows are never deleted")
