"""Rolling back first, and asking for the approval afterwards."""
