"""The platform: where people record once, verify and pay."""
