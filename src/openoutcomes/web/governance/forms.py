"""Forms about panels, interests, support, uses of data and complaints."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from openoutcomes.web.accounts.models import User
from openoutcomes.web.core import clock
from openoutcomes.web.core.forms import NOBODY, BaseForm, DateField, MoneyField
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.governance.models import Complaint, DataUse, Interest, Panel, Support
from openoutcomes.web.partnerships.models import Organisation

_NONE = Organisation._base_manager.none()


def _text(label: str, help_text: str, missing: str = "", rows: int = 3, most: int = 4000) -> forms.CharField:
    return forms.CharField(
        label=label, required=bool(missing), max_length=most, widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text, error_messages={"required": missing} if missing else None,
    )  # fmt: skip


class PanelForm(BaseForm):
    """A board or panel."""

    name = forms.CharField(
        label="Name",
        max_length=160,
        help_text="Shown to everybody.",
        error_messages={"required": "Give it a name."},
    )
    purpose = _text(
        "What is it for?", "Everybody reads it, so that they know whom to turn to.", "Say what it is for."
    )
    terms = _text("How does it work?", "Who chairs, how it decides, how long a seat lasts.", rows=4)
    meets = forms.CharField(
        label="When does it meet?",
        required=False,
        max_length=160,
        help_text="For example, the first Tuesday, 4pm",
    )
    decides_on_data = forms.BooleanField(label="It decides on uses of the data", required=False)
    hears_complaints = forms.BooleanField(label="It looks at complaints again", required=False)
    closed = forms.BooleanField(label="It has ended", required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def values(self) -> dict[str, Any]:
        """Return what was filled in."""
        kept = ("once", "opened", "closed", "revision")
        given = {name: value for name, value in self.cleaned_data.items() if name not in kept}
        return {**given, "is_open": not self.cleaned_data["closed"]}


class SeatForm(BaseForm):
    """A seat on a panel."""

    role = forms.CharField(
        label="Which seat is it?", max_length=160, help_text="A role, such as “Head of housing” or “Somebody who uses the service”. Shown to everybody.",
        error_messages={"required": "Say which seat it is."},
    )  # fmt: skip
    for_people = forms.BooleanField(
        label="It is kept for somebody who uses services", required=False,
        help_text="They take it themselves from their own page, and no page says who they are.",
    )  # fmt: skip
    organisation = forms.ModelChoiceField(
        queryset=_NONE, label="Organisation", required=False, empty_label="None"
    )
    user = forms.ModelChoiceField(
        queryset=User.objects.none(), label="Who holds it?", required=False, empty_label="Nobody yet",
        help_text="Their account, so that they can declare interests.",
    )  # fmt: skip

    def __init__(self, *args: Any, organisations: QuerySet[Any], users: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["user"].queryset = users  # type: ignore[attr-defined]


class InterestForm(BaseForm):
    """An interest of one's own."""

    kind = forms.ChoiceField(
        label="What kind of interest is it?", choices=Interest.KINDS, widget=forms.RadioSelect,
        help_text="Used to see whether you should step out of a matter.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    words = _text(
        "What is it?", "In a sentence. If you work here everybody reads it; if you are supported here only the coordinator does. Do not name others.",
        "Write what the interest is, in a sentence.",
    )  # fmt: skip
    panel = forms.ModelChoiceField(
        queryset=Panel._base_manager.none(),
        label="Which panel does it touch?",
        required=False,
        empty_label="All of them",
    )

    def __init__(self, *args: Any, panels: QuerySet[Any] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if panels is None:
            del self.fields["panel"]
        else:
            self.fields["panel"].queryset = panels  # type: ignore[attr-defined]


class HandleForm(BaseForm):
    """Whether somebody steps out."""

    handled = forms.ChoiceField(
        label="Do they step out of this matter?", choices=[("out", "Yes, they step out"), ("stays", "No, they may stay")],
        widget=forms.RadioSelect, help_text="Kept with the decision.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    why = _text("Why?", f"Everybody reads it. {NOBODY}", "Write why.")


class MatterForm(BaseForm):
    """Something to be decided."""

    title = forms.CharField(
        label="What is to be decided?", max_length=200, help_text=f"Everybody reads it, and can declare an interest. {NOBODY}",
        error_messages={"required": "Say what is to be decided."},
    )  # fmt: skip
    held_on = DateField(
        label="At the meeting on", help_text="Used to order the panel's matters. For example, 27 3 2026",
        error_messages={"required": "Give the day of the meeting."},
    )  # fmt: skip


class MatterDecisionForm(BaseForm):
    """What was decided."""

    decided = _text("What was decided?", f"Everybody reads it. {NOBODY}", "Say what was decided.")
    why = _text("Why?", f"Everybody reads it, also who saw it otherwise. {NOBODY}", "Write why.")


class SupportForm(BaseForm):
    """What is offered to somebody who takes part."""

    kind = forms.ChoiceField(
        label="What is offered?", choices=Support.KINDS, widget=forms.RadioSelect,
        help_text="Only they and the coordinator see it.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    words = forms.CharField(
        label="In words", required=False, max_length=300, help_text="For example, £20 for each meeting"
    )
    amount = MoneyField(label="Amount", required=False, min_value=0)


class GivenForm(BaseForm):
    """The day something was paid or given."""

    on = DateField(
        label="On which day?", may_be_future=False, help_text="They see it. For example, 27 3 2026", initial=clock.today,
        error_messages={"required": "Give the day."},
    )  # fmt: skip


class UseForm(BaseForm):
    """A use of the data that somebody asks for."""

    title = forms.CharField(
        label="What is the use called?", max_length=200, help_text="Everybody reads the register.",
        error_messages={"required": "Name the use."},
    )  # fmt: skip
    purpose = _text(
        "What is it for?", "In words that people whose data it is would understand.", "Say what it is for."
    )
    which_data = _text(
        "Which data?",
        "Whose, which parts, of which years, and whether anybody can be told from it.",
        "Say which data.",
    )
    basis = forms.ChoiceField(
        label="On which lawful basis?", choices=DataUse.BASES, widget=forms.RadioSelect,
        help_text="Article 6 of the UK GDPR. Health and other special data need a condition of Article 9 besides: say it below.",
        error_messages={"required": "Choose one."},
    )  # fmt: skip
    basis_why = _text("Why that one?", "The duty, task or condition that it rests on.")
    asked_by = forms.CharField(
        label="Who asks?", max_length=200, help_text="An organisation and a role. No names.",
        error_messages={"required": "Say who asks."},
    )  # fmt: skip
    organisation = forms.ModelChoiceField(
        queryset=_NONE, label="Is it an organisation of the partnership?", required=False, empty_label="No"
    )
    asked_on = DateField(
        label="When was it asked?", may_be_future=False, initial=clock.today, help_text="Used to see how long decisions take. For example, 27 3 2026",
        error_messages={"required": "Give the day."},
    )  # fmt: skip

    def __init__(self, *args: Any, organisations: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class UseDecisionForm(BaseForm):
    """What a panel decided on a use."""

    panel = forms.ModelChoiceField(
        queryset=Panel._base_manager.none(), label="Which panel decided?", empty_label="Choose",
        help_text="Only panels that decide on uses of the data. Everybody reads it.", error_messages={"required": "Choose the panel."},
    )  # fmt: skip
    allowed = forms.ChoiceField(
        label="What did it decide?", choices=[("yes", "The use is allowed"), ("no", "The use is refused")], widget=forms.RadioSelect,
        help_text="Everybody reads it.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    why = _text("Why?", "Everybody reads it, above all those whose data it is.", "Write why.")
    conditions = _text(
        "On which conditions?", "For example, only counts over ten leave the platform.", rows=2
    )
    on = DateField(label="On which day?", may_be_future=False, initial=clock.today, help_text="For example, 27 3 2026",
                   error_messages={"required": "Give the day."})  # fmt: skip
    review_on = DateField(
        label="When is it looked at again?",
        required=False,
        help_text="Needed where it is allowed. For example, 27 3 2027",
    )

    def __init__(self, *args: Any, panels: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["panel"].queryset = panels  # type: ignore[attr-defined]


class UseReviewForm(BaseForm):
    """A use that is looked at again."""

    end = forms.ChoiceField(
        label="Does the use go on?", choices=[("no", "It goes on"), ("yes", "It ends")], widget=forms.RadioSelect,
        help_text="Everybody reads it.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    why = _text("Why?", "Everybody reads it.", "Write why.")
    review_on = DateField(
        label="When is it looked at again?",
        required=False,
        help_text="Needed where it goes on. For example, 27 3 2027",
    )


class UseFilter(FilterForm):
    """What the register is narrowed by."""

    state = forms.ChoiceField(
        label="Stands", choices=[("", "All"), ("due", "To be looked at again"), *DataUse.STATES]
    )


class ComplainForm(BaseForm):
    """A complaint of one's own."""

    words = _text(
        "What went wrong?",
        "In any words. Only those who handle it read them.",
        "Say what went wrong, in any words.",
        rows=6,
        most=8000,
    )
    wants = _text("What would put it right?", "If you know already. An apology is an answer.", rows=2)
    organisation = forms.ModelChoiceField(
        queryset=_NONE,
        label="What is it about?",
        required=False,
        empty_label="The partnership, or I do not know",
    )
    needs = forms.CharField(
        label="Is there a language or format that you need?", required=False, max_length=300,
        help_text="For example, large print, Polish, or a call instead of a letter",
    )  # fmt: skip
    contact = forms.CharField(
        label="How should we reach you?",
        required=False,
        max_length=300,
        help_text="You will also see the answer on this page.",
    )

    def __init__(self, *args: Any, organisations: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what was said."""
        kept = ("words", "wants", "needs", "contact", "name", "on_behalf_of")
        return {name: self.cleaned_data[name] for name in kept if name in self.cleaned_data}


class WriteDownForm(ComplainForm):
    """A complaint that came otherwise, written down for whoever made it."""

    via = forms.ChoiceField(
        label="How did it come?", choices=[one for one in Complaint.VIA if one[0] != "web"], widget=forms.RadioSelect,
        help_text="It counts the same however it came.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    received_on = DateField(
        label="When was it received?", may_be_future=False, initial=clock.today, help_text="Its days count from this one. For example, 27 3 2026",
        error_messages={"required": "Give the day."},
    )  # fmt: skip
    name = forms.CharField(
        label="Who complains?",
        required=False,
        max_length=200,
        help_text="A complaint without a name is one too. Only its handlers see it.",
    )
    on_behalf_of = forms.CharField(
        label="Is it on behalf of somebody else?",
        required=False,
        max_length=200,
        help_text="Whom, and whether they know. Only its handlers see it.",
    )
    person_id = forms.CharField(
        label="Are they somebody you support here?", required=False, max_length=40,
        help_text="Their id, such as p-2345. Then they see it on their own page; nobody else does.",
    )  # fmt: skip
    field_order = (
        "via",
        "received_on",
        "words",
        "wants",
        "organisation",
        "name",
        "contact",
        "on_behalf_of",
        "needs",
        "person_id",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = "What went wrong, in their words?"
        self.fields["needs"].label = "Is there a language or format that they need?"
        self.fields["contact"].label = "How do they want to be reached?"
        self.fields["contact"].help_text = "Only its handlers see it."


class AssignForm(BaseForm):
    """Who handles a complaint."""

    about = forms.ChoiceField(
        label="Is it about one of them?", required=False, help_text="Then they neither handle nor read it."
    )
    handler = forms.ChoiceField(
        label="Who handles it?",
        help_text="They alone read it, with the second.",
        error_messages={"required": "Choose one."},
    )
    second = forms.ChoiceField(
        label="Who agrees to the answer?", required=False,
        help_text="Somebody from outside what it is about. Needed where the handler belongs to it.",
    )  # fmt: skip

    def __init__(self, *args: Any, seats: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Somebody with several seats is there once, with the first of them.
        named = {str(seat.user_id): f"{seat.user}, {seat.role_name().lower()}" + (f", {seat.organisation}" if seat.organisation else "")
                 for seat in reversed(seats)}  # fmt: skip
        choices = sorted(named.items(), key=lambda one: one[1])
        self.fields["about"].choices = [("", "No, or not known"), *choices]  # type: ignore[attr-defined]
        self.fields["handler"].choices = [("", "Choose"), *choices]  # type: ignore[attr-defined]
        self.fields["second"].choices = [("", "Nobody"), *choices]  # type: ignore[attr-defined]


class WordsForm(BaseForm):
    """Words, shown to whoever complained or kept among handlers."""

    words = _text("What do you want to say?", "Kept with the complaint, encrypted.", rows=4)
    for_all = forms.BooleanField(
        label="Whoever complained sees it", required=False, help_text="Leave empty for a note among handlers."
    )

    def __init__(self, *args: Any, to_them: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if to_them:
            del self.fields["for_all"]
        else:
            self.fields["words"].required = True


class AnswerForm(BaseForm):
    """The answer to a complaint."""

    outcome = forms.ChoiceField(
        label="Is it upheld?", choices=Complaint.OUTCOMES, widget=forms.RadioSelect,
        help_text="Whoever complained sees it; it is counted once a year.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    reason = _text(
        "The answer",
        "To whoever complained, in plain words: what was found, and why.",
        "Write it to whoever complained.",
        rows=6,
        most=8000,
    )
    redress = forms.MultipleChoiceField(
        label="What puts it right?", required=False, choices=Complaint.REDRESS, widget=forms.CheckboxSelectMultiple,
        help_text="Needed where it is upheld.",
    )  # fmt: skip
    redress_words = _text("What exactly?", "Who does it, by when.", rows=2)
    payment = MoneyField(label="How much is paid?", required=False, min_value=0)


class AgreeForm(BaseForm):
    """Whether the second agrees."""

    agreed = forms.ChoiceField(
        label="Do you agree to this answer?", choices=[("yes", "Yes: it is given now"), ("no", "No: it goes back to the handler")],
        widget=forms.RadioSelect, help_text="Whoever complained gets it only when you agree.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    why = _text("What is missing?", "Needed where it goes back. For the handler alone.")


class FurtherForm(BaseForm):
    """Taking a complaint further."""

    why = _text(
        "What is still not right?", "Whoever looks at it next reads it.", "Say what is still not right."
    )
    outside_body = forms.CharField(
        label="Which outside body?", required=False, max_length=200, help_text="An ombudsman or a regulator"
    )

    def __init__(self, *args: Any, outside: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not outside:
            del self.fields["outside_body"]


class SatisfiedForm(BaseForm):
    """Whether an answer helped."""

    satisfied = forms.ChoiceField(
        label="Was it put right?", choices=Complaint.SATISFIED, widget=forms.RadioSelect,
        help_text="Those who handle complaints learn from it.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    words = _text("Is there anything to add?", "Only its handlers read it.")


class CloseForm(BaseForm):
    """What changed because of a complaint."""

    changed = _text(
        "What changed because of it?",
        "Everybody reads this, without knowing which complaint it was. Do not name anybody.",
    )


class RulesForm(BaseForm):
    """The days a partnership gives itself."""

    acknowledge_days = forms.IntegerField(
        label="Working days to acknowledge a complaint", min_value=1, max_value=60, help_text="Counted from its receipt. Everybody reads it.",
        error_messages={"required": "Give a number."},
    )  # fmt: skip
    answer_days = forms.IntegerField(
        label="Working days to answer it", min_value=1, max_value=60, help_text="Counted from its receipt. Everybody reads it.",
        error_messages={"required": "Give a number."},
    )  # fmt: skip
    panel_days = forms.IntegerField(
        label="Working days for the panel to look at it again", min_value=1, max_value=60, help_text="Everybody reads it.",
        error_messages={"required": "Give a number."},
    )  # fmt: skip
    outside_body = forms.CharField(
        label="Outside body",
        required=False,
        max_length=200,
        help_text="An ombudsman or a regulator to go to after that",
    )
    outside_how = _text("How is it reached?", "By telephone, letter and web.", rows=2)
