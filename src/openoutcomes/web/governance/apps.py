"""Governance as a Django application."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """Panels and boards, declared interests, uses of data, complaints and redress."""

    name = "openoutcomes.web.governance"
    label = "governance"
