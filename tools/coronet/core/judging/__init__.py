"""Does this evidence satisfy this policy? Pure: values in, a tree of named checks out."""
