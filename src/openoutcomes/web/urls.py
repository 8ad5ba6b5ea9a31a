"""Every address of the platform. Pages of a partnership live under /p/<partnership>/."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from openoutcomes.web.core import views

app_name = None
urlpatterns = [
    path("", views.start, name="start"),
    path("health/", views.health, name="health"),
    path("health/ready/", views.ready, name="ready"),
    path("", include("openoutcomes.web.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("heard/", include("openoutcomes.web.listening.public_urls")),
    path("p/<slug:partnership>/", include("openoutcomes.web.partnership_urls")),
]
if settings.DEMO:
    from openoutcomes.web.demo import views as demo

    urlpatterns += [
        path("demo/", demo.choose, name="demo"),
        path("demo/enter/", demo.enter, name="demo_enter"),
    ]

handler400 = "openoutcomes.web.core.views.bad"
handler403 = "openoutcomes.web.core.views.forbidden"
handler404 = "openoutcomes.web.core.views.not_found"
handler429 = "openoutcomes.web.core.views.too_many"
handler500 = "openoutcomes.web.core.views.broken"
