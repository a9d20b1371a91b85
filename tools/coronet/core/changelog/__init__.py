"""The change log: what happened to the aliases of a model, and what that makes true now."""
