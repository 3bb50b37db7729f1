"""What lists, counts and statistics load: each said once, in authority's limits."""
