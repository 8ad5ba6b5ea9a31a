"""Addresses of listening that need no seat: the link that somebody was given opens them."""

from __future__ import annotations

from django.urls import path

from openoutcomes.web.listening import own_views

urlpatterns = [path("<str:token>/", own_views.heard, name="heard")]
