"""Forms about changes to delivery, budget lines and posts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from openoutcomes.web.accounts.models import User
from openoutcomes.web.changes import queries
from openoutcomes.web.changes.models import Agreement, BudgetLine, Change, FollowUp, Post
from openoutcomes.web.changes.money import Wanted
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.forms import NOBODY, BaseForm, DateField, MoneyField, long_text
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.people.queries import workers_of
from openoutcomes.web.ties.forms import to_choose
from openoutcomes.web.ties.kinds import Thing

#: How many moves of money a change can have on its form.
MOVES = 4
#: Kinds of things that a change can be because of.
BECAUSE = ("theme", "trial", "barrier", "story", "commitment", "complaint")
_NEW, _BACK = "new", "back"


class ChangeForm(BaseForm):
    """A change to delivery."""

    title = forms.CharField(
        label="What changed?", max_length=160,
        help_text="In one line. Payers and auditors read it in the contract’s log.",
        error_messages={"required": "Say in one line what changed."},
    )  # fmt: skip
    what = long_text("Say more about it", f"What was done before, and what is done now. {NOBODY}")
    why = long_text(
        "Why?", f"What you heard, saw or tried. Whoever is asked to agree goes by it. {NOBODY}", required=True,
        missing="Say why.",
    )  # fmt: skip
    because = forms.ChoiceField(
        label="What does it answer?", required=False,
        help_text="A theme, test of change or barrier. More can be linked afterwards.",
    )  # fmt: skip
    programme = forms.ModelChoiceField(
        queryset=Programme._base_manager.none(), label="Which programme?", required=False, to_field_name="programme_id",
        empty_label="None, or several", help_text="Its organisation and contract are taken from it.",
    )  # fmt: skip
    organisation = forms.ModelChoiceField(
        queryset=Organisation._base_manager.none(), label="Or which organisation?", required=False,
        to_field_name="organisation_id", empty_label="The partnership as a whole", help_text="Where it is no one programme’s.",
    )  # fmt: skip
    contract = forms.ModelChoiceField(
        queryset=Contract._base_manager.none(), label="Under which contract?", required=False,
        to_field_name="contract_id", empty_label="The programme’s own, or none", help_text="The change is in this contract’s log.",
    )  # fmt: skip
    role = forms.CharField(
        label="Who decided?", max_length=160, help_text="A role or a meeting, never a name. Auditors ask for it.",
        error_messages={"required": "Name the role that decided."},
    )  # fmt: skip
    decided_on = DateField(
        label="When was it decided?", may_be_future=False, initial=clock.today,
        help_text="For example, 27 3 2026. Auditors ask for it.",
        error_messages={"required": "Give the day it was decided."},
    )  # fmt: skip
    effective_from = DateField(
        label="From when does it hold?", initial=clock.today, help_text="For example, 27 3 2026. Payers go by it.",
        error_messages={"required": "Give the day from which it holds."},
    )  # fmt: skip
    expected = long_text(
        "What do you expect of it?", "So that you can look afterwards whether it came true.", required=True, rows=2,
        missing="Say what you expect of it.",
    )  # fmt: skip
    follow_on = DateField(
        label="When will you look at what happened?", help_text="You are reminded then. For example, 27 3 2026",
        error_messages={"required": "Give the day to look at what happened."},
    )  # fmt: skip
    total_why = long_text(
        "Why does the total change?", "Needed only where money is new or given back. Payers go by it.", rows=2
    )
    agree = forms.ModelMultipleChoiceField(
        queryset=Organisation._base_manager.none(), label="Who has to agree?", required=False,
        to_field_name="organisation_id", widget=forms.CheckboxSelectMultiple,
        help_text="Tick where the contract asks for it. The change waits for them, and so does its money.",
    )  # fmt: skip

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups, self.things = to_choose(access, BECAUSE)
        fields: dict[str, Any] = self.fields
        fields["because"].choices = [("", "Nothing that is written down here"), *groups]
        fields["programme"].queryset = queries.programmes_for(access).order_by("organisation__name", "name")
        fields["programme"].label_from_instance = _programme_words
        fields["organisation"].queryset = queries.organisations_for(access)
        if access.reach("changes.record") != "partnership":
            del fields["organisation"]
            fields["programme"].required = True
            fields["programme"].empty_label = "Choose one"
            fields["programme"].error_messages["required"] = "Choose one of your programmes."
        fields["contract"].queryset = Contract.of(access.partnership).filter(is_closed=False)
        fields["agree"].queryset = Organisation.of(access.partnership).filter(
            pk__in=queries.agreeing(access).order_by().values("organisation")
        )
        self._add_moves(list(queries.lines_for(access)))
        if not self.lines:
            del fields["total_why"]

    #: Fields after the money, in their order.
    _after = ("total_why", "agree", "why_corrected")

    def _add_moves(self, lines: list[BudgetLine]) -> None:
        self.lines = {line.line_id: line for line in lines}
        if not lines:
            return
        grouped: dict[str, list[tuple[str, str]]] = {}
        for line in lines:
            grouped.setdefault(str(line.programme), []).append((line.line_id, line.name))
        choices = list(grouped.items())
        for number in range(1, MOVES + 1):
            self.fields[f"source_{number}"] = forms.ChoiceField(
                label="From", required=False, choices=[("", "Nothing moves"), (_NEW, "New money"), *choices],
                widget=forms.Select(attrs={"class": "govuk-select"}),
            )  # fmt: skip
            self.fields[f"target_{number}"] = forms.ChoiceField(
                label="To", required=False, choices=[("", "Choose one"), (_BACK, "Given back"), *choices],
                widget=forms.Select(attrs={"class": "govuk-select"}),
            )  # fmt: skip
            self.fields[f"amount_{number}"] = MoneyField(label="Amount", required=False)
            self.fields[f"amount_{number}"].widget.attrs["class"] = "govuk-input govuk-input--width-10"

    def before(self) -> list[BoundField]:
        """Return the fields before the money."""
        return [
            field
            for field in self.visible_fields()
            if field.name not in self._after and not _is_move(field.name)
        ]

    def after(self) -> list[BoundField]:
        """Return the fields after the money."""
        return [field for field in self.visible_fields() if field.name in self._after]

    def move_fields(self) -> list[list[BoundField]]:
        """Return the fields of each move of money; none where there are no lines."""
        if not self.lines:
            return []
        return [
            [self[f"{name}_{number}"] for name in ("source", "target", "amount")]
            for number in range(1, MOVES + 1)
        ]

    def has_more_moves(self) -> bool:
        """Say whether more than one move is filled in, or wrong: then all are open on the page."""
        return any(field.value() or field.errors for row in self.move_fields()[1:] for field in row)

    def clean(self) -> dict[str, Any]:
        """Read the moves; one that is half filled in is a mistake."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        self.moves: list[Wanted] = []
        for number in range(1, MOVES + 1):
            source, target = found.get(f"source_{number}"), found.get(f"target_{number}")
            amount = found.get(f"amount_{number}")
            if not source and not target and amount is None:
                continue
            if not source or not target:
                self.add_error(
                    f"{'target' if source else 'source'}_{number}",
                    ValidationError("Say from where to where it moves."),
                )
            elif amount is None or amount <= 0:
                if f"amount_{number}" not in self.errors:
                    self.add_error(f"amount_{number}", ValidationError("Give the amount that moves."))
            else:
                self.moves.append(Wanted(self.lines.get(source), self.lines.get(target), amount))
        return found

    def values(self) -> dict[str, Any]:
        """Return what was filled in of the change itself."""
        names = ("title", "what", "why", "programme", "organisation", "contract", "role", "decided_on", "effective_from",
                 "expected", "follow_on", "total_why")  # fmt: skip
        return {
            name: self.cleaned_data.get(name) or ("" if name == "total_why" else None) for name in names
        } | {"what": self.cleaned_data["what"]}

    def chosen(self) -> list[Thing]:
        """Return what the change answers."""
        key = self.cleaned_data.get("because")
        return [self.things[key]] if key else []


def _is_move(name: str) -> bool:
    return name.startswith(("source_", "target_", "amount_"))


def _programme_words(row: Programme) -> str:
    return f"{row.name}, {row.organisation}"


class CorrectForm(ChangeForm):
    """A correction of a change."""

    why_corrected = long_text(
        "Why is it corrected?", f"It is in the log, beside how it read before. {NOBODY}", required=True, rows=2,
        missing="Write why it is corrected.",
    )  # fmt: skip
    expected_number = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Links are made and taken away on the change's own page.
        del self.fields["because"]


def moves_as_initial(moves: list[Any]) -> dict[str, Any]:
    """Return moves as a form shows them."""
    found: dict[str, Any] = {}
    for number, move in enumerate(moves[:MOVES], 1):
        found[f"source_{number}"] = move.source.line_id if move.source else _NEW
        found[f"target_{number}"] = move.target.line_id if move.target else _BACK
        found[f"amount_{number}"] = move.amount
    return found


class AgreementForm(BaseForm):
    """Agreeing or objecting."""

    said = forms.ChoiceField(
        label="What do you say?", choices=Agreement.ANSWERS, widget=forms.RadioSelect,
        help_text="The change holds once all who are asked agree.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    why = long_text("Why?", f"Needed where you object: what would have to change for you to agree. {NOBODY}")


class FollowUpForm(BaseForm):
    """What happened next."""

    on = DateField(
        label="When did you look?", may_be_future=False, initial=clock.today,
        help_text="Auditors ask for it. For example, 27 3 2026", error_messages={"required": "Give the day you looked."},
    )  # fmt: skip
    result = forms.ChoiceField(
        label="Was it as you expected?", choices=FollowUp.RESULTS, widget=forms.RadioSelect,
        help_text="Others learn from it, above all where it was not.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    words = long_text(
        "What happened?",
        f"Payers and auditors read it. {NOBODY}",
        required=True,
        missing="Write what you saw.",
    )
    next_on = DateField(
        label="When will you look again?", required=False,
        help_text="Leave it empty where there is no more to see. For example, 27 3 2026",
    )  # fmt: skip


class WhyForm(BaseForm):
    """A reason, and nothing else."""

    why = long_text(
        "Why?", f"Everybody who reads the log sees this. {NOBODY}", required=True, missing="Write why."
    )


class LineForm(BaseForm):
    """A budget line."""

    name = forms.CharField(
        label="What is it for?", max_length=120, help_text="For example, pay of outreach workers. It is in the log of changes.",
        error_messages={"required": "Give the line a name."},
    )  # fmt: skip
    opening = MoneyField(
        label="What does it hold to begin with?", min_value=0,
        help_text="As the budget was agreed. From then on it changes through changes to delivery alone.",
        error_messages={"required": "Give what it holds."},
    )  # fmt: skip


class PostForm(BaseForm):
    """A post of a team."""

    title = forms.CharField(
        label="Title", max_length=120, help_text="Of the post, never a name. Your team sees it.",
        error_messages={"required": "Give it a title."},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="What does it do?", choices=Post.KINDS, help_text="Totals tell the front line from the rest."
    )
    fte = forms.DecimalField(
        label="How much of full time?", min_value=0, max_value=10, max_digits=4, decimal_places=2, initial=1,
        help_text="1 is full time, 0.5 half. Totals for payers add it up.",
        error_messages={"required": "1 is full time, 0.5 half."},
    )  # fmt: skip
    starts_on = DateField(
        label="From when is there this post?", help_text="Totals of earlier days leave it out. For example, 27 3 2026",
        error_messages={"required": "Give the day from which there is this post."},
    )  # fmt: skip
    ends_on = DateField(
        label="Until when?",
        required=False,
        help_text="The day from which there is none, if it is known. For example, 27 3 2027",
    )
    guide = forms.IntegerField(
        label="How many people should one full-time worker have?", required=False, min_value=1, max_value=10_000,
        help_text="Then what is to spare can be worked out.",
    )  # fmt: skip
    supervise_weeks = forms.IntegerField(
        label="Weeks between supervisions", required=False, min_value=1, max_value=52,
        help_text="Then you are told when one is overdue. Only days are kept, and nothing of what was said.",
    )  # fmt: skip
    yearly_cost = MoneyField(
        label="What does it cost a year?", required=False, min_value=0,
        help_text="Then you can see what a vacant post leaves unspent.",
    )  # fmt: skip
    line = forms.ModelChoiceField(
        queryset=BudgetLine._base_manager.none(), label="From which budget line?", required=False,
        to_field_name="line_id", empty_label="None", help_text="So that unspent money can be proposed for something else.",
    )  # fmt: skip
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = BudgetLine.of(programme.partnership).filter(programme=programme)
        self.fields["line"].queryset = rows  # type: ignore[attr-defined]
        if not rows.exists():
            del self.fields["line"]

    def values(self) -> dict[str, Any]:
        """Return what was filled in of the post."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("once", "opened", "expected")
        }


class FillForm(BaseForm):
    """Who fills a post."""

    user = forms.ModelChoiceField(
        queryset=User.objects.none(), label="Who fills it?", required=False, empty_label="Somebody without an account here",
        help_text="With an account, the people they work with are counted. Only your organisation sees who it is.",
    )  # fmt: skip
    since = DateField(
        label="From when?", may_be_future=False, initial=clock.today, help_text="For example, 27 3 2026. Vacant time ends here.",
        error_messages={"required": "Give the first day."},
    )  # fmt: skip

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = workers_of(organisation)  # type: ignore[attr-defined]


class DayForm(BaseForm):
    """A day, and nothing else."""

    on = DateField(
        label="On which day?", may_be_future=False, initial=clock.today, help_text="For example, 27 3 2026",
        error_messages={"required": "Give the day."},
    )  # fmt: skip


class MonthForm(BaseForm):
    """Which months of a team to keep."""

    programmes = forms.ModelMultipleChoiceField(
        queryset=Programme._base_manager.none(), label="Which teams?", to_field_name="programme_id",
        widget=forms.CheckboxSelectMultiple, help_text="As they stood on the last day. Payers see totals, and no names.",
        error_messages={"required": "Tick at least one."},
    )  # fmt: skip

    def __init__(self, *args: Any, programmes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programmes"].queryset = programmes  # type: ignore[attr-defined]


class ChangeFilter(FilterForm):
    """Narrows the list of changes."""

    state = forms.ChoiceField(
        label="State",
        choices=[("", "All"), ("mine", "Waits for us to agree"), ("overdue", "To be looked at"), *Change.STATES],
    )  # fmt: skip
    contract = forms.ModelChoiceField(
        queryset=Contract._base_manager.none(),
        label="Contract",
        empty_label="Any",
        to_field_name="contract_id",
    )
    organisation = forms.ModelChoiceField(
        queryset=Organisation._base_manager.none(),
        label="Organisation",
        empty_label="All",
        to_field_name="organisation_id",
    )
    words = forms.CharField(label="Words", max_length=100)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["contract"].queryset = Contract.of(access.partnership)
        fields["organisation"].queryset = Organisation.of(access.partnership).filter(is_active=True)
        if not access.may("changes.agree"):
            fields["state"].choices = [pair for pair in fields["state"].choices if pair[0] != "mine"]
