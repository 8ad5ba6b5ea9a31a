"""Reading and writing what others publish; today the INDIGO export and its reconciliation."""
