"""Addresses of one's own account, and of invitations; django-allauth has the rest under /accounts/."""

from __future__ import annotations

from django.urls import path

from openoutcomes.web.accounts import installation, views

urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/name/", views.name, name="account_name"),
    path("account/sign-out-everywhere/", views.sign_out_everywhere, name="account_sign_out_everywhere"),
    path("account/close/", views.close, name="account_close"),
    path("installation/", installation.installation, name="installation"),
    path("installation/partnerships/add/", installation.partnership_add, name="partnership_add"),
    path("installation/accounts/<int:pk>/", installation.account, name="installation_account"),
    # Before the address of the same kind in django-allauth, which it wraps.
    path("accounts/oidc/<slug:provider_id>/login/", views.to_service),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
]
