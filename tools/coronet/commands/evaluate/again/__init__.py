"""`coronet evaluate --verify`: measure again what evidence says, from the inputs that it pins."""
