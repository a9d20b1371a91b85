"""A stage for tests of the commands: a real git remote and clone, the local forge, a registry, a clock that is told."""
