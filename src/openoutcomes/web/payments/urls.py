"""Addresses of payments, positions and statements."""

from django.urls import path

from openoutcomes.web.payments import action_views, bank_views, views

urlpatterns = [
    path("", views.position, name="position"),
    path("all/", views.payments, name="payments"),
    path("due/", action_views.due, name="payments_due"),
    path("files/", action_views.files, name="batches"),
    path("files/<str:payer>/<str:kind>/<int:number>.csv", action_views.file, name="batch"),
    path("bank/", bank_views.accounts, name="bank"),
    path("bank/propose/<str:organisation>/", bank_views.propose, name="bank_propose"),
    path("bank/<str:bank_id>/", bank_views.account, name="bank_one"),
    path("bank/<str:bank_id>/withdraw/", bank_views.account_withdraw, name="bank_withdraw"),
    path("contracts/<int:contract>/", views.contract_position, name="contract_position"),
    path("contracts/<int:contract>/statement/", views.statement, name="statement"),
    path("contracts/<int:contract>/statement.pdf", views.statement_as_pdf, name="statement_pdf"),
    path("contracts/<int:contract>/statement.csv", views.statement_as_csv, name="statement_csv"),
    path("contracts/<int:contract>/journal.jsonl", views.journal, name="journal"),
    path("contracts/<int:contract>/check/", views.check, name="ledger_check"),
    path("contracts/<int:contract>/close/<int:payer>/", action_views.close, name="contract_close"),
    path("contracts/<int:contract>/invest/<int:investor>/", action_views.invest, name="invest"),
    path(
        "contracts/<int:contract>/invest/<int:investor>/<int:number>/undo/",
        action_views.invest_reverse,
        name="invest_reverse",
    ),
    path("<str:payment_id>/undo/", action_views.reverse, name="payment_reverse"),
    path("claims/<str:claim_id>/<int:payer>/pay/", action_views.pay, name="pay"),
    path("claims/<str:claim_id>/<int:payer>/take-back/", action_views.claw_back, name="claw_back"),
]
