"""Outcomes contracts as code: read terms, price records, explain every line."""
