"""A person's own way in to their record: invited, and ended, from their page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from openoutcomes.standard.problems import InputError
from openoutcomes.web.accounts.invitations import invite
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.core.pages import page, problems_into, say
from openoutcomes.web.partnerships.models import Invitation, Membership
from openoutcomes.web.people.models import Person
from openoutcomes.web.people.queries import look_at, own_organisation


class InviteForm(BaseForm):
    """Where to send the link to a person's own record."""

    email = forms.EmailField(
        label="Their email address",
        max_length=254,
        help_text="The link goes here. Check that nobody else reads it, above all where contact needs care.",
    )


@command
def end_account(
    by: Access, *, person: Person, membership: Membership | None = None, invitation: Invitation | None = None
) -> Person:
    """End a person's own way in, or withdraw an invitation to it; it stops at once."""
    by.require("members.manage", own_organisation(by, person, "people.edit") or 0)
    for row, name in ((membership, "ended_at"), (invitation, "withdrawn_at")):
        if row is not None and getattr(row, name) is None:
            setattr(row, name, clock.now())
            row.save()
    note(by, "people.end_account", person, person=person)
    return person


@page("members.manage")
def account(request: Any, person_id: str) -> HttpResponse:
    """Invite a person to see their own record; show who has such a way in, and end it."""
    access = request.access
    person = look_at(access, person_id, "people.account")
    if own_organisation(access, person, "people.edit") is None:
        raise Http404("Not one of the seat's own people")
    back = reverse("person", kwargs={"partnership": access.partnership.slug, "person_id": person_id})
    here = reverse("person_account", kwargs={"partnership": access.partnership.slug, "person_id": person_id})
    seats = Membership.of(access.partnership).filter(person=person, role="person", ended_at=None)
    invitations = [one for one in Invitation.of(access.partnership).filter(person=person) if one.is_open]
    if request.method == "POST" and "end" in request.POST:
        kind, _, key = request.POST["end"].partition("-")
        seat = seats.filter(pk=key).first() if kind == "seat" and key.isdigit() else None
        asked = next((one for one in invitations if kind == "invitation" and str(one.pk) == key), None)
        if seat is None and asked is None:
            raise Http404("No such way in")
        end_account(access, person=person, membership=seat, invitation=asked)
        say(request, "It is ended.")
        return redirect(here)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invite(access, email=form.cleaned_data["email"], role="person", person=person, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The link is on its way. It works once, for 14 days.")
            return redirect(here)
    context = {
        "title": "Their own record",
        "caption": person.shown,
        "form": form,
        "back": back,
        "button": "Send the link",
        "seats": seats.select_related("user"),
        "invitations": invitations,
    }
    return render(request, "people/account.html", context)
