"""Records: every table of the standard that is about a person or what was done, in append-only versions."""
