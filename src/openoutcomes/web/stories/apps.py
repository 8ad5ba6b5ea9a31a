"""Stories as a Django application."""

from django.apps import AppConfig


class StoriesConfig(AppConfig):
    """What people need in their words, ranked by them, and pictures of the system."""

    name = "openoutcomes.web.stories"
    label = "stories"
