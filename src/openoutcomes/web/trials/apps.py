"""Trials as a Django application."""

from django.apps import AppConfig


class TrialsConfig(AppConfig):
    """Tests of change: the smallest thing to try, what came of it, and what was decided."""

    name = "openoutcomes.web.trials"
    label = "trials"
