"""Addresses of budgets."""

from django.urls import path

from openoutcomes.web.budgets import views

urlpatterns = [
    path("", views.budgets, name="budgets"),
    path("pots/", views.pots, name="pots"),
    path("pots/open/", views.pot_open, name="pot_open"),
    path("pots/<slug:pot_id>/", views.pot_change, name="pot_change"),
    path("ask/<slug:person_id>/", views.ask, name="budget_ask"),
    path("<slug:request_id>/", views.budget, name="budget"),
    path("<slug:request_id>/approve/", views.approve, name="budget_approve"),
    path("<slug:request_id>/decline/", views.decline, name="budget_decline"),
    path("<slug:request_id>/spend/", views.spend, name="budget_spend"),
    path("<slug:request_id>/cancel/", views.cancel, name="budget_cancel"),
    path("<slug:request_id>/correct/", views.correct, name="budget_correct"),
]
