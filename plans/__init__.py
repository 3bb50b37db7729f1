"""A published document → a checked plan → a stored plan."""
