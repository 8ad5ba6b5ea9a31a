"""Listening as a Django application."""

from django.apps import AppConfig


class ListeningConfig(AppConfig):
    """Who was heard and who was not, what they said, and what was done about it."""

    name = "openoutcomes.web.listening"
    label = "listening"
