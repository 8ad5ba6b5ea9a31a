"""Commands of the platform about payments."""
