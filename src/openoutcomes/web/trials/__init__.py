"""Tests of change: the smallest thing to try, what came of it, and what was decided."""
