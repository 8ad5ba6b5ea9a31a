"""Agenda as a Django application."""

from django.apps import AppConfig


class AgendaConfig(AppConfig):
    """The shared agenda: vision, measures, who will do what, and which way of paying fits."""

    name = "openoutcomes.web.agenda"
    label = "agenda"
