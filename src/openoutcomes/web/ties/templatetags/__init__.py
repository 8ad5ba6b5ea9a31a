"""Template tags of ties."""
