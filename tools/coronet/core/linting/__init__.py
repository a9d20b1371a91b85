"""What is odd about a policy before any evidence comes, each kind of oddness in a module of its own."""
