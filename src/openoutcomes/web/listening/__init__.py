"""Who was heard and who was not, what they said, and what was done about it."""
