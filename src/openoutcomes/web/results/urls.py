"""Addresses of results."""

from django.urls import path

from openoutcomes.web.results import views

urlpatterns = [
    path("", views.results, name="results"),
    path("recording/", views.recording, name="recording_costs"),
]
