"""Addresses of contracts."""

from django.urls import path

from openoutcomes.web.contracts import load_views, views

urlpatterns = [
    path("", views.contracts, name="contracts"),
    path("load/", load_views.load, name="contract_load"),
    path("load/details/", load_views.details, name="contract_load_details"),
    path("load/confirm/", load_views.confirm, name="contract_load_confirm"),
    path("library/<str:code>/", load_views.shelved, name="contract_library"),
    path("<int:pk>/", views.contract, name="contract"),
    path("<int:pk>/load/", load_views.load, name="contract_version_load"),
    path("<int:pk>/parties/", views.parties, name="contract_parties"),
    path("<int:pk>/versions/<int:number>/", views.version, name="contract_version"),
    path("<int:pk>/versions/<int:number>/terms/", views.download, name="contract_download"),
]
