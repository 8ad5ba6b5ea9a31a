"""Addresses of changes to delivery and of team capacity."""

from __future__ import annotations

from django.urls import path

from openoutcomes.web.changes import team_views, views

urlpatterns = [
    path("", views.changes, name="changes"),
    path("add/", views.add, name="change_add"),
    path("log/<int:pk>/", views.log, name="change_log"),
    path("log/<int:pk>/print/", views.log_print, name="change_log_print"),
    path("budget/<str:programme_id>/", views.budget, name="budget_lines"),
    path("budget/<str:programme_id>/add/", views.line_add, name="budget_line_add"),
    path("agreements/<slug:agreement_id>/", views.agree, name="change_agree"),
    path("capacity/", team_views.capacity, name="capacity"),
    path("capacity/months/", team_views.months, name="capacity_months"),
    path("capacity/keep/", team_views.keep, name="capacity_keep"),
    path("capacity/add/<str:programme_id>/", team_views.post_add, name="post_add"),
    path("capacity/<slug:post_id>/", team_views.post, name="post"),
    path("capacity/<slug:post_id>/change/", team_views.post_change, name="post_change"),
    path("capacity/<slug:post_id>/fill/", team_views.fill, name="post_fill"),
    path("capacity/<slug:post_id>/vacate/", team_views.vacate, name="post_vacate"),
    path("capacity/<slug:post_id>/supervised/", team_views.supervised, name="post_supervised"),
    path("<slug:change_id>/", views.change, name="change"),
    path("<slug:change_id>/correct/", views.correct, name="change_correct"),
    path("<slug:change_id>/next/", views.follow_up, name="change_follow_up"),
    path("<slug:change_id>/withdraw/", views.withdraw, name="change_withdraw"),
]
