"""Payments, bank details, investors' money and the ledger that holds them."""
