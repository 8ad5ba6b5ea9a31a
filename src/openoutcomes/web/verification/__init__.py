"""Samples of outcomes, and what a verifier found."""
