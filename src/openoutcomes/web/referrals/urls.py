"""Addresses of referrals."""

from django.urls import path

from openoutcomes.web.referrals import views

urlpatterns = [
    path("", views.referrals, name="referrals"),
    path("outside/", views.receive, name="referral_receive"),
    path("make/<slug:person_id>/", views.make, name="referral_make"),
    path("<slug:referral_id>/", views.referral, name="referral"),
    path("<slug:referral_id>/accept/", views.accept, name="referral_accept"),
    path("<slug:referral_id>/decline/", views.decline, name="referral_decline"),
    path("<slug:referral_id>/hand-back/", views.hand_back, name="referral_hand_back"),
    path("<slug:referral_id>/take-back/", views.take_back, name="referral_take_back"),
    path("<slug:referral_id>/undo/", views.undo, name="referral_undo"),
    path("<slug:referral_id>/remind/", views.remind, name="referral_remind"),
    path("<slug:referral_id>/next/", views.settle, name="referral_settle"),
]
