"""Ties as a Django application."""

from django.apps import AppConfig


class TiesConfig(AppConfig):
    """What belongs together across the rooms: a theme and the change that answers it."""

    name = "openoutcomes.web.ties"
    label = "ties"
