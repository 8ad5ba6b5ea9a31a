"""The tables as declared, one module for each stretch of the framework."""
