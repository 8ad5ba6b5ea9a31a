"""Addresses of stories."""

from __future__ import annotations

from django.urls import path

from openoutcomes.web.stories import picture_views, views

urlpatterns = [
    path("", views.stories, name="stories"),
    path("add/", views.story_add, name="story_add"),
    path("rank/", views.story_rank, name="story_rank"),
    path("rankings/", views.rankings, name="rankings"),
    path("rankings/paper/", views.ranking_paper, name="ranking_paper"),
    path("rankings/<slug:ballot_id>/take-back/", views.ranking_away, name="ranking_away"),
    path("pictures/", picture_views.pictures, name="pictures"),
    path("pictures/add/", picture_views.picture_add, name="picture_add"),
    path("pictures/<slug:picture_id>/", picture_views.picture, name="picture"),
    path("pictures/<slug:picture_id>/change/", picture_views.picture_change, name="picture_change"),
    path("pictures/<slug:picture_id>/versions/", picture_views.picture_history, name="picture_history"),
    path(
        "pictures/<slug:picture_id>/versions/<int:number>/",
        picture_views.picture_version,
        name="picture_version",
    ),
    path(
        "pictures/<slug:picture_id>/versions/<int:number>/bring-back/",
        picture_views.picture_restore,
        name="picture_restore",
    ),
    path("pictures/<slug:picture_id>/away/", picture_views.picture_away, name="picture_away"),
    path("pictures/<slug:picture_id>/steps/add/", picture_views.step_add, name="step_add"),
    path("pictures/<slug:picture_id>/steps/<slug:key>/", picture_views.step_change, name="step_change"),
    path(
        "pictures/<slug:picture_id>/steps/<slug:key>/take-out/", picture_views.step_remove, name="step_remove"
    ),
    path(
        "pictures/<slug:picture_id>/steps/<slug:key>/move/<slug:where>/",
        picture_views.step_move,
        name="step_move",
    ),
    path("<slug:story_id>/", views.story, name="story"),
    path("<slug:story_id>/change/", views.story_change, name="story_change"),
    path("<slug:story_id>/move/", views.story_move, name="story_move"),
    path("<slug:story_id>/away/", views.story_away, name="story_away"),
]
