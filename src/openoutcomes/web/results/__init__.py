"""What the record shows: people reached, progress, what recording costs."""
