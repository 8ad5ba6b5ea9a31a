"""Claims as a Django application."""

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """Claims: built from records, locked, explained, approved, disputed, closed."""

    name = "openoutcomes.web.claims"
    label = "claims"
