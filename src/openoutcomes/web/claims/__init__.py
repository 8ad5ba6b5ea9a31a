"""Claims: built from records, locked, explained, approved, disputed, closed."""
