"""Addresses of one's own account, and of invitations; django-allauth has the rest under /accounts/."""

from __future__ import annotations

from django.urls import path

from openoutcomes.web.accounts import views

urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/name/", views.name, name="account_name"),
    path("account/sign-out-everywhere/", views.sign_out_everywhere, name="account_sign_out_everywhere"),
    # Before the address of the same kind in django-allauth, which it wraps.
    path("accounts/oidc/<slug:provider_id>/login/", views.to_service),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
]
