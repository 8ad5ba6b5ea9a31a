"""Days by which a complaint is acknowledged and answered: working days, without the bank holidays of England.

The days that a new partnership begins with follow the complaint handling code of the Local Government and Social Care
Ombudsman (five to acknowledge, ten for the first answer, twenty for the second; general knowledge, of 2024). They
count from the day of receipt, which is earlier than the code asks, and each partnership sets its own.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from openoutcomes.contracts.calendar import Calendar
from openoutcomes.contracts.words import Duration
from openoutcomes.web.governance.models import ComplaintRules

_CALENDAR = Calendar(runs_from=dt.date(2020, 1, 1))
#: What is said where no outside body was named.
NO_BODY = "The partnership has not named an outside body yet. Ask the coordinator which ombudsman or regulator it is."


def rules_of(partnership: Any) -> ComplaintRules:
    """Return a partnership's days, or those it begins with."""
    return ComplaintRules.of(partnership).first() or ComplaintRules(partnership=partnership)


def working_days_after(day: dt.date, count: int) -> dt.date:
    """Return the last of ``count`` working days after a day."""
    return _CALENDAR.add(day, Duration(count, "working day"))
