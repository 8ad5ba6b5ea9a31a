"""Verification as a Django application."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    """Samples of outcomes, and what a verifier found."""

    name = "openoutcomes.web.verification"
    label = "verification"
