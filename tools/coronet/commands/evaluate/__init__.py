"""Measure a candidate beside the champion: from prediction files, or from registered models."""
