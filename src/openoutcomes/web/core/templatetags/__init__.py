"""Filters and tags that every template has."""
