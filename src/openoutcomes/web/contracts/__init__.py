"""Contracts: terms in force, as loaded, with what they say and what they would pay."""
