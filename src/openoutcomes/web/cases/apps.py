"""Cases as a Django application."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The case library: what was tried where, what it took, and what was learned."""

    name = "openoutcomes.web.cases"
    label = "cases"
