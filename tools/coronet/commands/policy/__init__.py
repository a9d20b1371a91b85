"""Policy as something to read, to test and to replay."""
