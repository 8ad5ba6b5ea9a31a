"""Every address of the platform. Pages of a partnership live under /p/<partnership>/."""

from __future__ import annotations

from django.urls import include, path

from openoutcomes.web.core import views

app_name = None
urlpatterns = [
    path("", views.start, name="start"),
    path("health/", views.health, name="health"),
    path("accounts/", include("allauth.urls")),
    path("p/<slug:partnership>/", include("openoutcomes.web.partnership_urls")),
]
handler403 = "openoutcomes.web.core.views.forbidden"
handler404 = "openoutcomes.web.core.views.not_found"
handler500 = "openoutcomes.web.core.views.broken"
