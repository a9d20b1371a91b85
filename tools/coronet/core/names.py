"""Which names may stand in paths, branches and registries."""

import re

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
RESERVED_ALIAS = re.compile(r"latest|v\d+")
NAME_RULE = "1 to 63 of a-z, 0-9, _ and -, beginning with a letter or digit"


def is_name(text: object) -> bool:
    """Whether `text` may name a model, an alias or a gate: safe in a path, a branch, a URL and a shell."""
    return isinstance(text, str) and NAME.fullmatch(text) is not None


def is_alias(text: object) -> bool:
    """A name that the registry does not keep for itself (`latest` and `v<digits>` are its own)."""
    return is_name(text) and RESERVED_ALIAS.fullmatch(str(text)) is None
