"""Partnerships: who works together, on what, and who may do what."""
