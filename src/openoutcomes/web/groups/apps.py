"""Groups as a Django application."""

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    """Group sessions and registers of attendance."""

    name = "openoutcomes.web.groups"
    label = "groups"
