"""Two versions in use at once: who meets which, and what came of it. Pure: counts and sums in, an answer out."""
