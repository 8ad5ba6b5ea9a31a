"""Addresses of tests of change."""

from __future__ import annotations

from django.urls import path

from openoutcomes.web.trials import share_views, views

urlpatterns = [
    path("", views.trials, name="trials"),
    path("plan/", views.plan, name="trial_plan"),
    path("elsewhere/", share_views.elsewhere_list, name="trials_elsewhere"),
    path("elsewhere/<slug:share_id>/", share_views.elsewhere, name="trial_elsewhere"),
    path("<slug:trial_id>/", views.trial, name="trial"),
    path("<slug:trial_id>/change/", views.change, name="trial_change"),
    path("<slug:trial_id>/look/", views.look, name="trial_look"),
    path("<slug:trial_id>/start/", views.start, name="trial_start"),
    path("<slug:trial_id>/see/", views.observe, name="trial_observe"),
    path("<slug:trial_id>/decide/", views.decide, name="trial_decide"),
    path("<slug:trial_id>/undo/", views.undo, name="trial_undo"),
    path("<slug:trial_id>/drop/", views.drop, name="trial_drop"),
    path("<slug:trial_id>/print/", views.trial_print, name="trial_print"),
    path("<slug:trial_id>/share/", share_views.share, name="trial_share"),
    path("<slug:trial_id>/unshare/", share_views.unshare, name="trial_unshare"),
]
