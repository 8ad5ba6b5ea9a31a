"""Administration as a Django application."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    """Retention, erasure, exports and access to one's own record."""

    name = "openoutcomes.web.administration"
    label = "administration"
