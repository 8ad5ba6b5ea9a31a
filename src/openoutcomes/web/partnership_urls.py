"""Addresses inside one partnership: one line a noun."""

from __future__ import annotations

from django.urls import include, path

from openoutcomes.web.core import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("openoutcomes.web.partnerships.urls")),
    path("people/", include("openoutcomes.web.people.urls")),
    path("records/", include("openoutcomes.web.records.urls")),
    path("contracts/", include("openoutcomes.web.contracts.urls")),
    path("audit/", include("openoutcomes.web.audit.urls")),
]
