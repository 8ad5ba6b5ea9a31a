"""Referrals between organisations: made, accepted, handed back."""
