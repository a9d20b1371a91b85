"""The versions that were champion before, and which of them one may return to."""

from coronet.commands.drafting import Ground
from coronet.commands.ledger import read_log
from coronet.commands.proposals import parse_evidence, read_proposals
from coronet.commands.registered import find_candidate
from coronet.commands.world import World
from coronet.core.changelog.entry import APPLIED, Entry
from coronet.core.judging.judgement import Judgement, judge
from coronet.core.proposal import Candidate, Kind
from coronet.errors import InvalidInput, Refused


def former_champions(world: World, ground: Ground) -> list[Entry]:
    """Applied entries of other versions than today's champion, newest first, one a version, as deep as allowed.

    Of a version that came back in the fast lane it is the entry before, whose evidence is on the main branch.
    """
    head = world.repository.head(world.log_branch)
    former: dict[str, Entry] = {}
    for entry in reversed(read_log(world.repository, head, ground.model.name)):
        current = ground.replaces and entry.target and entry.target.digest == ground.replaces.digest
        if entry.event in APPLIED and entry.alias == ground.alias and entry.target and not current:
            known = former.get(entry.target.version)
            if known is None or known.fast_lane:
                former[entry.target.version] = entry
    return list(former.values())[: ground.policy.rollback.depth]


def choose_former(world: World, ground: Ground, former: list[Entry], to: str | None) -> tuple[Entry, Candidate]:
    """The entry and the version to return to; Refused with the reason for each that cannot be."""
    if not former:
        raise Refused(
            f"{ground.model.name} has no former champion to return to", hint="`coronet log` shows what there was"
        )
    known = ", ".join(str(entry.target.version) for entry in former if entry.target)
    chosen = [entry for entry in former if to is None or (entry.target and entry.target.version == to)]
    if not chosen:
        raise InvalidInput(
            f"version {to} is none of the last {ground.policy.rollback.depth} former champions of {ground.model.name}",
            hint=f"former champions, newest first: {known}",
        )
    reasons = []
    for entry in chosen:
        found = _usable(world, ground, entry)
        if isinstance(found, Candidate):
            return entry, found
        reasons.append(found)
    raise Refused(f"no former champion can return: {'; '.join(reasons)}", hint="promote another version instead")


def _usable(world: World, ground: Ground, entry: Entry) -> Candidate | str:
    target = entry.target
    if target is None:
        return f"entry {entry.seq} names no version"
    if hold := ground.state.holds.get(target.digest):
        return f"version {target.version} is held: {hold.why}"
    candidate = find_candidate(world, ground.model.registered_model, target.version)
    if candidate is None:
        return f"version {target.version} is gone from the registry"
    return candidate if candidate.digest == target.digest else f"version {target.version} was changed since"


def judge_former(world: World, ground: Ground, entry: Entry) -> Judgement:
    """The evidence by which a version became champion with `entry`, under today's policy."""
    files = read_proposals(world.repository, ground.main, [(ground.model.name, str(entry.proposal))])[0]
    evidence = parse_evidence(files, world.documents, trusted=entry.evidence)
    return judge(evidence, ground.policy, now=world.clock.now(), kind=Kind.ROLLBACK)
