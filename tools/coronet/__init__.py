"""coronet: model promotion as a pull request."""

__version__ = "0.1.0"
