"""The case library: what was tried where, what it took, and what was learned."""
