"""Group sessions and registers of attendance."""
