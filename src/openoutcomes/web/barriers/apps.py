"""Barriers as a Django application."""

from django.apps import AppConfig


class BarriersConfig(AppConfig):
    """What gets in people's way, whose rule it is, and who was asked to bend it."""

    name = "openoutcomes.web.barriers"
    label = "barriers"
