"""Sharing as a Django application."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Who else may see a person, why, and who looked. It has no rows of its own: see people.models.Sight."""

    name = "openoutcomes.web.sharing"
    label = "sharing"
