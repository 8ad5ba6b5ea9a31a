"""Addresses of people."""

from django.urls import path

from openoutcomes.web.people import views

urlpatterns = [
    path("", views.people, name="people"),
    path("add/", views.add, name="person_add"),
]
