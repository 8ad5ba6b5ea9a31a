"""A worked partnership of made-up people, to try the platform with; nothing of it is ever evidence."""
