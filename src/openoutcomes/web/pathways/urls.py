"""Addresses of pathways."""

from django.urls import path

from openoutcomes.web.pathways import views

urlpatterns = [
    path("", views.journeys, name="pathways"),
    path("defined/", views.pathways, name="pathways_defined"),
    path("define/", views.define, name="pathway_define"),
    path("defined/<slug:pathway_id>/", views.pathway, name="pathway"),
    path("defined/<slug:pathway_id>/change/", views.amend, name="pathway_amend"),
    path("place/<slug:enrolment_id>/", views.place, name="journey_place"),
    path("<slug:journey_id>/", views.journey, name="journey"),
    path("<slug:journey_id>/move/", views.move, name="journey_move"),
    path("<slug:journey_id>/end/", views.leave, name="journey_leave"),
    path("<slug:journey_id>/meeting/", views.meet, name="journey_meet"),
]
