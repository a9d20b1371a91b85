"""Which look at the evaluation data an evaluation is, where the policy lets looks share a chance."""

from dataclasses import replace

from coronet.core.evidence import Evidence, Look
from coronet.core.judging.looks import looked_at
from coronet.core.look_tags import look_tag, number_look
from coronet.core.policy import Policy
from coronet.ports.registry import ModelVersion, Registry


def count_look(
    evidence: Evidence, candidate: ModelVersion, policy: Policy | None, registry: Registry, *, dry_run: bool
) -> Evidence:
    """The evidence with its look's number, which the candidate's version bears from now on."""
    if policy is None or policy.looks is None:
        return evidence
    data = looked_at(policy.looks, evidence.data)
    tag = look_tag(data, evidence.data.digest, evidence.champion.digest if evidence.champion else None)
    tags = {version.version: version.tags for version in registry.versions(candidate.name)}
    number = number_look(tag, data, candidate.version, tags)
    if not dry_run:
        registry.set_version_tags(candidate.name, candidate.version, {tag: str(number)})
    return replace(evidence, look=Look(number=number, data=data))
