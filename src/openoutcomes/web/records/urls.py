"""Addresses of records about people."""

from django.urls import path

from openoutcomes.web.records import views

urlpatterns = [
    path("add/<str:person_id>/", views.quick, name="record_quick"),
    path("add/<str:person_id>/<str:kind>/", views.add, name="record_add"),
    path("measure/<str:person_id>/", views.measures, name="measures"),
    path("measure/<str:person_id>/<str:instrument>/", views.measure, name="measure_add"),
    path("measure/<str:person_id>/<str:instrument>/score/", views.score, name="measure_score"),
    path("readings/<str:person_id>/<path:code>/", views.readings, name="readings"),
    path("next/<str:enrolment_id>/", views.plan, name="plan_contact"),
    path("review/<path:record_id>/", views.review, name="goal_review"),
    path("met/<path:record_id>/", views.met, name="need_met"),
    path("change/<str:table>/<path:record_id>/", views.change, name="record_change"),
    path("withdraw/<str:table>/<path:record_id>/", views.withdraw, name="record_withdraw"),
    path("restore/<str:table>/<path:record_id>/", views.restore, name="record_restore"),
    path("see/<str:table>/<path:record_id>/", views.record, name="record"),
]
