"""Addresses of the shared agenda."""

from __future__ import annotations

from django.urls import path

from openoutcomes.web.agenda import views
from openoutcomes.web.agenda import views_asking as asking

urlpatterns = [
    path("", views.agenda, name="agenda"),
    path("print/", views.agenda_print, name="agenda_print"),
    path("versions/", views.versions, name="agenda_versions"),
    path("vision/", views.vision, name="agenda_vision"),
    path("focus/", views.focus, name="agenda_focus"),
    path("measures/add/", views.measure_add, name="measure_add"),
    path("measures/<slug:measure_id>/", views.measure_change, name="measure_change"),
    path("measures/<slug:measure_id>/drop/", views.measure_drop, name="measure_drop"),
    path("lines/add/", views.line_add, name="line_add"),
    path("lines/<slug:line_id>/", views.line_change, name="line_change"),
    path("lines/<slug:line_id>/drop/", views.line_drop, name="line_drop"),
    path("dropped/", views.dropped, name="agenda_dropped"),
    path("commitments/", views.commitments, name="commitments"),
    path("commitments/<slug:commitment_id>/", views.commitment, name="commitment"),
    path("commitments/<slug:commitment_id>/answer/", views.answer, name="commitment_answer"),
    path("triage/", asking.triages, name="triages"),
    path("triage/ask/", asking.ask, name="triage_ask"),
    path("triage/<slug:triage_id>/", asking.triage_page, name="triage"),
    path("triage/<slug:triage_id>/again/", asking.again, name="triage_again"),
    path("triage/<slug:triage_id>/decide/", asking.decide, name="triage_decide"),
    path("factors/", asking.factor_list, name="factors"),
    path("factors/<slug:code>/", asking.factor, name="factor"),
    path("factors/<slug:code>/evidence/", asking.evidence_add, name="evidence_note"),
    path("factors/<slug:code>/gap/", asking.gap_add, name="gap_add"),
    path("evidence/<slug:evidence_id>/strike/", asking.strike, name="evidence_strike"),
    path("gaps/<slug:gap_id>/", asking.gap_close, name="gap_close"),
]
