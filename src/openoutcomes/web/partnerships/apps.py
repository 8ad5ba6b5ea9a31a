"""Partnerships as a Django application."""

from django.apps import AppConfig


class PartnershipsConfig(AppConfig):
    """Who works together, on what, and who may do what."""

    name = "openoutcomes.web.partnerships"
    label = "partnerships"
