"""The audit trail: every change, and every look at a person."""
