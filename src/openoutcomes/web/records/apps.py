"""Records as a Django application."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Every table of the standard that is about a person or what was done."""

    name = "openoutcomes.web.records"
    label = "records"
