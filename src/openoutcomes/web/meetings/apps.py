"""Meetings as a Django application."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """Huddles, contract and learning meetings: agendas, decisions, actions."""

    name = "openoutcomes.web.meetings"
    label = "meetings"
