"""Addresses of ties."""

from __future__ import annotations

from django.urls import path

from openoutcomes.web.ties import views

urlpatterns = [
    path("<slug:kind>/<str:key>/", views.add, name="tie"),
    path("<slug:kind>/<str:key>/<slug:other_kind>/<str:other_key>/", views.remove, name="untie"),
]
