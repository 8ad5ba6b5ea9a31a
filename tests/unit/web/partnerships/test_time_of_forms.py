"""A form knows how long it was open, and cannot be told otherwise."""

import datetime as dt

import pytest

from openoutcomes.web.core.clock import at
from openoutcomes.web.core.forms import BaseForm

OPENED = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def sent_after(seconds, **changes):
    with at(OPENED):
        opened = BaseForm().initial["opened"]
    with at(OPENED + dt.timedelta(seconds=seconds)):
        form = BaseForm({"opened": opened, **changes})
        assert form.is_valid()
        return form.seconds()


@pytest.mark.parametrize(("passed", "counted"), [(0, 0), (45, 45), (900, 900), (86_400, 900)])
def test_typing_counts_from_opening_to_sending_for_fifteen_minutes_at_most(passed, counted):
    assert sent_after(passed) == counted


@pytest.mark.parametrize("claim", ["", "0", "1772442000:made-up", "nonsense"])
def test_a_time_that_was_not_signed_here_counts_as_unknown(claim):
    assert sent_after(30, opened=claim) is None
