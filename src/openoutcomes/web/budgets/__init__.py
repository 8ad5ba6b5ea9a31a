"""Small personal budgets."""
