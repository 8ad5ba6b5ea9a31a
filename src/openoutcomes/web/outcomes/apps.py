"""Outcomes as a Django application."""

from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    """Outcomes claimed for people, and the evidence for them."""

    name = "openoutcomes.web.outcomes"
    label = "outcomes"
