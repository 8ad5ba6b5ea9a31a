"""Pathways as a Django application."""

from django.apps import AppConfig


class PathwaysConfig(AppConfig):
    """Staged pathways: stages, meetings, reviews that are due."""

    name = "openoutcomes.web.pathways"
    label = "pathways"
