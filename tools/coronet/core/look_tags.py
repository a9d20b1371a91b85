"""Looks at evaluation data as the tags of model versions count them.

Each comparison of a version leaves a tag on it, whose value is the look's number: whether it was good enough
or not, it was a chance to be promoted. The same comparison again is no other look.
"""

from collections.abc import Mapping

from coronet.core.canonical import digest_json

PREFIX = "coronet.look."


def look_tag(data: str, digest: str, champion: str | None) -> str:
    """The tag of a comparison on the data with that digest with the champion of that digest (None: with nobody).

    `data` is what looks are counted over (`judging.looks.looked_at`).
    """
    return f"{_family(data)}{_short([digest, champion])}"


def number_look(tag: str, data: str, version: str, tags: Mapping[str, Mapping[str, str]]) -> int:
    """The number of the look that `tag` on `version` stands for; `tags` are those of every version, by version.

    The one it has already, unless another look has it too (two were counted at once), else one beyond all others.
    """
    family = _family(data)
    others = [
        value
        for other, found in tags.items()
        for name, value in found.items()
        if name.startswith(family) and (other, name) != (version, tag)
    ]
    numbers = {int(value) for value in others if value.isdecimal()}
    own = tags.get(version, {}).get(tag, "")
    if own.isdecimal() and int(own) > 0 and int(own) not in numbers:
        return int(own)
    return 1 + max([len(others), *numbers])


def _family(data: str) -> str:
    return f"{PREFIX}{_short(data)}."


def _short(value: object) -> str:
    return digest_json(value).removeprefix("sha256:")[:12]
