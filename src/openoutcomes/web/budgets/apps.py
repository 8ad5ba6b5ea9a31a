"""Budgets as a Django application."""

from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    """Small personal budgets."""

    name = "openoutcomes.web.budgets"
    label = "budgets"
