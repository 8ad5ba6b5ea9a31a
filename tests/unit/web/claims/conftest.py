"""The world with outcomes to claim."""

from web_claims import busy

__all__ = ["busy"]
