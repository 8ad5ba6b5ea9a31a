"""Addresses of governance."""

from __future__ import annotations

from django.urls import path

from openoutcomes.web.governance import views
from openoutcomes.web.governance import views_complaints as complaints
from openoutcomes.web.governance import views_uses as uses

urlpatterns = [
    path("", views.governance, name="governance"),
    path("panels/", views.panels, name="panels"),
    path("panels/add/", views.panel_add, name="panel_add"),
    path("panels/<slug:panel_id>/", views.panel, name="panel"),
    path("panels/<slug:panel_id>/change/", views.panel_change, name="panel_change"),
    path("panels/<slug:panel_id>/seat/", views.seat_add, name="panel_seat_add"),
    path("panels/<slug:panel_id>/matter/", views.matter_add, name="matter_add"),
    path("seats/<slug:seat_id>/take/", views.seat_take, name="panel_seat_take"),
    path("seats/<slug:seat_id>/end/", views.seat_end, name="panel_seat_end"),
    path("seats/<slug:seat_id>/support/", views.support_add, name="support_add"),
    path("matters/<slug:matter_id>/", views.matter, name="matter"),
    path("matters/<slug:matter_id>/decide/", views.matter_decide, name="matter_decide"),
    path("matters/<slug:matter_id>/declare/", views.declare_in, name="matter_declare"),
    path("interests/", views.interests, name="interests"),
    path("interests/add/", views.interest_add, name="interest_add"),
    path("interests/<slug:interest_id>/end/", views.interest_end, name="interest_end"),
    path("interests/<slug:interest_id>/handle/", views.interest_handle, name="interest_handle"),
    path("support/", views.support_list, name="support_list"),
    path("support/<slug:support_id>/", views.support_answer, name="support_answer"),
    path("support/<slug:support_id>/given/", views.support_given, name="support_given"),
    path("uses/", uses.uses, name="data_uses"),
    path("uses/add/", uses.use_add, name="data_use_add"),
    path("uses/<slug:use_id>/", uses.use, name="data_use"),
    path("uses/<slug:use_id>/decide/", uses.use_decide, name="data_use_decide"),
    path("uses/<slug:use_id>/review/", uses.use_review, name="data_use_review"),
    path("complaints/", complaints.complaints, name="complaints"),
    path("complaints/make/", complaints.complain, name="complain"),
    path("complaints/write/", complaints.write_down, name="complaint_write"),
    path("complaints/blank/", complaints.blank, name="complaint_blank"),
    path("complaints/handle/", complaints.handling, name="complaint_handling"),
    path("complaints/rules/", complaints.rules_page, name="complaint_rules"),
    path("complaints/<slug:complaint_id>/", complaints.complaint, name="complaint"),
    path("complaints/<slug:complaint_id>/assign/", complaints.assign, name="complaint_assign"),
    path("complaints/<slug:complaint_id>/acknowledge/", complaints.acknowledge, name="complaint_acknowledge"),
    path("complaints/<slug:complaint_id>/note/", complaints.add_note, name="complaint_note"),
    path("complaints/<slug:complaint_id>/answer/", complaints.answer, name="complaint_answer"),
    path("complaints/<slug:complaint_id>/agree/", complaints.agree, name="complaint_agree"),
    path("complaints/<slug:complaint_id>/done/", complaints.put_right, name="complaint_done"),
    path("complaints/<slug:complaint_id>/close/", complaints.close, name="complaint_close"),
    path("complaints/<slug:complaint_id>/further/", complaints.further, name="complaint_further"),
    path("complaints/<slug:complaint_id>/satisfied/", complaints.satisfied, name="complaint_satisfied"),
    path("complaints/<slug:complaint_id>/back/", complaints.take_back, name="complaint_back"),
]
