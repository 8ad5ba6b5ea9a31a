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
    path("agenda/", include("openoutcomes.web.agenda.urls")),
    path("listening/", include("openoutcomes.web.listening.urls")),
    path("stories/", include("openoutcomes.web.stories.urls")),
    path("barriers/", include("openoutcomes.web.barriers.urls")),
    path("trials/", include("openoutcomes.web.trials.urls")),
    path("changes/", include("openoutcomes.web.changes.urls")),
    path("meetings/", include("openoutcomes.web.meetings.urls")),
    path("cases/", include("openoutcomes.web.cases.urls")),
    path("governance/", include("openoutcomes.web.governance.urls")),
    path("ties/", include("openoutcomes.web.ties.urls")),
    path("audit/", include("openoutcomes.web.audit.urls")),
]
