"""Outcomes claimed for people, and the evidence for them."""
