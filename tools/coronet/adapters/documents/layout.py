"""Writing YAML in one layout: blocks, two spaces, keys in their order, quotes only where they are needed.

The first line of a proposal names its schema for editors, by the path from where proposals live to the
schemas that `coronet init` keeps in the repository: it works offline, without a setting, and at every
commit means the schema of that commit. Programs do not read it; they go by the key `schema`.
"""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from coronet.adapters.documents.scalars import FLOAT, INTEGER, WORDS, is_plain_text
from coronet.core.proposal import SCHEMA

_FIRST_LINES = {
    SCHEMA: "# yaml-language-server: $schema=../../.coronet/schemas/proposal.schema.json\n",
}

# What YAML 1.1 takes for a word or a number of base 2, 8, 16 or 60: quoted too, for readers that still
# follow it. Times and dates stay bare, as everywhere in the files.
_OLD_WORDS = re.compile(r"(?:y|n|yes|no|on|off|true|false|null|=|<<)", re.IGNORECASE)
_OLD_NUMBERS = re.compile(r"[-+]?(?:0[box]?[0-9a-fA-F_]+|[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?|\.[0-9_]+)")


def lay_out(value: Mapping[str, Any]) -> str:
    """The YAML text of a mapping of plain JSON values; what can be said in one way only is always said so."""
    body = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=1_000_000
    )
    return _FIRST_LINES.get(str(value.get("schema")), "") + body


class _Dumper(yaml.SafeDumper):
    """PyYAML's emitter with our reading of scalars, so that it quotes what we would misread and no more."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012  (PyYAML's own kind of declaration)

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def choose_scalar_style(self) -> str:
        style: str = super().choose_scalar_style()
        return '"' if style == "'" else style


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else '"' if _needs_quotes(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _needs_quotes(text: str) -> bool:
    return (
        text != text.strip()
        or not is_plain_text(text)
        or bool(_OLD_WORDS.fullmatch(text) or _OLD_NUMBERS.fullmatch(text))
    )


_WORD = re.compile("|".join(re.escape(word) for word in WORDS))
_Dumper.add_representer(str, _represent_text)
for _kind, _pattern in (("int", INTEGER), ("float", FLOAT), ("bool", re.compile("true|false")), ("null", _WORD)):
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(rf"(?:{_pattern.pattern})\Z"), None)
