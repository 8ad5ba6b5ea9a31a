"""Referrals: the state of a hand-over between organisations; what was wanted and why is in its record.

The scheme: a ``Referral`` is the workflow beside the standard's record of the same id. Who made it waits
for an answer; who gets it sees the person through ``sight``, the consent or lawful basis given with it,
and so only while that holds. Accepting makes the person the receiving organisation's own as well. A
referral that was declined or handed back stays with whoever made it until they say what happens next.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import Scoped

#: How long an acceptance by mistake can be taken back.
UNDO = dt.timedelta(days=1)


class Referral(Scoped):
    """A person asked to be taken on by an organisation, and what came of it."""

    STATES: ClassVar = [
        ("made", "Waiting for an answer"),
        ("accepted", "Accepted"),
        ("declined", "Declined"),
        ("handed_back", "Handed back"),
        ("withdrawn", "Taken back"),
    ]
    ROUTES: ClassVar = [
        ("between", "From another organisation here"),
        ("self", "The person asked themselves"),
        ("outside", "From outside the partnership"),
    ]
    NEXT: ClassVar = [
        ("we_support", "We go on supporting them"),
        ("elsewhere", "Referred to somebody else"),
        ("not_wanted", "They want no more support now"),
        ("lost_touch", "We could not reach them"),
    ]

    referral_id = models.CharField(max_length=60)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="referrals")
    route = models.CharField(max_length=8, choices=ROUTES, default="between")
    from_organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="referrals_out", null=True
    )
    #: Who referred, where that is outside the partnership: an organisation or a part played, never a name.
    from_words = models.CharField(max_length=160, blank=True)
    to_organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="referrals_in"
    )
    programme = models.ForeignKey(
        "partnerships.Programme", on_delete=models.PROTECT, related_name="referrals", null=True, blank=True
    )
    state = models.CharField(max_length=12, choices=STATES, default="made")
    made_on = models.DateField()
    due_on = models.DateField("answer wanted by")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_on = models.DateField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    ended_on = models.DateField("handed back or taken back on", null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    #: What the sender does after it came back; until then it waits for them.
    next = models.CharField(max_length=12, choices=NEXT, blank=True)
    #: The consent or lawful basis by which the receiving organisation sees the person.
    sight = models.ForeignKey("people.Sight", on_delete=models.PROTECT, related_name="+", null=True)
    enrolment = models.ForeignKey(
        "people.Enrolment", on_delete=models.PROTECT, related_name="referrals", null=True
    )
    #: Whether accepting made the person the receiving organisation's own, which undoing takes back.
    made_own = models.BooleanField(default=False)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(fields=["partnership", "referral_id"], name="referral_id_once"),
            # Two constraints, since SQLite takes any number of rows without a programme for different ones.
            models.UniqueConstraint(
                fields=["person", "to_organisation", "programme"],
                condition=models.Q(state="made", programme__isnull=False),
                name="one_referral_waits",
            ),
            models.UniqueConstraint(
                fields=["person", "to_organisation"],
                condition=models.Q(state="made", programme=None),
                name="one_referral_waits_anywhere",
            ),
            models.CheckConstraint(
                condition=models.Q(route="between", from_organisation__isnull=False)
                | (~models.Q(route="between") & models.Q(from_organisation=None)),
                name="referral_has_a_sender",
            ),
        ]
        indexes = [
            models.Index(fields=["to_organisation", "state", "due_on"]),
            models.Index(fields=["from_organisation", "state", "due_on"]),
        ]

    def __str__(self) -> str:
        return self.referral_id

    @property
    def sender(self) -> str:
        """Who referred, for pages."""
        if self.from_organisation is not None:
            return self.from_organisation.name
        return self.from_words or self.get_route_display()

    @property
    def is_late(self) -> bool:
        """Whether an answer is overdue."""
        return self.state == "made" and self.due_on < clock.today()

    @property
    def came_back(self) -> bool:
        """Whether it came back and the sender has not said what happens next."""
        return self.state in ("declined", "handed_back") and self.route == "between" and not self.next

    @property
    def days(self) -> int:
        """Days from making it to the answer, or until today."""
        return ((self.answered_on or clock.today()) - self.made_on).days

    @property
    def may_be_undone(self) -> bool:
        """Whether its acceptance is recent enough to be taken back."""
        return (
            self.state == "accepted"
            and self.accepted_at is not None
            and clock.now() - self.accepted_at <= UNDO
        )
