"""The shared language of outcomes: what may be recorded, and how it is checked."""
