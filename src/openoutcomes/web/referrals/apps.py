"""Referrals as a Django application."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Referrals between organisations: made, accepted, handed back."""

    name = "openoutcomes.web.referrals"
    label = "referrals"
