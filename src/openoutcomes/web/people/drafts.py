"""Drafts: what somebody typed in a form and has not sent is kept for them, and is there when they come back.

A view that wants it does three things::

    slot = drafts.slot(request)
    form = slot.fill(SomeForm(request.POST or None))    # what was typed before is in it
    ...                                                 # when the command is done:
    slot.done()
    return render(request, "core/form_page.html", {..., "draft": slot})

The page then carries a signed token that says whose form it is. So what is typed, or sent, after a session
has expired is still kept for the person to whom the form was given, and for nobody else.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from django import forms
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse
from django_scopes import scope

from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.models import Receipt
from openoutcomes.web.core.scope import writing
from openoutcomes.web.people.models import Draft, Person

F = TypeVar("F", bound=forms.Form)

#: The name of the hidden input that says whose form it is.
WHOSE = "draft_of"
#: The most that is kept of one form.
LARGEST, MOST_FIELDS, LONGEST_KEY = 64_000, 300, 250
_SALT = "openoutcomes.people.draft"
_NOT_KEPT = frozenset({"csrfmiddlewaretoken", WHOSE, "opened"})


class Slot:
    """Where the draft of one form of one user is kept; templates show it as the address that keeps it."""

    def __init__(self, access: Access, key: str, title: str = "") -> None:
        self.access, self.key, self.title = access, key, title
        self._draft = _held(access, key)

    def __str__(self) -> str:
        address = reverse("draft_keep", kwargs={"partnership": self.access.partnership.slug})
        return f"{address}?{urlencode({'form': self.key})}"

    @property
    def token(self) -> str:
        """The signed word of whose form this is, for the hidden input."""
        about = {"u": self.access.user.pk, "p": self.access.partnership.pk, "k": self.key, "t": self.title}
        return signing.dumps(about, salt=_SALT, compress=True)

    @property
    def saved_at(self) -> dt.datetime | None:
        """When the draft that was found was last added to; None without one."""
        return self._draft.saved_at if self._draft else None

    def fill(self, form: F) -> F:
        """Put what was typed before into a form that has not been sent."""
        if self._draft is None or form.is_bound:
            return form
        kept = QueryDict(mutable=True)
        for name, values in json.loads(self._draft.values or "{}").items():
            kept.setlist(name, values)
        for name, field in form.fields.items():
            at = form.add_prefix(name)
            if not field.widget.value_omitted_from_data(kept, {}, at) and name != "opened":
                form.initial[name] = field.widget.value_from_datadict(kept, {}, at)
        return form

    def done(self) -> None:
        """Let the draft go: its form was sent and done."""
        with writing("people.draft"):
            Draft.of(self.access.partnership).filter(user=self.access.user, key=self.key).delete()
        self._draft = None


def slot(request: Any, title: str = "") -> Slot:
    """Return the slot of the form at the address of the request; ``title`` is its name in lists."""
    return Slot(request.access, request.path, title)


def _held(access: Access, key: str) -> Draft | None:
    return Draft.of(access.partnership).filter(user=access.user, key=key, saved_at__gt=oldest()).first()


def oldest() -> dt.datetime:
    """Return the moment before which drafts are no longer kept."""
    return clock.now() - dt.timedelta(days=Draft.DAYS)


def drafts_of(access: Access) -> list[Draft]:
    """Return the drafts of a user in the partnership, newest first; those too old are deleted."""
    mine = Draft.of(access.partnership).filter(user=access.user)
    with writing("people.draft"):
        mine.filter(saved_at__lte=oldest()).delete()
    gone = Q(person__merged_into__isnull=False) | Q(person__erased_at__isnull=False)
    return list(mine.exclude(gone).select_related("person").order_by("-saved_at"))


def keep(access: Access, key: str, sent: Mapping[str, Any], title: str = "") -> bool:
    """Keep what was typed in the form at ``key``; False where that is no form the seat may open.

    A form that was sent and done meanwhile is not kept again.
    """
    try:
        person = _whom(access, key)
    except LookupError:
        return False
    if len(key) > LONGEST_KEY:
        return False
    once = sent.get("once")
    if once and Receipt.objects.filter(user=access.user, once=once).exists():
        return True
    listed = (
        sent.lists() if isinstance(sent, QueryDict) else ((name, [value]) for name, value in sent.items())
    )
    values = {name: texts for name, texts in listed if name not in _NOT_KEPT}
    text = json.dumps(values)
    if len(text) > LARGEST or len(values) > MOST_FIELDS:
        return False
    with writing("people.draft"):
        Draft.of(access.partnership).update_or_create(
            user=access.user,
            key=key,
            defaults={"values": text, "saved_at": clock.now(), "person": person, "title": title[:120]},
            create_defaults={
                "partnership": access.partnership, "values": text, "saved_at": clock.now(), "person": person,
                "title": title[:120],
            },
        )  # fmt: skip
    return True


def _whom(access: Access, key: str) -> Person | None:
    """Return whom the form at an address is about, or None; raises LookupError where the seat may not open it."""
    from openoutcomes.web.people.queries import people_for  # noqa: PLC0415 - queries need models alone
    from openoutcomes.web.records.models import Record  # noqa: PLC0415 - it needs the models of people

    try:
        match = resolve(key)
    except Resolver404 as error:
        raise LookupError(key) from error
    action = getattr(match.func, "action", "")
    if match.kwargs.get("partnership") != access.partnership.slug or not action or not access.may(action):
        raise LookupError(key)
    people = people_for(access)
    named = match.kwargs
    if "person_id" in named:
        people = people.filter(person_id=named["person_id"])
    elif "enrolment_id" in named:
        people = people.filter(enrolments__enrolment_id=named["enrolment_id"])
    elif "record_id" in named:
        about = Record.of(access.partnership).filter(record_id=named["record_id"], current=True)
        people = people.filter(pk__in=about.values("person"))
    else:
        return None
    person = people.first()
    if person is None:
        raise LookupError(key)
    return person


def read_token(token: str) -> dict[str, Any] | None:
    """Return what a token says of whose form it is; None where it is not ours, or too old."""
    try:
        about: dict[str, Any] = signing.loads(token, salt=_SALT, max_age=Draft.DAYS * 86_400)
    except signing.BadSignature:
        return None
    return about


def keep_for_later(request: HttpRequest) -> str:
    """Keep a form that came after its session had expired, for whom it was given to; return its address.

    Returns nothing where the form carries no token that is ours. Called before anybody is signed in.
    """
    from openoutcomes.web.accounts.models import User  # noqa: PLC0415 - models load after this
    from openoutcomes.web.core.middleware import seat_of  # noqa: PLC0415 - it calls this module
    from openoutcomes.web.partnerships.models import Partnership  # noqa: PLC0415 - models load after this

    about = read_token(request.POST.get(WHOSE, ""))
    if about is None:
        return ""
    user = User.objects.filter(pk=about["u"], is_active=True).first()
    partnership = Partnership.objects.filter(pk=about["p"]).first()
    access = seat_of(user, partnership.slug) if user and partnership else None
    if access is None:
        return ""
    with scope(partnership=access.partnership):
        return about["k"] if keep(access, about["k"], request.POST, about["t"]) else ""
