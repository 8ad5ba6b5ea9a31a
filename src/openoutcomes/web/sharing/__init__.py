"""Sharing: who else may see a person, why, how much, until when; and who looked."""
