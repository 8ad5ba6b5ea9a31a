"""Payments as a Django application."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Payments, bank details, investors' money and the ledger that holds them."""

    name = "openoutcomes.web.payments"
    label = "payments"
