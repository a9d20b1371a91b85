"""The adopter's workflows: those that coronet's own repository runs, with its actions at a pinned ref.

They are files of the adopter's own, not calls of reusable workflows elsewhere: what starts them, what they may
do, and the environments whose secrets they see are the adopter's to decide and to review.
"""

import re

from coronet.core.adoption.pin import Pin
from coronet.ports.documents import Templates

FOLDER = ".github/workflows"
PREFIX = "coronet-"
_ACTION = re.compile(r"(?m)^(?P<before>\s*(?:- )?uses: )\./\.github/actions/(?P<name>[a-z-]+)$")


def render_workflows(pin: Pin, templates: Templates) -> dict[str, bytes]:
    """Each workflow by its path; the names of our own files begin with `coronet-`, beside those of the adopter."""
    texts = {name: templates.read(name) for name in templates.names("workflows")}
    files = {name.rpartition("/")[2] for name in texts}
    return {f"{FOLDER}/{PREFIX}{name.rpartition('/')[2]}": _fill(text, pin, files) for name, text in texts.items()}


def render_scripts(templates: Templates) -> dict[str, bytes]:
    """What the workflow `release` calls: examples that the adopter fills in."""
    return {f".github/{name}": templates.read(name).encode() for name in templates.names("release")}


def _fill(text: str, pin: Pin, files: set[str]) -> bytes:
    pinned = _ACTION.sub(rf"\g<before>{pin.source}/.github/actions/\g<name>@{pin.ref}", text)
    own = "|".join(re.escape(name) for name in sorted(files))
    return re.sub(rf"(?P<before>['/])(?P<name>{own})\b", rf"\g<before>{PREFIX}\g<name>", pinned).encode()
