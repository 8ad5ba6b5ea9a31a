"""What a page of results is narrowed by."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.forms import DateField
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.results.queries import Period, programmes_shown

#: How many quarters back can be chosen.
_QUARTERS = 12


def quarter_start(of: dt.date) -> dt.date:
    """Return the first day of the quarter that a day lies in."""
    return dt.date(of.year, 3 * ((of.month - 1) // 3) + 1, 1)


def quarters(now: dt.date) -> list[Period]:
    """Return the whole quarters that have ended, newest first."""
    found = []
    start = quarter_start(now)
    for _ in range(_QUARTERS):
        last = start - dt.timedelta(days=1)
        start = quarter_start(last)
        found.append(Period(start, last))
    return found


class ResultsFilter(FilterForm):
    """Programme and period. Those outside an organisation choose among whole quarters."""

    organisation = forms.ChoiceField(label="Organisation")
    programme = forms.ChoiceField(label="Programme")
    period = forms.ChoiceField(label="Period")
    since = DateField(label="Or from", help_text="")
    until = DateField(label="to", help_text="")

    def __init__(self, *args: Any, access: Access, is_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = ("name",) if is_own else ("organisation__name", "name")
        self.programmes = list(programmes_shown(access).order_by(*order))
        self.is_own = is_own
        self.whole = quarters(today())
        year = Period(self.whole[3].first, self.whole[0].last)
        if is_own:
            self.periods = {"": Period(None, today()), "year": year}
            words = {"": "Everything so far", "year": "The last four quarters"}
        else:
            self.periods = {"": year, "all": Period(None, self.whole[0].last)}
            words = {"": "The last four quarters", "all": "Everything up to the last quarter"}
        self.periods |= {f"{one.first:%Y-%m}": one for one in self.whole if one.first}
        words |= {
            f"{one.first:%Y-%m}": f"{day(one.first)} to {day(one.last)}" for one in self.whole if one.first
        }
        self.fields["period"].choices = list(words.items())  # type: ignore[attr-defined]
        self.fields["programme"].choices = [  # type: ignore[attr-defined]
            ("", "All"),
            *[
                (one.programme_id, one.name if is_own else f"{one.name}, {one.organisation}")
                for one in self.programmes
            ],
        ]
        if is_own:
            del self.fields["organisation"]
        else:
            names = {one.organisation.organisation_id: one.organisation for one in self.programmes}
            self.organisations: dict[str, Organisation] = dict(
                sorted(names.items(), key=lambda pair: pair[1].name)
            )
            choices = [("", "All"), *[(key, one.name) for key, one in self.organisations.items()]]
            self.fields["organisation"].choices = choices  # type: ignore[attr-defined]
            del self.fields["since"], self.fields["until"]

    def asked_period(self) -> Period:
        """Return the period asked for; one's own dates come before a named period."""
        given = self.cleaned_data
        if given.get("since") or given.get("until"):
            return Period(given.get("since"), given.get("until") or today())
        return self.periods[given.get("period", "")]

    def asked_programme(self) -> Any:
        """Return the programme asked for, among those that may be seen."""
        return next(
            (one for one in self.programmes if one.programme_id == self.cleaned_data.get("programme")), None
        )
