"""People as a Django application."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who people are, who may see them, and where they are enrolled."""

    name = "openoutcomes.web.people"
    label = "people"
