"""What people are shown of the predictions themselves: what changes, curves, confusion matrices."""
