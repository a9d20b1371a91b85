"""CODEOWNERS as GitHub reads it: who must approve a change to a path."""

from coronet.core.codeowners.file import LOCATIONS, CodeOwners, Owners, Rule, parse_codeowners

__all__ = ["LOCATIONS", "CodeOwners", "Owners", "Rule", "parse_codeowners"]
