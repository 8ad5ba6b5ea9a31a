"""The shared agenda: vision, measures, who will do what, and which way of paying fits."""
