"""Results as a Django application."""

from django.apps import AppConfig


class ResultsConfig(AppConfig):
    """What the record shows: people reached, progress, what recording costs."""

    name = "openoutcomes.web.results"
    label = "results"
