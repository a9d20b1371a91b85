"""`coronet init`: everything a team needs, written into a repository that has a life of its own."""
