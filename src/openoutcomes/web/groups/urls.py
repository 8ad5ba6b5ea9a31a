"""Addresses of groups."""

from django.urls import path

from openoutcomes.web.groups import views

urlpatterns = [
    path("", views.groups, name="groups"),
    path("add/", views.add, name="group_add"),
    path("<slug:group_id>/", views.group, name="group"),
    path("<slug:group_id>/change/", views.change, name="group_change"),
    path("<slug:group_id>/register/", views.register, name="register"),
    path("<slug:group_id>/print/", views.register_print, name="register_print"),
    path("<slug:group_id>/register/<slug:session_id>/", views.register_change, name="register_change"),
    path("<slug:group_id>/off/<slug:person_id>/", views.take_off, name="group_take_off"),
]
