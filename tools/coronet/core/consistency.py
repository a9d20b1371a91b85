"""What a schema cannot say: values that are each well-formed and contradict each other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from coronet.core.documents import Document, Path
from coronet.core.timestamps import parse_time
from coronet.errors import Finding

Contradiction = tuple[str, Path]


def find_contradictions(document: Document, schema: str) -> tuple[Finding, ...]:
    """The contradictions in a document that satisfies the schema of that name."""
    examine = _EXAMINATIONS.get(schema)
    return tuple(document.finding(message, path) for message, path in examine(document.value)) if examine else ()


# --- proposals ------------------------------------------------------------------------------------


def _examine_proposal(value: Mapping[str, Any]) -> Iterator[Contradiction]:
    candidate, replaces = value["candidate"], value["replaces"]
    prefix = f"{value['model']}-v{candidate['version']}-"
    if value["id"][: -len("00000000")] != prefix:
        yield f"`id` is '{value['id']}', wanted `{prefix}` and 8 digits, after the model and its candidate", ("id",)
    if value["kind"] != "promotion" and replaces is None:
        yield f"`replaces` is null: a {value['kind']} needs a champion", ("replaces",)
    if replaces is not None:
        yield from _examine_versions(value["kind"], candidate["version"], replaces["version"])
    created = parse_time(value["created_at"])
    for name in ("expires_at", "valid_until"):
        if parse_time(value[name]) <= created:
            yield f"`{name}` is {value[name]}, which is not after `created_at`, {value['created_at']}", (name,)


def _examine_versions(kind: str, candidate: str, replaced: str) -> Iterator[Contradiction]:
    where = ("candidate", "version")
    if kind == "renewal" and candidate != replaced:
        yield f"`candidate.version` is {candidate}: a renewal keeps the champion, version {replaced}", where
    if kind != "renewal" and candidate == replaced:
        yield f"`candidate.version` is {candidate}, the champion itself: to keep it is a renewal", where


# --- policies -------------------------------------------------------------------------------------


def _examine_layer(value: Mapping[str, Any]) -> Iterator[Contradiction]:
    for index, window in enumerate(value.get("freeze", ())):
        if window["until"] < window["from"]:
            where: Path = ("freeze", index, "until")
            yield f"the freeze ends on {window['until']}, before it begins on {window['from']}", where
    for name, term in value.get("ranking", {}).get("score", {}).items():
        if "clamp" in term and term["clamp"][0] >= term["clamp"][1]:
            low, high = term["clamp"]
            where = ("ranking", "score", name, "clamp")
            yield f"`clamp` is {low} to {high}: the first is the lowest, the second the highest", where


# --- model files ----------------------------------------------------------------------------------


def _examine_model(value: Mapping[str, Any]) -> Iterator[Contradiction]:
    data = value["data"]
    for index, name in enumerate(data.get("features", ())):
        if name == data["label"]:
            yield f"the label '{name}' is among the features: the model would be told", ("data", "features", index)


# --- evidence -------------------------------------------------------------------------------------


def _examine_evidence(value: Mapping[str, Any]) -> Iterator[Contradiction]:
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    for index, fact in enumerate(value["metrics"]):
        key = (fact["metric"], frozenset(fact["segment"].items()))
        if key in seen:
            yield f"`{fact['metric']}` stands here a second time for the same segment", ("metrics", index)
        seen.add(key)
        yield from _examine_intervals(fact, index)
        if value["champion"] is None:
            yield from _examine_alone(fact, index)


def _examine_intervals(fact: Mapping[str, Any], index: int) -> Iterator[Contradiction]:
    for name in ("interval", "candidate_interval"):
        ends = fact.get(name)
        if ends and ends[0] > ends[1]:
            yield f"`{name}` is {ends[0]} to {ends[1]}: the lower end stands first", ("metrics", index, name)


def _examine_alone(fact: Mapping[str, Any], index: int) -> Iterator[Contradiction]:
    for name in ("champion", "difference"):
        if fact[name] is not None:
            yield f"`{name}` is {fact[name]}, and there is no champion", ("metrics", index, name)


_EXAMINATIONS: Mapping[str, Callable[[Mapping[str, Any]], Iterable[Contradiction]]] = {
    "proposal": _examine_proposal,
    "policy_layer": _examine_layer,
    "policy": _examine_layer,
    "model": _examine_model,
    "evidence": _examine_evidence,
}
