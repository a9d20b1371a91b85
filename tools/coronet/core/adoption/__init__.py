"""Bringing coronet into a repository that has a life of its own: what to write, and what to leave alone."""
