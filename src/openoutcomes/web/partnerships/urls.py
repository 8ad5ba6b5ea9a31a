"""Addresses of setting up."""

from django.urls import path

from openoutcomes.web.partnerships import catalogue_views, member_views, views

urlpatterns = [
    path("setup/", views.setup, name="setup"),
    path("setup/details/", views.details, name="partnership_details"),
    path("setup/organisations/", views.organisations, name="organisations"),
    path("setup/organisations/add/", views.organisation_add, name="organisation_add"),
    path("setup/organisations/<str:organisation_id>/", views.organisation, name="organisation"),
    path(
        "setup/organisations/<str:organisation_id>/edit/", views.organisation_edit, name="organisation_edit"
    ),
    path(
        "setup/organisations/<str:organisation_id>/close/",
        views.organisation_close,
        name="organisation_close",
    ),
    path("setup/programmes/", views.programmes, name="programmes"),
    path("setup/programmes/add/", views.programme_add, name="programme_add"),
    path("setup/programmes/<str:programme_id>/", views.programme, name="programme"),
    path("setup/programmes/<str:programme_id>/edit/", views.programme_edit, name="programme_edit"),
    path("setup/programmes/<str:programme_id>/close/", views.programme_close, name="programme_close"),
    path("setup/members/", member_views.members, name="members"),
    path("setup/members/invite/", member_views.invite, name="member_invite"),
    path("setup/members/<int:pk>/role/", member_views.role, name="member_role"),
    path("setup/members/<int:pk>/end/", member_views.end, name="member_end"),
    path("setup/invitations/<int:pk>/resend/", member_views.resend, name="invitation_resend"),
    path("setup/invitations/<int:pk>/withdraw/", member_views.withdraw, name="invitation_withdraw"),
    path("setup/roles/", member_views.roles, name="roles"),
    path("setup/outcomes/", catalogue_views.outcomes, name="catalogue_outcomes"),
    path("setup/outcomes/<str:code>/", catalogue_views.outcome, name="catalogue_outcome"),
    path("setup/instruments/", catalogue_views.instruments, name="catalogue_instruments"),
    path("setup/instruments/<str:code>/", catalogue_views.instrument, name="catalogue_instrument"),
    path("setup/instruments/<str:code>/wording/", catalogue_views.wording, name="catalogue_wording"),
    path("setup/choose/<str:kind>/", catalogue_views.choose, name="catalogue_choose"),
    path("setup/switch/<str:kind>/<str:code>/", catalogue_views.switch, name="catalogue_switch"),
]
