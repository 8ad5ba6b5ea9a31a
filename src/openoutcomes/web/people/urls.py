"""Addresses of people."""

from django.urls import path

from openoutcomes.web.people import (
    account_views,
    draft_views,
    duplicate_views,
    identity_views,
    list_views,
    person_views,
)

urlpatterns = [
    path("", list_views.people, name="people"),
    path("find/", list_views.find, name="people_find"),
    path("add/", identity_views.add, name="person_add"),
    path("drafts/", draft_views.drafts_page, name="drafts"),
    path("drafts/keep/", draft_views.keep, name="draft_keep"),
    path("drafts/drop/", draft_views.drop, name="draft_drop"),
    path("duplicates/", duplicate_views.duplicates, name="duplicates"),
    path("duplicates/<int:key>/dismiss/", duplicate_views.dismiss, name="likeness_dismiss"),
    path("merges/<int:key>/undo/", duplicate_views.undo, name="merge_undo"),
    path("handover/", identity_views.handover, name="handover"),
    path("end/<str:enrolment_id>/", identity_views.end, name="enrolment_end"),
    path("reopen/<str:enrolment_id>/", identity_views.reopen, name="enrolment_reopen"),
    path("<str:person_id>/", person_views.person, name="person"),
    path("<str:person_id>/details/", identity_views.edit, name="person_edit"),
    path("<str:person_id>/safeguarding/", identity_views.safeguarding, name="person_safeguarding"),
    path("<str:person_id>/account/", account_views.account, name="person_account"),
    path("<str:person_id>/enrol/", identity_views.enrol, name="person_enrol"),
    path("<str:person_id>/merge/", duplicate_views.choose, name="person_merge"),
    path("<str:person_id>/merge/<str:other_id>/", duplicate_views.merge, name="people_merge"),
]
