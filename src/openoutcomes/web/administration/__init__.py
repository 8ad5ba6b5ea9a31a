"""Retention, erasure, exports and access to one's own record."""
