"""Addresses of administration."""

from django.urls import path

from openoutcomes.web.administration import views

urlpatterns = [
    path("", views.administration, name="administration"),
    path("retention/", views.due, name="retention"),
    path("erase/", views.erase, name="erase"),
    path("hold/", views.hold, name="hold"),
    path("hold/<int:hold_id>/lift/", views.lift, name="hold_lift"),
    path("export/", views.export_all, name="export_all"),
    path("export/organisation/", views.export_organisation, name="export_organisation"),
    path("request/", views.about, name="access_export"),
]
