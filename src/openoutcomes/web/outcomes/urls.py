"""Addresses of outcomes and their evidence."""

from django.urls import path

from openoutcomes.web.outcomes import views

urlpatterns = [
    path("", views.outcomes, name="outcomes"),
    path("add/person/<str:person_id>/", views.add_for, name="outcome_add_for"),
    path("add/<str:enrolment_id>/", views.add, name="outcome_add"),
    path("add/<str:enrolment_id>/<path:code>/", views.add, name="outcome_form"),
    path("preview/<str:enrolment_id>/", views.show_preview, name="outcome_preview"),
    path("evidence/<str:evidence_id>/", views.evidence, name="evidence_file"),
    path("evidence/<str:evidence_id>/withdraw/", views.evidence_withdraw, name="evidence_withdraw"),
    path("<str:record_id>/", views.outcome, name="outcome"),
    path("<str:record_id>/change/", views.change, name="outcome_change"),
    path("<str:record_id>/withdraw/", views.withdraw, name="outcome_withdraw"),
    path("<str:record_id>/evidence/", views.evidence_add, name="evidence_add"),
]
