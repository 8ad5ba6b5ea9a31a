"""Staged pathways: stages, meetings, reviews that are due."""
