"""Addresses of sharing."""

from django.urls import path

from openoutcomes.web.sharing import views

urlpatterns = [
    path("<slug:person_id>/", views.sharing, name="sharing"),
    path("<slug:person_id>/share/", views.share_add, name="share_add"),
    path("<slug:person_id>/<int:sight>/stop/", views.share_withdraw, name="share_withdraw"),
]
