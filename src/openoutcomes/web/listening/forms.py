"""Forms of listening."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from openoutcomes.web.core.clock import today
from openoutcomes.web.core.forms import NOBODY, BaseForm, DateField, dress
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.listening import words as terms
from openoutcomes.web.listening.models import Conversation, Round, Theme


def _choices(named: dict[str, str], blank: str = "") -> list[tuple[str, str]]:
    return [("", blank), *named.items()] if blank else list(named.items())


def _long(
    label: str, help_text: str = "", *, rows: int = 3, required: bool = False, **more: Any
) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=8000,
        widget=forms.Textarea(attrs={"rows": rows}), **more,
    )  # fmt: skip


def choose(field: forms.Field, choices: Sequence[tuple[Any, Any]]) -> None:
    """Give a choice field its choices."""
    field.choices = choices  # type: ignore[attr-defined]


class RoundFilter(FilterForm):
    """What the list of rounds is narrowed by."""

    state = forms.ChoiceField(label="Show", choices=[("", "All rounds"), *Round.STATES])


class ThemeFilter(FilterForm):
    """What the list of themes is narrowed by."""

    show = forms.ChoiceField(
        label="Show",
        choices=[
            ("", "All themes"),
            ("waiting", "Without an answer"),
            ("late", "Late"),
            ("did", "We did"),
            ("cannot", "We cannot"),
        ],
    )
    round = forms.ChoiceField(label="Round")

    def __init__(self, *args: Any, rounds: Iterable[Round], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["round"], [("", "All rounds"), *((one.round_id, one.title) for one in rounds)])


class SampleFilter(FilterForm):
    """What the list of invitations is narrowed by."""

    state = forms.ChoiceField(label="What came of it", choices=_choices(terms.STATES, "All"))
    stratum = forms.ChoiceField(label="Group")
    who = forms.ChoiceField(label="Listener", choices=[("", "All"), ("none", "Nobody yet")])

    def __init__(self, *args: Any, strata: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["stratum"], [("", "All"), *((one, one) for one in strata)])


class RoundForm(BaseForm):
    """What a round is for, and about whom."""

    title = forms.CharField(
        label="What is the round called?", max_length=160,
        help_text="Listeners and the people asked see it. For example, “Why some never start”.",
        error_messages={"required": "Give the round a short name."},
    )  # fmt: skip
    purpose = _long(
        "What is it for?",
        "What you want to understand, and what will be done with it. Those who are asked read it, and decide by it. "
        + NOBODY,
        required=True,
        error_messages={"required": "Write a sentence."},
    )
    segment = forms.ChoiceField(label="For whom on the shared agenda?", required=False)
    programmes = forms.MultipleChoiceField(
        label="About which programmes?", required=False, widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
        help_text="Leave all empty for everybody’s.",
    )  # fmt: skip
    since = DateField(
        label="Offered help from", may_be_future=False,
        help_text="Everybody supported or referred between these days may be drawn. For example, 1 4 2026",
        error_messages={"required": "Give the first day."},
    )  # fmt: skip
    until = DateField(
        label="Until", may_be_future=False, help_text="The last day of that period. For example, 30 6 2026",
        error_messages={"required": "Give the last day."},
    )  # fmt: skip
    strata = forms.MultipleChoiceField(
        label="Groups to draw from", required=False, choices=_choices(terms.STRATA),
        widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
        help_text="Each combination is drawn from by itself, so that nobody’s voice is left to luck. "
        "Without a choice: where they stand, by provider.",
    )  # fmt: skip
    with_care = forms.BooleanField(
        label="People who have to be contacted with care may be drawn too", required=False,
        help_text="Only if your listeners are trained for it: they see how to do it safely. Otherwise they are left out "
        "and counted.",
    )  # fmt: skip
    independent_only = forms.BooleanField(
        label="Only people independent of the provider may listen", required=False,
        help_text="People speak differently to those who help them.",
    )  # fmt: skip
    contract = forms.ChoiceField(
        label="Does it serve a contract that counts the person’s own view?", required=False,
        help_text="Then only independent people may listen, and an answer counts where the person lets it go into "
        "their record.",
    )  # fmt: skip
    question = forms.CharField(
        label="Code of the contract’s question", required=False, max_length=100,
        help_text="As its terms name it. Left empty: did-this-help.",
    )  # fmt: skip
    score_words = forms.CharField(
        label="A question to answer from 0 to 10", required=False, max_length=200,
        help_text=f"Left empty: “{terms.SCORE}”",
    )  # fmt: skip
    weeks = forms.IntegerField(
        label="Weeks until a theme without an answer is late", min_value=1, max_value=52, initial=6,
        help_text="Everybody who said it sees this day. Those who answer are reminded by it.",
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, segments: Iterable[Any], programmes: Iterable[Any], contracts: Iterable[Any],
        is_drawn: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.segments = {one.segment_id: one for one in segments}
        self.contracts = {one.contract_id: one for one in contracts}
        choose(
            self.fields["segment"],
            [("", "Nobody in particular"), *((k, v.name) for k, v in self.segments.items())],
        )
        choose(self.fields["contract"], [("", "No"), *((k, v.name) for k, v in self.contracts.items())])
        choose(
            self.fields["programmes"],
            [(one.programme_id, f"{one.name}, {one.organisation}") for one in programmes],
        )
        if is_drawn:
            for name in set(self.fields) - {
                "title",
                "purpose",
                "segment",
                "weeks",
                "revision",
                "once",
                "opened",
            }:
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        """Return what was said, with the segment and contract themselves."""
        found = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("once", "opened", "revision")
        }
        found["segment"] = self.segments.get(found.get("segment", ""))
        if "contract" in found:
            found["contract"] = self.contracts.get(found["contract"])
        return found


class DrawForm(BaseForm):
    """How many are drawn, and how."""

    size = forms.IntegerField(
        label="How many people do you want to hear?", min_value=1, max_value=5000,
        help_text="As many as your listeners can truly hear. Reserves are drawn with them.",
        error_messages={"required": "Give a number."},
    )  # fmt: skip
    minimum = forms.IntegerField(
        label="At least how many from each group?", min_value=0, max_value=500, initial=2,
        help_text="So that small groups are heard too. A smaller group gives everybody.",
    )  # fmt: skip
    rule = forms.ChoiceField(
        label="How is the number shared out?", choices=_choices(terms.RULES), widget=forms.RadioSelect,
        initial="square-root", help_text="Weights put the shares right again in figures of everybody.",
    )  # fmt: skip
    seed = forms.IntegerField(
        label="Seed", min_value=0, max_value=2**62,
        help_text="Any number. It is kept, and with it anybody can draw the same sample again.",
        error_messages={"required": "Give any number."},
    )  # fmt: skip
    fingerprint = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class AssignForm(BaseForm):
    """Who hears whom."""

    to = forms.ChoiceField(
        label="Listener",
        help_text="Only they see who it is.",
        error_messages={"required": "Choose a listener."},
    )
    sampled = forms.MultipleChoiceField(
        label="Invitations", widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
        help_text="Used to give each a listener.", error_messages={"required": "Choose at least one."},
    )  # fmt: skip

    def __init__(self, *args: Any, listeners: Iterable[Any], sampled: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["to"], [("", "Choose one"), *((str(one.pk), str(one)) for one in listeners)])
        choose(
            self.fields["sampled"],
            [
                (
                    row.sampled_id,
                    f"{row.short}: {row.stratum}" + (f" (now {row.listener})" if row.listener else ""),
                )
                for row in sampled
            ],
        )


class ShareOutForm(BaseForm):
    """Listeners to share invitations among."""

    among = forms.MultipleChoiceField(
        label="Share everybody who has no listener among", widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
        help_text="Evenly; nobody gets somebody whom their own organisation supports, where the round is heard "
        "independently.",
        error_messages={"required": "Choose at least one."},
    )  # fmt: skip

    def __init__(self, *args: Any, listeners: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["among"], [(str(one.pk), str(one)) for one in listeners])


class BringInForm(BaseForm):
    """Reserves to bring in."""

    stratum = forms.ChoiceField(
        label="Group",
        help_text="The next in order are asked.",
        error_messages={"required": "Choose a group."},
    )
    count = forms.IntegerField(
        label="How many", min_value=1, max_value=100, initial=1,
        help_text="One for each who could not be heard.",
    )  # fmt: skip

    def __init__(self, *args: Any, strata: Iterable[tuple[str, int, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(
            self.fields["stratum"],
            [
                ("", "Choose one"),
                *(
                    (name, f"{name}: {lost} could not be heard, {left} in reserve")
                    for name, lost, left in strata
                ),
            ],
        )


class TryForm(BaseForm):
    """One try to reach somebody."""

    what = forms.ChoiceField(
        label="What happened?", choices=_choices(terms.TRIES), widget=forms.RadioSelect,
        help_text="Used to see who was truly asked.", error_messages={"required": "Choose what happened."},
    )  # fmt: skip
    route = forms.ChoiceField(label="How?", choices=_choices(terms.ROUTES, "Choose one"), required=False)
    next_on = DateField(label="Try again on", required=False)


class ResultForm(BaseForm):
    """That somebody will not be heard."""

    result = forms.ChoiceField(
        label="What came of it?", choices=_choices(terms.RESULTS), widget=forms.RadioSelect,
        help_text="Shown as a count, so that figures say who was not heard.",
        error_messages={"required": "Choose what came of it."},
    )  # fmt: skip
    never_again = forms.BooleanField(
        label="They do not want to be asked for their views again", required=False,
        help_text="They are in no sample from now on, until they say otherwise.",
    )  # fmt: skip


class AnswersForm(BaseForm):
    """The questions, the same whichever way they are answered. Good things come first; none has to be answered."""

    agreed = forms.BooleanField(
        label="I agree that what I say is written down, to make help better",
        help_text="Without this nothing is kept. You can take it back at any time.",
        error_messages={"required": "Tick this if you agree. If you do not, nothing is kept."},
    )  # fmt: skip
    good = _long(terms.QUESTIONS["good"])
    helped = forms.ChoiceField(
        label=terms.QUESTIONS["helped"], choices=_choices(terms.ANSWERS), required=False,
        widget=forms.RadioSelect(attrs={"inline": True}),
    )  # fmt: skip
    in_way = _long(terms.QUESTIONS["in_way"])
    wanted = _long(terms.QUESTIONS["wanted"])
    score = forms.IntegerField(label=terms.SCORE, min_value=0, max_value=10, required=False)
    words = _long(terms.QUESTIONS["words"])
    may_quote = forms.BooleanField(
        label="My words may be shown to others, without my name", required=False,
        help_text="If not, they are only counted.",
    )  # fmt: skip
    may_record = forms.BooleanField(
        label="My answers may go into my record, where the people who support me can read them",
        required=False,
    )

    def __init__(self, *args: Any, listening: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["score"].label = listening.score_question
        if listening.contract_id is not None:
            self.fields[
                "may_record"
            ].help_text = (
                f"Then your answer counts for what {listening.contract} pays. It counts whatever you say."
            )


class HearForm(AnswersForm):
    """The same questions, typed in by whoever listened."""

    route = forms.ChoiceField(
        label="How did you hear it?", choices=[one for one in terms.ROUTES.items() if one[0] != "link"],
        widget=forms.RadioSelect(attrs={"inline": True}), help_text="Used to see which ways reach people.",
        error_messages={"required": "Choose one."},
    )  # fmt: skip
    held_on = DateField(label="On which day?", may_be_future=False, help_text="Used to date what was heard.")
    field_order: Sequence[str] = ("route", "held_on", "agreed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("held_on", today())
        agreed = self.fields["agreed"]
        agreed.label = "They agreed that what they say is written down, to make help better"
        agreed.help_text = (
            "Ask before you begin. Without it nothing is kept. They can take it back at any time."
        )
        agreed.error_messages["required"] = "Tick this when they agreed. Without it nothing is kept."
        self.fields["may_quote"].label = "Their words may be shown to others, without their name"
        self.fields[
            "may_record"
        ].label = "Their answers may go into their record, where their provider reads them"
        for name in ("good", "in_way", "wanted", "words"):
            self.fields[name].help_text = "In their own words. Leave out names."


class VolunteerForm(HearForm):
    """Somebody who came forward, without their name."""

    standing = forms.ChoiceField(
        label="Where do they stand?", choices=_choices(terms.STAGES, "Not said"), required=False
    )
    field_order = ("route", "held_on", "standing", "agreed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["may_record"]


class NoForm(BaseForm):
    """That somebody does not want to answer."""

    never_again = forms.BooleanField(label="Please do not ask me for my views again", required=False)


class ThemeForm(BaseForm):
    """A theme of the code book."""

    title = forms.CharField(
        label="What do people say?", max_length=120,
        help_text=f"In their own words where you can. Everybody reads it. {NOBODY}",
        error_messages={"required": "Give the theme a name."},
    )  # fmt: skip
    meaning = _long("When does a note have it, and when not?", "Coders go by this, so that two read alike.")
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class RetireForm(BaseForm):
    """That a theme leaves the code book."""

    into = forms.ChoiceField(
        label="Where does what people said of it go?",
        required=False,
        help_text="Needed once somebody said it.",
    )
    why = forms.CharField(
        label="Why?", max_length=300, help_text="Coders read it.", error_messages={"required": "Write why."}
    )

    def __init__(self, *args: Any, themes: Iterable[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["into"], [("", "Nobody said it"), *((one.theme_id, one.title) for one in themes)])


class CopyBookForm(BaseForm):
    """An earlier round whose code book is taken over."""

    source = forms.ChoiceField(
        label="Take the themes of", help_text="Their meaning comes too, not what was said.",
        error_messages={"required": "Choose a round."},
    )  # fmt: skip

    def __init__(self, *args: Any, rounds: Iterable[Round], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["source"], [("", "Choose one"), *((one.round_id, one.title) for one in rounds)])


class CodeForm(BaseForm):
    """Which themes a note has."""

    themes = forms.MultipleChoiceField(
        label="Which of these does it say?", required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
        help_text="Tick all that fit. None at all is an answer too.",
    )  # fmt: skip

    def __init__(self, *args: Any, themes: Iterable[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(
            self.fields["themes"],
            [(one.theme_id, f"{one.title} ({one.meaning})" if one.meaning else one.title) for one in themes],
        )


class SettleForm(BaseForm):
    """Decisions on what two coders disagree on."""

    why = forms.CharField(
        label="Why so?", max_length=300, help_text=f"The next notes are coded by it. {NOBODY}",
        error_messages={"required": "Write why."},
    )  # fmt: skip

    def __init__(self, *args: Any, disputed: Iterable[tuple[Theme, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        why = self.fields.pop("why")
        for theme, given, not_given in disputed:
            self.fields[theme.theme_id] = forms.ChoiceField(
                label=theme.title, choices=[("yes", "It has it"), ("no", "It has not")],
                widget=forms.RadioSelect(attrs={"inline": True}),
                help_text=f"{given} gave it, {not_given} did not. Used to count it.",
                error_messages={"required": f"Choose for “{theme.title}”."},
            )  # fmt: skip
            dress(self.fields[theme.theme_id])
        self.fields["why"] = why

    def decided(self) -> dict[str, bool]:
        """Return what was decided, by theme."""
        return {
            name: value == "yes"
            for name, value in self.cleaned_data.items()
            if name not in ("why", "once", "opened")
        }


class WhyForm(BaseForm):
    """A reason alone."""

    why = forms.CharField(
        label="Why?", max_length=300, help_text="Kept with it.", error_messages={"required": "Write why."}
    )


class QuoteForm(BaseForm):
    """A sentence to show with a theme."""

    theme = forms.ChoiceField(
        label="With which theme?",
        help_text="It is shown there.",
        error_messages={"required": "Choose a theme."},
    )
    words = _long(
        "What they said", "As they said it, without anything that points at them: no name, place, age or date.",
        required=True, rows=2, error_messages={"required": "Write the sentence."},
    )  # fmt: skip

    def __init__(self, *args: Any, themes: Iterable[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["theme"], [("", "Choose one"), *((one.theme_id, one.title) for one in themes)])


class AskOfForm(BaseForm):
    """Who is asked to answer a theme, and by when."""

    organisation = forms.ChoiceField(label="Who answers it?", required=False)
    due_on = DateField(label="By when?", help_text="Those who said it see this day.")

    def __init__(self, *args: Any, organisations: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(
            self.fields["organisation"],
            [("", "The partnership itself"), *((one.organisation_id, one.name) for one in organisations)],
        )


class AnswerForm(BaseForm):
    """You said, we did; or we cannot, because."""

    kind = forms.ChoiceField(
        label="What came of it?", choices=_choices(terms.KINDS), widget=forms.RadioSelect,
        help_text="Everybody sees it, and those who said it are told.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    words = _long(
        "Say it to those who said so",
        f"What was done, or why it cannot be; in plain words, as you would to their face. {NOBODY}",
        required=True, error_messages={"required": "Write what was done, or why it cannot be."},
    )  # fmt: skip
    on = DateField(
        label="On which day was it done, or decided?", may_be_future=False, help_text="Shown with the answer."
    )
    rests_on = forms.ChoiceField(
        label="What does it rest on?", required=False,
        help_text="The change, the test of change or the barrier that it is about, so that anybody can look it up.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, groups: Sequence[tuple[str, list[tuple[str, str]]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", today())
        choose(self.fields["rests_on"], [("", "Nothing that is written down here"), *groups])


class TellForm(BaseForm):
    """That somebody was told what came of it."""

    how = forms.ChoiceField(
        label="How were they told?", widget=forms.RadioSelect,
        choices=[one for one in terms.TOLD.items() if one[0] not in ("page", "link")],
        help_text="Used to see that nobody is left without an answer.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    on = DateField(label="On which day?", may_be_future=False, help_text="Kept with it.")
    why = forms.CharField(
        label="Why could they not be told?", required=False, max_length=300,
        help_text=f"Needed only in that case. {NOBODY}",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", today())


class CloseForm(BaseForm):
    """That a round is closed, and why something was left."""

    why = _long("Why could that not be done?", f"Everybody who reads the round sees it. {NOBODY}")

    def __init__(self, *args: Any, needs_why: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_why:
            del self.fields["why"]


class VisitForm(BaseForm):
    """What happened when somebody tried to get help."""

    organisation = forms.ChoiceField(
        label="Where was it tried?", help_text="They see it, to learn from it.",
        error_messages={"required": "Choose the organisation."},
    )  # fmt: skip
    tried_on = DateField(label="When?", may_be_future=False, help_text="Shown with it.")
    way = forms.ChoiceField(
        label="How?", choices=_choices(terms.WAYS), widget=forms.RadioSelect(attrs={"small": True}),
        help_text="Used to compare ways in.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    as_whom = forms.CharField(
        label="As whom?", max_length=160,
        help_text="Made up, such as “somebody of 19 who sleeps on sofas”. Readers judge by it.",
        error_messages={"required": "Say as whom."},
    )  # fmt: skip
    tried = _long(
        "What did you ask for?", f"What a reader has to know to try it again. {NOBODY}", required=True, rows=2,
        error_messages={"required": "Say what you asked for."},
    )  # fmt: skip
    happened = _long(
        "What happened?", "Facts, in order. Name no member of staff: it is about how things work.", required=True,
        rows=4, error_messages={"required": "Say what happened."},
    )  # fmt: skip
    waited = forms.IntegerField(
        label="Minutes until somebody dealt with you", min_value=0, max_value=100_000, required=False
    )
    round = forms.ChoiceField(label="Part of a round?", required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, organisations: Iterable[Any], rounds: Iterable[Round], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {one.organisation_id: one for one in organisations}
        self.rounds = {one.round_id: one for one in rounds}
        choose(
            self.fields["organisation"],
            [("", "Choose one"), *((k, str(v)) for k, v in self.organisations.items())],
        )
        choose(self.fields["round"], [("", "No"), *((k, v.title) for k, v in self.rounds.items())])
        for code, said in terms.FACTS.items():
            self.fields[f"fact_{code}"] = forms.ChoiceField(
                label=said, choices=[("", "Cannot say"), ("yes", "Yes"), ("no", "No")], required=False,
                widget=forms.RadioSelect(attrs={"inline": True}),
            )  # fmt: skip
            dress(self.fields[f"fact_{code}"])

    def values(self) -> dict[str, Any]:
        """Return what was said, with the organisation and round themselves."""
        found = self.cleaned_data
        facts = {code: found[f"fact_{code}"] == "yes" for code in terms.FACTS if found.get(f"fact_{code}")}
        names = ("tried_on", "way", "as_whom", "tried", "happened", "waited")
        return {
            **{name: found[name] for name in names}, "facts": facts,
            "organisation": self.organisations.get(found["organisation"]), "round": self.rounds.get(found["round"]),
        }  # fmt: skip


class VisitFilter(FilterForm):
    """What the list of visits is narrowed by."""

    way = forms.ChoiceField(label="How", choices=_choices(terms.WAYS, "All ways"))
    organisation = forms.ChoiceField(label="Where")

    def __init__(self, *args: Any, organisations: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(
            self.fields["organisation"],
            [("", "Everywhere"), *((one.organisation_id, str(one)) for one in organisations)],
        )


def answers_of(said: Conversation) -> dict[str, Any]:
    """Return what a form to correct a note begins with."""
    names = ("helped", "score", "good", "in_way", "wanted", "words", "may_quote", "may_record")
    return {
        "agreed": True,
        "route": said.route,
        "held_on": said.held_on,
        **{name: getattr(said, name) for name in names},
    }
