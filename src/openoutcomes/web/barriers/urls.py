"""Addresses of barriers."""

from __future__ import annotations

from django.urls import path

from openoutcomes.web.barriers import people_views, share_views, views

urlpatterns = [
    path("", views.barriers, name="barriers"),
    path("add/", views.add, name="barrier_add"),
    path("to-answer/", views.to_answer, name="barriers_to_answer"),
    path("to-answer/print/", views.to_answer_print, name="barriers_to_answer_print"),
    path("elsewhere/", share_views.elsewhere_list, name="barriers_elsewhere"),
    path("elsewhere/<slug:share_id>/", share_views.elsewhere, name="barrier_elsewhere"),
    path("elsewhere/<slug:share_id>/too/", share_views.too, name="barrier_too"),
    path("people/<slug:person_id>/", people_views.of_person, name="person_barriers"),
    path("asks/<slug:ask_id>/answer/", views.answer, name="barrier_answer"),
    path("asks/<slug:ask_id>/check/", views.check, name="barrier_check"),
    path("asks/<slug:ask_id>/take-back/", views.take_back, name="barrier_take_back"),
    path("<slug:barrier_id>/", views.barrier, name="barrier"),
    path("<slug:barrier_id>/change/", views.change, name="barrier_change"),
    path("<slug:barrier_id>/ask/", views.ask, name="barrier_ask"),
    path("<slug:barrier_id>/further/", views.further, name="barrier_further"),
    path("<slug:barrier_id>/settle/", views.settle, name="barrier_settle"),
    path("<slug:barrier_id>/reopen/", views.reopen, name="barrier_reopen"),
    path("<slug:barrier_id>/people/", people_views.people, name="barrier_people"),
    path("<slug:barrier_id>/share/", share_views.share, name="barrier_share"),
    path("<slug:barrier_id>/unshare/", share_views.unshare, name="barrier_unshare"),
    path("<slug:barrier_id>/same/", share_views.join, name="barrier_join"),
    path("<slug:barrier_id>/part/", share_views.part, name="barrier_part"),
]
