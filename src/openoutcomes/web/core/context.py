"""What every page's template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from openoutcomes.web.core.navigation import areas_for


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the seat, the navigation of its roles, and whether this is a demonstration."""
    access = getattr(request, "access", None)
    return {
        "access": access,
        "partnership": access.partnership if access else None,
        "navigation": areas_for(access, request.path) if access else [],
        "is_demo": settings.DEMO,
    }
