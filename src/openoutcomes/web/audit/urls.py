"""Addresses of the audit trail."""

from django.urls import path

from openoutcomes.web.audit import views

urlpatterns = [path("", views.trail, name="audit")]
