"""Contracts as a Django application."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Terms in force, as loaded."""

    name = "openoutcomes.web.contracts"
    label = "contracts"
