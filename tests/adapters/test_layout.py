"""Writing YAML: one exact layout, and nothing that could not be read back."""

from typing import Any

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.errors import InvalidInput

DOCUMENTS = FileDocuments()

PROPOSAL: dict[str, Any] = {
    "schema": "coronet/proposal/v1",
    "id": "iris-v7-7c2f9a41",
    "candidate": {"version": "7", "created": "2026-11-20T21:05:00Z", "digest": "sha256:" + "0" * 64},
    "replaces": None,
    "data": {"name": "on", "rows": 50296, "share": 0.5, "tiny": 1e-7, "checked": True},
    "segments": ["region", "age: band", {"kind": "ELEVATOR", "more": [1, 2]}],
    "nothing": [],
    "empty": {},
    "why": {"summary": "It's better: 10 % less error", "notes": "first line\nsecond line\n", "open": "a\nb"},
    "code": {"commit": "12345678", "short": "1e10", "day": "2026-11-20", "clock": "12:30", "none": ""},
    "odd": {" lead": "trail ", "y": "~", "#": "- a", "tab": "a\tb", "é": "😀", "nbsp": "\u00a0"},
}
LAYOUT = """\
# yaml-language-server: $schema=../../.coronet/schemas/proposal.schema.json
schema: coronet/proposal/v1
id: iris-v7-7c2f9a41
candidate:
  version: "7"
  created: 2026-11-20T21:05:00Z
  digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
replaces: null
data:
  name: "on"
  rows: 50296
  share: 0.5
  tiny: 1.0e-07
  checked: true
segments:
  - region
  - "age: band"
  - kind: ELEVATOR
    more:
      - 1
      - 2
nothing: []
empty: {}
why:
  summary: "It's better: 10 % less error"
  notes: |
    first line
    second line
  open: |-
    a
    b
code:
  commit: "12345678"
  short: "1e10"
  day: 2026-11-20
  clock: "12:30"
  none: ""
odd:
  " lead": "trail "
  "y": "~"
  "#": "- a"
  tab: "a\\tb"
  é: 😀
  nbsp: "\u00a0"
"""


def test_the_layout() -> None:
    assert DOCUMENTS.render(PROPOSAL).decode() == LAYOUT
    assert DOCUMENTS.parse(LAYOUT.encode(), file="f.yaml").value == PROPOSAL


def test_only_proposals_name_a_schema_for_editors() -> None:
    assert DOCUMENTS.render({"schema": "coronet/policy/v1"}) == b"schema: coronet/policy/v1\n"


@pytest.mark.parametrize("text", ["\x1b[31m", "\u202e", "a\rb", "\x85", "\u2028"])
def test_what_could_not_be_read_back_is_not_written(text: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be written") as caught:
        DOCUMENTS.render({"why": {"summary": text}})
    assert "nobody sees" in str(caught.value.findings[0])


def test_what_is_no_plain_data_is_a_bug() -> None:
    with pytest.raises(ValueError, match="plain JSON"):
        DOCUMENTS.render({"pair": (1, 2)})
