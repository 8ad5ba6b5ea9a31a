"""The form that ties one thing to another."""

from __future__ import annotations

from typing import Any

from django import forms

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.ties.kinds import KINDS, things_of


class TieForm(BaseForm):
    """Choose one thing of any kind."""

    other = forms.ChoiceField(label="What belongs with it?")

    def __init__(self, *args: Any, access: Access, without: set[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = []
        for kind, (_, _, many) in KINDS.items():
            found = [
                (f"{kind}:{thing.key}", thing.title)
                for thing in things_of(access, kind, None)
                if (kind, thing.key) not in without
            ]
            if found:
                groups.append((many.capitalize(), found))
        self.is_empty = not groups
        field = self.fields["other"]
        field.choices = [("", "Choose"), *groups]  # type: ignore[attr-defined]
