"""The form that ties one thing to another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.ties.kinds import KINDS, Thing, things_of


def to_choose(
    access: Access, kinds: Iterable[str], without: Iterable[tuple[str, str]] = ()
) -> tuple[list[Any], dict[str, Thing]]:
    """Return things of some kinds as groups of choices, and each by its choice."""
    left_out = set(without)
    groups: list[Any] = []
    by_choice: dict[str, Thing] = {}
    for kind in kinds:
        found = {
            f"{kind}:{one.key}": one
            for one in things_of(access, kind, None)
            if (kind, one.key) not in left_out
        }
        if found:
            groups.append((KINDS[kind][2].capitalize(), [(key, one.title) for key, one in found.items()]))
        by_choice |= found
    return groups, by_choice


class TieForm(BaseForm):
    """Choose one thing of any kind."""

    other = forms.ChoiceField(label="What belongs with it?")

    def __init__(self, *args: Any, access: Access, without: set[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups, _ = to_choose(access, KINDS, without)
        self.is_empty = not groups
        field = self.fields["other"]
        field.choices = [("", "Choose"), *groups]  # type: ignore[attr-defined]
