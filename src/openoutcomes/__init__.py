"""Open Outcomes: agree outcomes, record once, pay for what is verified, learn what works."""

__version__ = "0.1.0"
