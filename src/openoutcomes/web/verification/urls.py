"""Addresses of verification."""

from django.urls import path

from openoutcomes.web.verification import views

urlpatterns = [
    path("", views.verification, name="verification"),
    path("outcome/<str:record_id>/", views.one, name="verification_one"),
    path("outcome/<str:record_id>/answer/", views.query_answer, name="query_answer"),
    path("samples/", views.samples, name="samples"),
    path("samples/draw/", views.sample_draw, name="sample_draw"),
    path("samples/<str:sample_id>/", views.sample, name="sample"),
    path("samples/<str:sample_id>/accept-the-rest/", views.sample_rest, name="sample_rest"),
    path("turnaround/", views.turnaround, name="turnaround"),
]
