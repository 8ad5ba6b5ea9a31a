"""Erasing what complaints and interests say in words of a person; that there was a complaint stays."""

from __future__ import annotations

from django.db.models import Q

from openoutcomes.web.core.crypto import EncryptedText
from openoutcomes.web.governance.models import Complaint, ComplaintStep, Interest
from openoutcomes.web.partnerships.models import Membership
from openoutcomes.web.people.models import Person


def erase_words(person: Person) -> int:
    """Blank every word of a person's complaints and declared interests, inside a command; return how many complaints changed."""
    accounts = Membership.of(person.partnership).filter(person=person).values("user")
    rows = list(Complaint.of(person.partnership).filter(Q(person=person) | Q(user__in=accounts)))
    names = [field.name for field in Complaint._meta.get_fields() if isinstance(field, EncryptedText)]
    for row in rows:
        for name in names:
            setattr(row, name, "")
        row.save()
        for step in ComplaintStep.of(person.partnership).filter(complaint=row):
            # Encrypted text is written row by row.
            step.words = ""
            step.save(update_fields=["words"])
    for interest in Interest.of(person.partnership).filter(user__in=accounts, by_person=True):
        interest.words = ""
        interest.save()
    return len(rows)
