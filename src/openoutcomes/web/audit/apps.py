"""The audit trail as a Django application."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Events: every change, and every look at a person."""

    name = "openoutcomes.web.audit"
    label = "audit"
