"""What people need in their words, ranked by them, and pictures of the system."""
