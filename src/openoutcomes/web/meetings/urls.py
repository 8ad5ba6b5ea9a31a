"""Addresses of meetings."""

from __future__ import annotations

from django.urls import path

from openoutcomes.web.meetings import action_views, learning_views, minute_views, views

urlpatterns = [
    path("", views.meetings, name="meetings"),
    path("series/", views.series_list, name="meeting_series"),
    path("series/add/<slug:kind>/", views.series_add, name="series_add"),
    path("series/<slug:series_id>/", views.series, name="series"),
    path("series/<slug:series_id>/change/", views.series_change, name="series_change"),
    path("series/<slug:series_id>/invited/", views.series_seats, name="series_seats"),
    path("series/<slug:series_id>/end/", views.series_end, name="series_end"),
    path("series/<slug:series_id>/plan/", views.meeting_plan, name="meeting_plan"),
    path("huddle/", minute_views.today_huddle, name="huddle"),
    path("decisions/", action_views.decisions, name="decisions"),
    path("decisions/<slug:decision_id>/take-back/", minute_views.decision_back, name="decision_back"),
    path("actions/", action_views.actions, name="actions"),
    path("actions/<slug:action_id>/", action_views.action, name="action"),
    path("actions/<slug:action_id>/<slug:way>/", action_views.action_settle, name="action_settle"),
    path("side-by-side/", learning_views.side_by_side, name="side_by_side"),
    path("side-by-side/<slug:programme_id>/practice/", learning_views.practice, name="practice"),
    path("quarter/", learning_views.quarter, name="quarter"),
    path("<slug:meeting_id>/", views.meeting, name="meeting"),
    path("<slug:meeting_id>/change/", views.meeting_change, name="meeting_change"),
    path("<slug:meeting_id>/invited/", views.meeting_invite, name="meeting_invite"),
    path("<slug:meeting_id>/apologies/", views.apologies, name="meeting_apologies"),
    path("<slug:meeting_id>/cancel/", views.meeting_cancel, name="meeting_cancel"),
    path("<slug:meeting_id>/start/", views.meeting_start, name="meeting_start"),
    path("<slug:meeting_id>/agenda/add/", views.agenda_add, name="agenda_add"),
    path("<slug:meeting_id>/agenda/<slug:mark>/drop/", views.agenda_drop, name="agenda_drop"),
    path("<slug:meeting_id>/agenda/<slug:mark>/arrange/", views.agenda_arrange, name="agenda_arrange"),
    path("<slug:meeting_id>/huddle/", minute_views.huddle, name="meeting_huddle"),
    path("<slug:meeting_id>/items/<slug:mark>/", minute_views.item, name="meeting_item"),
    path("<slug:meeting_id>/attendance/", minute_views.attendance, name="meeting_attendance"),
    path("<slug:meeting_id>/close/", minute_views.close, name="meeting_close"),
    path("<slug:meeting_id>/reopen/", minute_views.reopen, name="meeting_reopen"),
    path("<slug:meeting_id>/approve/", minute_views.approve, name="meeting_approve"),
    path("<slug:meeting_id>/correct/", minute_views.correct, name="meeting_correct"),
    path("<slug:meeting_id>/minutes/", minute_views.minutes, name="meeting_minutes"),
]
