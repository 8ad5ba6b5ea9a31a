"""Forms about outcomes and their evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from openoutcomes.web.core.forms import BaseForm, DateField, dress
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.outcomes.card import CardLine, evidence_of, in_words
from openoutcomes.web.outcomes.commands import Part
from openoutcomes.web.outcomes.files import ACCEPT
from openoutcomes.web.records.models import Record

#: The choice for a kind of evidence that is not listed; no kind can be called this.
OTHER = "*"
#: Other organisations whose part can be said in one form.
PARTS = 2


class OutcomesFilter(FilterForm):
    """What the list of outcomes is narrowed by."""

    show = forms.ChoiceField(
        label="Show",
        choices=[
            ("", "All"),
            ("evidence", "To be evidenced"),
            *Record.STATES,
            ("withdrawn", "Withdrawn"),
        ],
    )
    programme = forms.ChoiceField(label="Programme")
    contract = forms.ChoiceField(label="Contract")
    outcome = forms.ChoiceField(label="Outcome")
    since = DateField(label="Achieved from", help_text="")
    until = DateField(label="Achieved to", help_text="")


class FilesInput(forms.FileInput):
    """Several files, from the folder or the camera."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"multiple": True, "accept": ACCEPT})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return every file that was sent under the name."""
        del data
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class FilesField(forms.FileField):
    """Several uploaded files. What is in them is checked by ``files.checked_all``, not here."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files as a list, empty when none was chosen."""
        uploads = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not uploads and self.required:
            super().clean(None, initial)
        return list(uploads)


class OutcomeForm(BaseForm):
    """An outcome of the card: when, for how long, how many, and what shows it."""

    def __init__(
        self,
        *args: Any,
        line: CardLine,
        organisations: list[tuple[str, str]],
        record: Record | None = None,
        contributions: Sequence[Record] = (),
        **kwargs: Any,
    ) -> None:
        self.slots = slots_of(line, record)
        self.count = max(PARTS, len(contributions)) if organisations else 0
        if record is not None:
            kwargs["initial"] = {**_initial(record, self.slots, contributions), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.line = line
        fields = self.fields
        fields["achieved_on"] = DateField(
            label="When was it achieved?", may_be_future=False,
            help_text="Used to choose the price and to count from. For example, 27 3 2026",
        )  # fmt: skip
        fields["sustained_to"] = DateField(
            label="Last day it was known still to hold", required=False, may_be_future=False,
            help_text="Only where the terms ask that it lasts. For example, 27 6 2026",
        )  # fmt: skip
        if line.by_quantity:
            unit = f": {line.unit}" if line.unit else ""
            fields["quantity"] = forms.DecimalField(
                label=f"How many{unit}", min_value=Decimal(0), max_digits=12, decimal_places=4,
                help_text="The terms pay for each. Used to work out the price.",
            )  # fmt: skip
        for number, (kind, _) in enumerate(self.slots):
            fields[f"evidence_{number}"] = DateField(
                label=f"Date on the {in_words(kind)}", required=False, may_be_future=False,
                help_text="Leave it blank if you do not have it yet. You can add it later.",
            )  # fmt: skip
        fields["other_kind"] = forms.CharField(
            label="Other evidence", required=False, max_length=60,
            help_text="What it is, in a few words, such as payslip.",
        )  # fmt: skip
        fields["other_date"] = DateField(
            label="Date on the other evidence", required=False, may_be_future=False
        )
        for number in range(self.count):
            fields[f"part_org_{number}"] = forms.ChoiceField(
                label="Another organisation that had a part", required=False, choices=[("", "None"), *organisations],
                help_text="Shown beside the outcome, so that credit is shared.",
            )  # fmt: skip
            fields[f"part_{number}"] = forms.CharField(
                label="The part it played", required=False, max_length=200
            )
            fields[f"share_{number}"] = forms.DecimalField(
                label="Its share, if one is agreed", required=False, min_value=0, max_value=100,
                max_digits=5, decimal_places=2, help_text="In per cent.",
            )  # fmt: skip
        fields["note"] = forms.CharField(
            label="Anything the verifier should know", required=False, max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="The verifier reads this. They do not see the person's name, so leave names out.",
        )  # fmt: skip
        # Fields that were added above are dressed like the rest.
        for field in fields.values():
            dress(field)

    def first_fields(self) -> list[BoundField]:
        """Return the fields that nearly every outcome needs."""
        names = ["achieved_on", *(["sustained_to"] if self.line.lasts else []), "quantity"]
        names += [f"evidence_{number}" for number in range(len(self.slots))]
        return [self[name] for name in names if name in self.fields]

    def more_fields(self) -> list[tuple[str, list[BoundField], bool]]:
        """Return the other fields under their titles, and whether each group is open: where something is in it."""
        parts = [f"{name}_{number}" for number in range(self.count) for name in ("part_org", "part", "share")]
        groups = [
            ("Other evidence", ["other_kind", "other_date"]),
            ("It lasted", [] if self.line.lasts else ["sustained_to"]),
            ("Other organisations had a part", parts),
            ("Something the verifier should know", ["note"]),
        ]
        found = []
        for title, names in groups:
            fields = [self[name] for name in names]
            if fields:
                filled = any(
                    field.errors or field.value() not in (None, "", [None, None, None], ["", "", ""])
                    for field in fields
                )
                found.append((title, fields, filled))
        return found

    def clean(self) -> dict[str, Any]:
        """Hold the fields to each other."""
        values = super().clean() or {}
        if bool(values.get("other_kind")) != bool(values.get("other_date")):
            name = "other_date" if values.get("other_kind") else "other_kind"
            if name not in self.errors:
                self.add_error(name, "Give both what the evidence is and the date on it, or neither.")
        achieved, sustained = values.get("achieved_on"), values.get("sustained_to")
        if achieved and sustained and sustained < achieved:
            self.add_error("sustained_to", "This is before the day it was achieved. Check the two dates.")
        return values

    def pieces(self) -> list[tuple[str, dt.date]]:
        """Return the evidence that is held: kinds with the dates on them."""
        values = self.cleaned_data
        found = [(kind, values.get(f"evidence_{n}")) for n, (kind, _) in enumerate(self.slots)]
        if values.get("other_kind") and values.get("other_date"):
            found.append((values["other_kind"], values["other_date"]))
        return [(kind, day) for kind, day in found if day]

    def parts(self, organisations: dict[str, Any]) -> list[Part]:
        """Return the parts that other organisations played; ``organisations`` are those that may be named."""
        values = self.cleaned_data
        found = []
        for number in range(self.count):
            organisation = organisations.get(values.get(f"part_org_{number}") or "")
            if organisation is not None:
                share = values.get(f"share_{number}")
                found.append(
                    Part(
                        organisation,
                        values.get(f"part_{number}") or "",
                        None if share is None else share / 100,
                    )
                )
        return found

    def asked(self) -> dict[str, Any]:
        """Return what the command takes, apart from evidence and parts."""
        values = self.cleaned_data
        return {
            "achieved_on": values["achieved_on"],
            "sustained_to": values.get("sustained_to"),
            "quantity": values.get("quantity"),
            "note": values.get("note") or "",
        }


def slots_of(line: CardLine, record: Record | None) -> list[tuple[str, dt.date | None]]:
    """Return the places for evidence in a form: what the record names, then each kind that it does not."""
    pieces = evidence_of(record) if record is not None else []
    named = {kind for kind, _ in pieces}
    return [*pieces, *((kind, None) for kind in line.kinds if kind not in named)]


def _initial(
    record: Record, slots: Sequence[tuple[str, dt.date | None]], contributions: Sequence[Record]
) -> dict[str, Any]:
    """Return what a form is opened with to change a record."""
    found: dict[str, Any] = {
        name: record.values.get(name) for name in ("achieved_on", "sustained_to", "quantity", "note")
    }
    found |= {f"evidence_{number}": day for number, (_, day) in enumerate(slots)}
    for number, part in enumerate(contributions):
        share = part.values.get("share")
        found |= {
            f"part_org_{number}": part.values["organisation_id"],
            f"part_{number}": part.values.get("part", ""),
            f"share_{number}": Decimal(share) * 100 if share else None,
        }
    return found


class EvidenceForm(BaseForm):
    """Files of one kind, with the date on them."""

    kind = forms.ChoiceField(label="What is it?", widget=forms.RadioSelect)
    other_kind = forms.CharField(label="Something else: what is it?", required=False, max_length=60)
    dated_on = DateField(
        label="Date on it", may_be_future=False,
        help_text="The verifier and the terms go by this. For example, 27 3 2026",
    )  # fmt: skip
    photograph = FilesField(
        label="Photograph it",
        required=False,
        help_text="Opens the camera on a telephone. Where a photograph was taken is never kept.",
    )
    chosen = FilesField(
        label="Or choose files", required=False, help_text="PDF, JPEG or PNG. Several at once if you need to.",
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: list[str], missing: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["kind"]
        chosen.choices = [
            (kind, f"{in_words(kind).capitalize()}{' (still needed)' if kind in missing else ''}")
            for kind in kinds
        ] + [(OTHER, "Something else")]
        self.fields["photograph"].widget.attrs["capture"] = "environment"
        if not self.is_bound and missing:
            self.initial.setdefault("kind", missing[0])

    def clean(self) -> dict[str, Any]:
        """Ask for what it is, and for at least one file."""
        values = super().clean() or {}
        if values.get("kind") == OTHER and not values.get("other_kind"):
            self.add_error("other_kind", "Write what it is, in a few words.")
        if not values.get("chosen") and not values.get("photograph") and not self.errors:
            self.add_error("photograph", "Photograph it, or choose a file.")
        return values

    def what(self) -> str:
        """Return the kind of evidence."""
        kind = self.cleaned_data["kind"]
        return str(self.cleaned_data["other_kind"] if kind == OTHER else kind)

    def uploads(self) -> list[Any]:
        """Return the files, from the camera and from the folder."""
        return [*self.cleaned_data.get("photograph", []), *self.cleaned_data.get("chosen", [])]


class ReasonForm(BaseForm):
    """A reason that is kept."""

    reason = forms.CharField(
        label="Why?", max_length=1000, widget=forms.Textarea,
        help_text="Kept with the record, and read by verifiers and payers.",
    )  # fmt: skip
