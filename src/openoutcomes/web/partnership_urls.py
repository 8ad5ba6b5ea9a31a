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
    path("sharing/", include("openoutcomes.web.sharing.urls")),
    path("referrals/", include("openoutcomes.web.referrals.urls")),
    path("groups/", include("openoutcomes.web.groups.urls")),
    path("pathways/", include("openoutcomes.web.pathways.urls")),
    path("budgets/", include("openoutcomes.web.budgets.urls")),
    path("outcomes/", include("openoutcomes.web.outcomes.urls")),
    path("verification/", include("openoutcomes.web.verification.urls")),
    path("claims/", include("openoutcomes.web.claims.urls")),
    path("payments/", include("openoutcomes.web.payments.urls")),
    path("results/", include("openoutcomes.web.results.urls")),
    path("administration/", include("openoutcomes.web.administration.urls")),
    path("audit/", include("openoutcomes.web.audit.urls")),
]
