"""People supported: who they are, who may see them, and where they are enrolled."""
