"""Forms of meetings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from openoutcomes.web.contracts.models import Contract, Party
from openoutcomes.web.contracts.queries import contracts_for
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.forms import BaseForm, DateField
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.meetings.cadence import EVERY, NTH, WEEKDAYS
from openoutcomes.web.meetings.kinds import HEADINGS, KINDS, order_of
from openoutcomes.web.meetings.minuting import Agreed, Decided
from openoutcomes.web.meetings.models import Attendee, Meeting, Series, seat_words
from openoutcomes.web.partnerships.models import Membership, Organisation

_NOBODY = "Do not name anybody who is supported."
_CHOOSE = [("", "Choose one")]


def _whole(value: Any) -> int | None:
    return int(value) if value not in ("", None) else None


def _time(**kwargs: Any) -> forms.TimeField:
    return forms.TimeField(
        label="Time",
        required=False,
        widget=forms.TimeInput(
            attrs={"class": "govuk-input govuk-input--width-5", "inputmode": "numeric"}, format="%H:%M"
        ),
        input_formats=["%H:%M", "%H.%M", "%H%M"],
        help_text="For example, 09:30",
        error_messages={"invalid": "Write the time as hours and minutes, like 09:30."},
        **kwargs,
    )


def choice_of_seat(seat: Membership) -> str:
    """Return a seat as it is chosen from: a person supported by their id, so that the right one is invited."""
    if seat.role == "person" and seat.person is not None:
        return f"A person supported ({seat.person.person_id})"
    return seat_words(seat)


class SeriesForm(BaseForm):
    """What a series is called, when and where its meetings are."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label="What is it called?", max_length=120, help_text="Those invited know it by this name.",
        error_messages={"required": "Write what the meeting is called."},
    )  # fmt: skip
    whose = forms.ChoiceField(
        label="Whose meeting is it?", widget=forms.RadioSelect,
        help_text="It decides who can read agendas and minutes.",
        error_messages={"required": "Choose whose meeting it is."},
    )  # fmt: skip
    every = forms.ChoiceField(
        label="How often?", choices=list(EVERY.items()), help_text="The next days are proposed from this."
    )
    weekday = forms.ChoiceField(
        label="Day of the week", required=False, choices=[*_CHOOSE, *((str(n), day) for n, day in enumerate(WEEKDAYS))],
        help_text="Unless it is each working day, or once.",
    )  # fmt: skip
    nth = forms.ChoiceField(
        label="Which of the month?", required=False, choices=[*_CHOOSE, *((str(n), which.capitalize()) for n, which in NTH.items())],
        help_text="For meetings each month or quarter.",
    )  # fmt: skip
    month = forms.ChoiceField(
        label="Which month of the quarter?", required=False, choices=[*_CHOOSE, ("1", "First"), ("2", "Second"), ("3", "Third")],
        help_text="For meetings each quarter.",
    )  # fmt: skip
    at = _time()
    minutes = forms.IntegerField(
        label="How many minutes?", help_text="Those invited plan by it.",
        error_messages={"required": "Write how many minutes it takes, such as 60."},
    )  # fmt: skip
    place = forms.CharField(label="Where?", max_length=200, required=False)
    link = forms.URLField(
        label="Link to join by", max_length=300, required=False, assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "govuk-input"}),
        error_messages={"invalid": "Write the whole address, beginning with https://"},
    )  # fmt: skip

    def __init__(
        self, *args: Any, access: Access, series: Series | None = None, kind: str, **kwargs: Any
    ) -> None:
        if series is not None:
            kwargs["initial"] = {
                name: getattr(series, name) for name in ("revision", "name", "every", "weekday", "nth", "month", "at", "minutes", "place", "link")
            }  # fmt: skip
        else:
            of = KINDS[kind]
            kwargs["initial"] = {"name": of.name, "every": of.every, "minutes": of.minutes}
        super().__init__(*args, **kwargs)
        if series is not None:
            del self.fields["whose"]
            return
        self.organisations, self.contracts = _whose(access)
        choices = [("all", "The whole partnership: everybody who works here can read it")] * (
            "coordinator" in access.roles()
        )
        choices += [
            (f"o{o.pk}", f"{o}: only those who work there, and who is invited") for o in self.organisations
        ]
        choices += [(f"c{c.pk}", f"The parties to {c}, and the coordinator") for c in self.contracts]
        self.fields["whose"].choices = choices  # type: ignore[attr-defined]
        usual = {"organisation": "o", "contract": "c", "partnership": "a"}[KINDS[kind].whose]
        fitting = [value for value, _ in choices if value.startswith(usual)]
        if fitting or len(choices) == 1:
            self.initial["whose"] = (fitting or [choices[0][0]])[0]

    def values(self) -> dict[str, Any]:
        """Return what the series says of itself."""
        given = self.cleaned_data
        found = {name: given[name] for name in ("name", "every", "at", "minutes", "place", "link")}
        return {**found, **{name: _whole(given[name]) for name in ("weekday", "nth", "month")}}

    def belongs_to(self) -> dict[str, Any]:
        """Return the organisation or contract that the series is of."""
        chosen = self.cleaned_data["whose"]
        for organisation in self.organisations:
            if chosen == f"o{organisation.pk}":
                return {"organisation": organisation}
        for contract in self.contracts:
            if chosen == f"c{contract.pk}":
                return {"contract": contract}
        return {}


def _whose(access: Access) -> tuple[list[Organisation], list[Contract]]:
    """Return the organisations and contracts that a seat may set up meetings for."""
    organisations = [
        one for one in access.organisations() if one.pk in access.organisation_ids("meetings.run")
    ]
    contracts = contracts_for(access, "contracts.view").filter(is_closed=False)
    if "coordinator" not in access.roles():
        own = [
            m.organisation_id for m in access.memberships if m.role in ("provider_manager", "commissioner")
        ]
        parties = Party.of(access.partnership).filter(organisation__in=own)
        contracts = contracts.filter(pk__in=parties.values("contract"))
    return organisations, list(contracts.order_by("name"))


class SeatsForm(BaseForm):
    """Who is invited, and who chairs."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seats = forms.MultipleChoiceField(
        label="Who is invited?", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="They find the meeting on their home page. People supported are shown by their id alone, and by no name in the minutes.",
    )  # fmt: skip
    chair = forms.ChoiceField(
        label="Who chairs?", required=False,
        help_text="The chair may open closed minutes again for a day. Without one, whoever runs the meeting may.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, allowed: Iterable[Membership], with_chair: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.allowed = {str(seat.pk): seat for seat in allowed}
        self.fields["seats"].choices = [(key, choice_of_seat(seat)) for key, seat in self.allowed.items()]  # type: ignore[attr-defined]
        if with_chair:
            chairs = [(key, seat_words(seat)) for key, seat in self.allowed.items() if seat.role != "person"]
            self.fields["chair"].choices = [("", "Nobody yet"), *chairs]  # type: ignore[attr-defined]
        else:
            del self.fields["chair"]

    def chosen(self) -> list[Membership]:
        """Return the seats that were ticked."""
        return [self.allowed[key] for key in self.cleaned_data["seats"]]

    def chosen_chair(self) -> Membership | None:
        """Return the seat that chairs."""
        return self.allowed.get(self.cleaned_data.get("chair", ""))


class MeetingForm(BaseForm):
    """When and where one meeting is."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    on = DateField(
        label="Day", help_text="Those invited see it. For example, 27 3 2026",
        error_messages={"required": "Write the day of the meeting."},
    )  # fmt: skip
    at = _time()
    minutes = forms.IntegerField(
        label="How many minutes?", help_text="Those invited plan by it.",
        error_messages={"required": "Write how many minutes it takes, such as 60."},
    )  # fmt: skip
    place = forms.CharField(label="Where?", max_length=200, required=False)
    link = forms.URLField(
        label="Link to join by", max_length=300, required=False, assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "govuk-input"}),
        error_messages={"invalid": "Write the whole address, beginning with https://"},
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """Return what the meeting is to be."""
        return {name: self.cleaned_data[name] for name in ("on", "at", "minutes", "place", "link")}


class WhyForm(BaseForm):
    """Why something is as it is: one line."""

    why = forms.CharField(
        label="Why?", max_length=300,
        error_messages={"required": "Write why in a few words."},
    )  # fmt: skip

    def __init__(self, *args: Any, says: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].help_text = f"{says} {_NOBODY}".strip()


class ItemForm(BaseForm):
    """Something to put on an agenda by hand."""

    heading = forms.ChoiceField(label="Under which heading?", help_text="It is read under this heading.")
    words = forms.CharField(
        label="What is it about?", max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"In a line; everybody invited reads it. {_NOBODY}",
        error_messages={"required": "Write what it is about in a line."},
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = order_of(kind)
        choices = sorted(HEADINGS.items(), key=lambda one: order[one[0]])
        self.fields["heading"].choices = choices  # type: ignore[attr-defined]
        self.initial.setdefault("heading", "other")


class ActionPart(BaseForm):
    """The part of a form that agrees an action; nothing of it is needed where there is none."""

    action = forms.CharField(
        label="What will be done?", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"Leave it empty where nothing is agreed. {_NOBODY}",
    )  # fmt: skip
    owner = forms.ChoiceField(
        label="Who will do it?", required=False, help_text="They see it on their home page."
    )
    due = DateField(label="By when?", required=False, help_text="They are reminded by this day.")

    def __init__(self, *args: Any, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "Choose who"), *owners]  # type: ignore[attr-defined]

    def agreed(self) -> Agreed | None:
        """Return the action, or nothing where none was written."""
        given = self.cleaned_data
        if not (given.get("action") or given.get("owner") or given.get("due")):
            return None
        return Agreed(given.get("action") or "", given.get("owner") or "", given.get("due"))


class MinuteForm(ActionPart):
    """What was said on a line of the agenda, what was decided, what will be done."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    notes = forms.CharField(
        label="What was said", required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"Short: those who were not there read it. {_NOBODY}",
    )  # fmt: skip
    decision = forms.CharField(
        label="What was decided?", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Leave it empty where nothing was decided.",
    )  # fmt: skip
    reason = forms.CharField(
        label="Why?", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed with a decision: it is what others look for later.",
    )  # fmt: skip
    decided_by = forms.CharField(
        label="Who decided?", required=False, max_length=200,
        help_text="By role: for example, the meeting, or the commissioner.",
    )  # fmt: skip
    field_order = ("notes", "decision", "reason", "decided_by", "action", "owner", "due")

    def decided(self) -> Decided | None:
        """Return the decision, or nothing where none was written."""
        given = self.cleaned_data
        if not (given["decision"] or given["reason"]):
            return None
        return Decided(given["decision"], given["reason"], given["decided_by"])


class HuddleForm(ActionPart):
    """A huddle on one screen of a phone."""

    away = forms.MultipleChoiceField(
        label="Who is away?", required=False, widget=forms.CheckboxSelectMultiple
    )
    worries = forms.CharField(
        label="What worries us?", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"Also in the line below: {_NOBODY[0].lower()}{_NOBODY[1:]}",
    )  # fmt: skip
    summary = forms.CharField(
        label="Today in a line", max_length=500, widget=forms.Textarea(attrs={"rows": 2}), required=False,
        help_text="Those who were away read it.",
    )  # fmt: skip
    field_order = ("away", "worries", "summary", "action", "owner", "due")

    def __init__(self, *args: Any, team: Iterable[Attendee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.seat_id), str(one.seat.user)) for one in team]
        self.fields["away"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["away"]

    def gone(self) -> list[int]:
        """Return the primary keys of the seats that are away."""
        return [int(key) for key in self.cleaned_data.get("away", [])]


class AttendForm(BaseForm):
    """Who was there."""

    others = forms.CharField(
        label="Who else was there?", required=False, max_length=300,
        help_text=f"By what they are: two young people, the housing officer. {_NOBODY}",
    )  # fmt: skip

    def __init__(
        self, *args: Any, attendees: Iterable[Attendee], allowed: Iterable[Membership], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known = list(attendees)
        invited = {one.seat_id for one in self.known}
        for one in self.known:
            self.fields[f"seat-{one.seat_id}"] = forms.ChoiceField(
                label=one.words, choices=[choice for choice in Attendee.STATES if choice[0] != "invited"],
                widget=forms.RadioSelect, required=False,
                initial="there" if one.state == "invited" else one.state,
            )  # fmt: skip
        rest = [(str(seat.pk), choice_of_seat(seat)) for seat in allowed if seat.pk not in invited]
        self.fields["came"] = forms.MultipleChoiceField(
            label="Who came without being invited?",
            required=False,
            choices=rest,
            widget=forms.CheckboxSelectMultiple,
        )
        if not rest:
            del self.fields["came"]
        self.order_fields([*(f"seat-{one.seat_id}" for one in self.known), "came", "others"])

    def there(self) -> dict[int, str]:
        """Return each seat's way of attending."""
        given = self.cleaned_data
        found = {one.seat_id: given.get(f"seat-{one.seat_id}") or one.state for one in self.known}
        return {**found, **{int(key): "there" for key in given.get("came", [])}}


class CloseForm(BaseForm):
    """The whole meeting in a line."""

    summary = forms.CharField(
        label="The meeting in a line", max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"Those who were not there read this first. {_NOBODY}",
        error_messages={"required": "Write it in a line: those who were not there read that first."},
    )  # fmt: skip


class CorrectionForm(BaseForm):
    """What minutes should say, and how that came to light."""

    words = forms.CharField(
        label="What should the minutes say?", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"It is shown beside the minutes, which stay as they are. {_NOBODY}",
        error_messages={"required": "Write what the minutes should say."},
    )  # fmt: skip
    why = forms.CharField(
        label="How did it come to light?", max_length=500, help_text="Readers and auditors use this.",
        error_messages={"required": "Write how it came to light."},
    )  # fmt: skip


class SettleForm(BaseForm):
    """What became of an action."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(
        label="Why?", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, label: str, says: str, is_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["why"]
        field.label, field.help_text, field.required = label, f"{says} {_NOBODY}", is_needed
        field.error_messages["required"] = "Write why: the next meeting reads it."


class MoveForm(SettleForm):
    """A later day for an action."""

    due = DateField(
        label="New day", help_text="Whoever waits for it plans by this. For example, 27 3 2026",
        error_messages={"required": "Write the new day."},
    )  # fmt: skip
    field_order = ("due", "why")


class PassForm(SettleForm):
    """Somebody else for an action."""

    owner = forms.ChoiceField(
        label="Who will do it?", help_text="They see it on their home page.",
        error_messages={"required": "Choose who will do it."},
    )  # fmt: skip
    field_order = ("owner", "why")

    def __init__(self, *args: Any, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "Choose who"), *owners]  # type: ignore[attr-defined]


class PracticeForm(BaseForm):
    """What a project does differently."""

    words = forms.CharField(
        label="What do you do differently?", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Other projects read it to learn from you: what you do, for whom, and since when. Do not name anybody.",
        error_messages={"required": "Write what you do differently, in a few lines."},
    )  # fmt: skip


class MeetingFilter(FilterForm):
    """What a list of meetings is narrowed by."""

    kind = forms.ChoiceField(
        label="Kind", choices=[("", "All"), *((key, kind.name) for key, kind in KINDS.items())]
    )
    state = forms.ChoiceField(label="State", choices=[("", "All"), *Meeting.STATES])
    series = forms.ChoiceField(label="Series")

    def __init__(self, *args: Any, series: Iterable[Series], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"].choices = [("", "All"), *((one.series_id, one.name) for one in series)]  # type: ignore[attr-defined]


class DecisionFilter(FilterForm):
    """What the register of decisions is narrowed by."""

    words = forms.CharField(label="Words", max_length=100)
    kind = forms.ChoiceField(
        label="Meeting", choices=[("", "All"), *((key, kind.name) for key, kind in KINDS.items())]
    )
    contract = forms.ChoiceField(label="Contract")
    since = DateField(label="From", help_text="")
    until = DateField(label="To", help_text="")

    def __init__(self, *args: Any, contracts: Iterable[Contract], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contract"].choices = [("", "All"), *((one.contract_id, one.name) for one in contracts)]  # type: ignore[attr-defined]


class ActionFilter(FilterForm):
    """What a list of actions is narrowed by."""

    show = forms.ChoiceField(
        label="Whose",
        choices=[("", "Mine"), ("organisation", "My organisation’s"), ("all", "All that I may see")],
    )
    state = forms.ChoiceField(
        label="State",
        choices=[("", "To do"), ("late", "Overdue"), ("moved", "Moved three times or more"),
                 ("done", "Done"), ("not_done", "Will not be done"), ("all", "All")],
    )  # fmt: skip
