"""Addresses of claims."""

from django.urls import path

from openoutcomes.web.claims import action_views, views

urlpatterns = [
    path("", views.claims, name="claims"),
    path("prepare/", views.prepare, name="claim_prepare"),
    path("<str:claim_id>/", views.claim, name="claim"),
    path("<str:claim_id>/lines.csv", views.lines, name="claim_lines"),
    path("<str:claim_id>/claim.json", views.whole, name="claim_json"),
    path("<str:claim_id>/lines/<int:number>/", views.line, name="claim_line"),
    path("<str:claim_id>/price-again/", action_views.price_again, name="claim_price_again"),
    path("<str:claim_id>/submit/", action_views.lock, name="claim_lock"),
    path("<str:claim_id>/withdraw/", action_views.withdraw, name="claim_withdraw"),
    path("<str:claim_id>/approve/<int:payer>/", action_views.approve, name="claim_approve"),
    path("<str:claim_id>/return/<int:payer>/", action_views.return_lines, name="claim_return"),
    path("<str:claim_id>/disputes/<str:dispute_id>/", action_views.dispute, name="claim_dispute"),
]
