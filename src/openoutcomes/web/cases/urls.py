"""Addresses of cases."""

from __future__ import annotations

from django.urls import path

from openoutcomes.web.cases import views

urlpatterns = [
    path("", views.cases, name="cases"),
    path("add/", views.add, name="case_add"),
    path("find/", views.find, name="case_find"),
    path("export/", views.export, name="case_export"),
    path("import/", views.take_in, name="case_import"),
    path("schema/", views.schema, name="case_schema"),
    path("plans/", views.plans, name="copy_plans"),
    path("plans/<slug:plan_id>/", views.plan, name="copy_plan"),
    path("plans/<slug:plan_id>/add/", views.condition_add, name="condition_add"),
    path("plans/<slug:plan_id>/decide/", views.decide, name="copy_decide"),
    path("plans/<slug:plan_id>/<int:number>/", views.condition, name="condition"),
    path("elsewhere/<slug:publication_id>/", views.elsewhere, name="case_elsewhere"),
    path("elsewhere/<slug:publication_id>/copy/", views.copy_elsewhere, name="case_copy_elsewhere"),
    path("<slug:case_id>/", views.case, name="case"),
    path("<slug:case_id>/change/", views.change, name="case_change"),
    path("<slug:case_id>/history/", views.history, name="case_history"),
    path("<slug:case_id>/copy/", views.copy, name="case_copy"),
    path("<slug:case_id>/publish/", views.publish, name="case_publish"),
    path("<slug:case_id>/withdraw/", views.withdraw, name="case_withdraw"),
    path("<slug:case_id>/away/", views.put_away, name="case_away"),
]
