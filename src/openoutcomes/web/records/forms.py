"""Forms of what is recorded about a person. Fields come from the standard's declarations.

The common answers are one tap: today, half an hour, in two weeks. Whatever is rarer is under "More".
Nothing is required but the words or the kind of the thing itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from openoutcomes.standard.tables import TABLES
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.forms import BaseForm, DateField, code_choices, declared, dress, field_for
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.records import choices
from openoutcomes.web.records.models import Record

_MINUTES = [
    ("15", "15 minutes"),
    ("30", "30 minutes"),
    ("60", "1 hour"),
    ("90", "1½ hours"),
    ("other", "Other"),
]
_NEXT = [
    ("", "No change"),
    ("7", "In a week"),
    ("14", "In 2 weeks"),
    ("28", "In 4 weeks"),
    ("other", "Another day"),
]
_REVIEW = [("28", "In 4 weeks"), ("91", "In 3 months"), ("", "Not planned"), ("other", "Another day")]


@dataclass(frozen=True)
class Row:
    """A field as it is laid out: with the field that one of its choices opens."""

    field: BoundField
    inner: BoundField | None = None
    inner_for: str = ""


class RecordForm(BaseForm):
    """A form about one person, on a day, perhaps in one of several programmes."""

    #: Field to the choice that opens another, and that other.
    reveals: ClassVar[dict[str, tuple[str, str]]] = {"when": ("other", "day")}
    #: Fields that are rarely needed.
    more: ClassVar[tuple[str, ...]] = ()
    when = forms.ChoiceField(
        label="When",
        choices=[("today", "Today"), ("yesterday", "Yesterday"), ("other", "Another day")],
        initial="today",
        widget=forms.RadioSelect(attrs={"small": True, "inline": True}),
    )
    day = DateField(label="Day", required=False, may_be_future=False)

    def __init__(self, *args: Any, enrolments: Sequence[Enrolment] = (), **kwargs: Any) -> None:
        self.enrolments = list(enrolments)
        super().__init__(*args, **kwargs)
        self.choose()
        if len(self.enrolments) > 1:
            self.fields["enrolment"] = forms.ChoiceField(
                label="Which programme",
                choices=[(each.enrolment_id, str(each.programme)) for each in self.enrolments],
                initial=self.enrolments[0].enrolment_id,
                widget=forms.RadioSelect(attrs={"small": True}),
                help_text="So that it counts where it belongs.",
            )
            self.fields["enrolment"].widget.template_name = "core/widgets/radios.html"

    def choose(self) -> None:
        """Fill in choices that depend on the programmes."""

    def enrolment(self) -> Enrolment | None:
        """Return the enrolment meant; None where the person is in no programme."""
        asked = self.cleaned_data.get("enrolment")
        return next((each for each in self.enrolments if not asked or each.enrolment_id == asked), None)

    def clean(self) -> dict[str, Any]:
        """Work out the days and amounts that choices stand for."""
        cleaned = super().clean() or self.cleaned_data
        for name, (value, inner) in self.reveals.items():
            if name not in self.fields or name in self.errors or inner in self.errors:
                continue
            given, chosen = cleaned.get(inner), cleaned.get(name) == value
            label = str(self.fields[inner].label).lower()
            if chosen and given is None:
                self.add_error(inner, f"Give the {label}.")
            elif given is not None and not chosen:
                self.add_error(name, f"You gave the {label} as well. Choose the last answer, or clear it.")
        if "when" in self.fields:
            ago = {"today": 0, "yesterday": 1}.get(cleaned.get("when") or "")
            cleaned["on"] = cleaned.get("day") if ago is None else today() - dt.timedelta(days=ago)
        return cleaned

    def rows(self) -> list[Row]:
        """Return the fields in order, without those under More and those inside others."""
        inner = {name for _, name in self.reveals.values()}
        return [self._row(name) for name in self.order() if name not in inner and name not in self.more]

    def more_rows(self) -> list[Row]:
        """Return the fields under More."""
        return [self._row(name) for name in self.more if name in self.fields]

    def order(self) -> list[str]:
        """Return the names of the visible fields in the order shown: own ones first, then the day."""
        common = ("enrolment", "when", "day")
        own = [name for name in self.fields if name not in common and not self[name].is_hidden]
        return [*own, *(name for name in common if name in self.fields)]

    def more_is_open(self) -> bool:
        """Say whether something under More is wrong, so that it must be seen."""
        return any(name in self.errors for name in self.more)

    def _row(self, name: str) -> Row:
        value, inner = self.reveals.get(name, ("", ""))
        return Row(self[name], self[inner] if inner in self.fields else None, value)

    def ahead(self, name: str, inner: str) -> dt.date | None:
        """Return the day that a choice of days ahead stands for."""
        asked = self.cleaned_data.get(name)
        if asked == "other":
            return self.cleaned_data.get(inner)
        return today() + dt.timedelta(days=int(asked)) if asked else None

    def values(self) -> dict[str, Any]:
        """Return the values of the standard's row."""
        raise NotImplementedError


class PlannedForm(RecordForm):
    """A form that may also plan the next contact."""

    reveals: ClassVar = {**RecordForm.reveals, "next_in": ("other", "next_on")}
    next_in = forms.ChoiceField(
        label="Next contact",
        choices=_NEXT,
        required=False,
        widget=forms.RadioSelect(attrs={"small": True, "inline": True}),
        help_text="It is on your list when it is due.",
    )
    next_on = DateField(label="Day of the next contact", required=False)

    def choose(self) -> None:
        """Leave the next contact out where there is no programme that it could be planned in."""
        if not self.enrolments:
            del self.fields["next_in"], self.fields["next_on"]

    def order(self) -> list[str]:
        """Return the fields with the day before the next contact, as they happen."""
        names = [name for name in super().order() if name not in ("next_in", "next_on")]
        return [*names, *(name for name in ("next_in", "next_on") if name in self.fields)]

    def clean(self) -> dict[str, Any]:
        """Hold the next contact to days to come."""
        cleaned = super().clean()
        planned = self.ahead("next_in", "next_on") if "next_in" in self.fields else None
        if planned is not None and planned < today():
            self.add_error("next_on", "The next contact must be today or later.")
        cleaned["planned"] = planned
        return cleaned


class SupportForm(PlannedForm):
    """Support given."""

    reveals: ClassVar = {**PlannedForm.reveals, "minutes": ("other", "hours")}
    more: ClassVar = ("attended",)
    minutes = forms.ChoiceField(
        label="How long",
        choices=_MINUTES,
        required=False,
        widget=forms.RadioSelect(attrs={"small": True, "inline": True}),
    )
    hours = field_for(
        "activities", "hours", label="Time in hours", help_text="For example, 2.5", required=False
    )
    kind = field_for("activities", "kind", label="What kind", help_text="")
    note = field_for(
        "activities",
        "note",
        label="What happened",
        long=True,
        help_text="In a few words, for whoever helps next.",
    )
    attended = forms.ChoiceField(
        label="Was the person there",
        choices=code_choices("attendance"),
        initial="attended",
        required=False,
        widget=forms.RadioSelect(attrs={"small": True}),
    )

    def values(self) -> dict[str, Any]:
        """Return the row of activities."""
        asked = self.cleaned_data
        minutes = asked["minutes"]
        hours = asked["hours"] if minutes == "other" else Decimal(minutes) / 60 if minutes else None
        return {
            "kind": asked["kind"], "started_on": asked["on"], "hours": hours, "note": asked["note"],
            "attended": asked["attended"] or "attended", "group_session": False,
        }  # fmt: skip


#: Short enough to see the button on a phone; it grows with a corner to pull.
SupportForm.base_fields["note"].widget.attrs["rows"] = 3


class StrengthForm(RecordForm):
    """Something the person has, can do or cares about."""

    more: ClassVar = ("used", "says")
    words = field_for(
        "strengths", "words", label="In their words", long=True, required=True,
        help_text="Everybody who helps sees it first. For example, I keep a garden going.",
    )  # fmt: skip
    domain = field_for("strengths", "domain", label="Where it lies", help_text="")
    used = field_for("strengths", "used", label="How it is being used")
    says = field_for("strengths", "says", label="Who says so", initial="the person")

    def values(self) -> dict[str, Any]:
        """Return the row of strengths."""
        asked = self.cleaned_data
        names = ("words", "domain", "used", "says")
        return {**{name: asked[name] for name in names}, "noted_on": asked["on"]}


class GoalForm(RecordForm):
    """What matters to the person."""

    reveals: ClassVar = {**RecordForm.reveals, "review_in": ("other", "review_on")}
    words = field_for(
        "goals", "words", label="What matters to them, in their words", long=True, required=True,
        help_text="Support follows it. For example, a front door that I can lock.",
    )  # fmt: skip
    domain = field_for("goals", "domain", label="What it is about", help_text="")
    review_in = forms.ChoiceField(
        label="Look at it again",
        choices=_REVIEW,
        initial="28",
        required=False,
        widget=forms.RadioSelect(attrs={"small": True, "inline": True}),
    )
    review_on = DateField(label="Day to look at it again", required=False)

    def values(self) -> dict[str, Any]:
        """Return the row of goals."""
        asked = self.cleaned_data
        return {
            "words": asked["words"], "domain": asked["domain"], "set_on": asked["on"],
            "review_on": self.ahead("review_in", "review_on"),
        }  # fmt: skip


class ReviewForm(RecordForm):
    """How near a goal is, as the person sees it."""

    reveals: ClassVar = GoalForm.reveals
    rating = forms.TypedChoiceField(
        label="How near are they, in their own view?",
        choices=[(number, str(number)) for number in range(11)],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect(attrs={"small": True, "inline": True}),
        help_text="0 is not at all, 10 is reached.",
    )
    review_in = forms.ChoiceField(
        label="Look at it again",
        choices=_REVIEW,
        initial="28",
        required=False,
        widget=forms.RadioSelect(attrs={"small": True, "inline": True}),
    )
    review_on = DateField(label="Day to look at it again", required=False)

    version = forms.IntegerField(widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """Return what changes of the goal."""
        asked = self.cleaned_data
        return {
            "rating": asked["rating"], "reviewed_on": asked["on"],
            "review_on": self.ahead("review_in", "review_on"),
        }  # fmt: skip


class NeedForm(RecordForm):
    """A need. It is never required in order to help."""

    more: ClassVar = ("cause",)
    category = forms.ChoiceField(
        label="What it concerns", help_text="Used to see what people in this place need."
    )
    intensity = forms.TypedChoiceField(
        label="How strong, as they see it",
        choices=[("", "Not asked"), *((number, str(number)) for number in range(11))],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="0 is none, 10 is the strongest.",
    )
    cause = field_for("needs", "cause", label="Why it presents now", help_text="")

    def __init__(self, *args: Any, categories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return the row of needs."""
        asked = self.cleaned_data
        names = ("category", "intensity", "cause")
        return {**{name: asked[name] for name in names}, "presented_on": asked["on"]}


class NeedMetForm(RecordForm):
    """That a need was met, and how well."""

    satisfaction = forms.TypedChoiceField(
        label="How well was it met, in their view?",
        choices=[("", "Not asked"), *((number, str(number)) for number in range(11))],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="0 is not at all, 10 is wholly.",
    )

    version = forms.IntegerField(widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """Return what changes of the need."""
        return {"met_on": self.cleaned_data["on"], "satisfaction": self.cleaned_data["satisfaction"]}


class EventForm(RecordForm):
    """Something that happened and bears on support or on a rule of a contract."""

    kind = forms.ChoiceField(
        label="What happened", help_text="Rules of contracts look at it, and so does whoever helps."
    )
    detail = field_for("events", "detail", label="Anything that helps a reader", long=True, help_text="")

    def choose(self) -> None:
        """Offer the events that the person's contracts look at first."""
        self.fields["kind"].choices = choices.events(self.enrolments)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return the row of events."""
        asked = self.cleaned_data
        return {"kind": asked["kind"], "occurred_on": asked["on"], "detail": asked["detail"]}


class FeedbackForm(RecordForm):
    """What the person said when asked, or came forward to say."""

    more: ClassVar = ("asked",)
    question = forms.ChoiceField(label="The question")
    yes_no = forms.ChoiceField(
        label="Their answer",
        choices=[*choices.ANSWERS.items()],
        required=False,
        widget=forms.RadioSelect(attrs={"small": True, "inline": True}),
    )
    answer = forms.CharField(
        label="In their words", required=False, widget=forms.Textarea, max_length=8000,
        help_text="Instead, or when the question cannot be answered with yes or no.",
    )  # fmt: skip
    asked = forms.ChoiceField(
        label="Was it asked for?", choices=code_choices("asked"), initial="invited", required=False,
        widget=forms.RadioSelect(attrs={"small": True}),
    )  # fmt: skip

    def choose(self) -> None:
        """Offer the questions that contracts name as well."""
        self.fields["question"].choices = choices.questions(self.enrolments)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for an answer in one way or the other."""
        cleaned = super().clean()
        if not cleaned.get("yes_no") and not cleaned.get("answer"):
            self.add_error("yes_no", "Give their answer, or what they said.")
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the row of feedback: words alone, the answer alone, or the answer and then the words."""
        asked = self.cleaned_data
        said = [choices.ANSWERS[asked["yes_no"]].lower()] if asked["yes_no"] else []
        said += [asked["answer"]] if asked["answer"] else []
        return {
            "question": asked["question"], "answer": ": ".join(said), "answered_on": asked["on"],
            "asked": asked["asked"] or "invited", "independent": False,
            "standing": "engaged" if self.enrolments else None,
        }  # fmt: skip


class ContactForm(PlannedForm):
    """That the person got in touch, or was got in touch with: a demand, and what it was for."""

    more: ClassVar = ("demand", "waited_days")
    asked = field_for(
        "contacts",
        "asked",
        label="What they asked, in their words",
        long=True,
        help_text="Used to see what people want, and what keeps bringing them back.",
        required=True,
    )
    needed = field_for("contacts", "needed", label="What turned out to be needed", help_text="")
    resolved_first_time = field_for(
        "contacts", "resolved_first_time", label="It was settled there and then", help_text=""
    )
    demand = field_for(
        "contacts",
        "demand",
        label="What kind of demand",
        help_text="Failure demand comes from something not done, or not done right, before.",
    )
    waited_days = field_for("contacts", "waited_days", label="Days until it was settled", help_text="")

    def values(self) -> dict[str, Any]:
        """Return the row of contacts."""
        asked = self.cleaned_data
        names = ("asked", "needed", "resolved_first_time", "demand", "waited_days")
        return {**{name: asked[name] for name in names}, "made_on": asked["on"]}


#: The fields of each table that its change form has, in order.
CHANGEABLE: dict[str, tuple[str, ...]] = {
    "strengths": ("words", "domain", "used", "says", "noted_on"),
    "goals": ("words", "domain", "set_on", "review_on", "reviewed_on", "rating"),
    "needs": ("category", "intensity", "cause", "presented_on", "met_on", "satisfaction"),
    "activities": ("kind", "started_on", "hours", "attended", "note"),
    "events": ("kind", "occurred_on", "detail"),
    "feedback": ("question", "answer", "answered_on", "asked", "standing"),
    "contacts": ("asked", "needed", "demand", "resolved_first_time", "waited_days", "made_on"),
    "measures": ("taken_on", "how", "score"),
}
_LONG = frozenset({"words", "note", "detail", "answer", "asked", "needed"})


class ChangeForm(BaseForm):
    """A new version of a record: the same fields, as the standard declares them."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, record: Record, **kwargs: Any) -> None:
        self.record = record
        kwargs["initial"] = {
            **{name: record.values.get(name) for name in CHANGEABLE[record.table]},
            "version": record.version,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        for name in self.names():
            self.fields[name] = self._field(name)

    def names(self) -> tuple[str, ...]:
        """Return the fields that may be changed: a score only where no answers give it."""
        names = CHANGEABLE[self.record.table]
        scored = self.record.values.get("items")
        return tuple(name for name in names if not (name == "score" and scored))

    def _field(self, name: str) -> forms.Field:
        of = declared(self.record.table, name)
        long = of.type == "text" and name in _LONG
        field = field_for(self.record.table, name, long=long, help_text="" if of.type != "date" else None)
        field.help_text = "For example, 27 3 2026" if of.type == "date" else of.meaning
        dress(field)
        if of.type == "boolean":
            self.initial[name] = self.record.values.get(name) == "true"
        return field

    def values(self) -> dict[str, Any]:
        """Return the whole row as it should be: what was there, with what this form says."""
        kept = {
            name: value
            for name, value in self.record.values.items()
            if name in TABLES[self.record.table].by_name and name not in self.names()
        }
        return {**kept, **{name: self.cleaned_data[name] for name in self.names()}}


def sent_again(form: forms.Form, **changes: object) -> None:
    """Show a form as it was sent, with other values for hidden fields, so that sending it again is meant."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    for name, value in changes.items():
        data[name] = str(value)
    form.data = data


class RestoreForm(BaseForm):
    """That a withdrawal is undone, of the version that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class PlanForm(BaseForm):
    """The day of the next contact; blank plans none."""

    next_on = DateField(label="Next contact", required=False, help_text="Leave it blank to plan none.")


class WithdrawForm(BaseForm):
    """Why a record is withdrawn."""

    REASONS: ClassVar = [
        ("mistake", "It is not true"),
        ("wrong_person", "It is about somebody else"),
        ("twice", "It is recorded twice"),
        ("asked", "The person asked for it"),
        ("other", "Another reason"),
    ]
    reason = forms.ChoiceField(
        label="Why", choices=REASONS, widget=forms.RadioSelect,
        help_text="Kept in the audit trail, for whoever looks at a claim or a figure later.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)
