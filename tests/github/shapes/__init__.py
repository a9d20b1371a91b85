"""What the stand-in remembers, in the shapes that GitHub's API answers."""
