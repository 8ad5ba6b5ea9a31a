"""Running the platform: serving it, backing it up and restoring it, and changing its keys."""
