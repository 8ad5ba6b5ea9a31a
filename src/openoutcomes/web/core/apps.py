"""The core of the platform as a Django application."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Scope, permission, commands, forms and lists."""

    name = "openoutcomes.web.core"
    label = "core"
