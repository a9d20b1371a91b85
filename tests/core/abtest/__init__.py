"""Two versions in use at once."""
