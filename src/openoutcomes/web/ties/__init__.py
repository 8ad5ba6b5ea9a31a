"""What belongs together across the rooms: a theme and the change that answers it."""
