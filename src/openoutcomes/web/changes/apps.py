"""Changes as a Django application."""

from django.apps import AppConfig


class ChangesConfig(AppConfig):
    """Changes to delivery and who decided them; posts, caseloads and spare capacity."""

    name = "openoutcomes.web.changes"
    label = "changes"
