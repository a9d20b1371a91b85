"""Whether evidence is about what a proposal asks for: its model, its candidate, its champion, its data."""

from coronet.core.decision import Check, failed, passed
from coronet.core.evidence import Evidence
from coronet.core.proposal import Kind, Proposal


def about(evidence: Evidence, proposal: Proposal) -> Check:
    """pass where evidence and proposal speak of the same things, else every difference.

    A rollback brings the evidence by which its candidate became champion before, against whatever was
    champion then; a renewal measures the champion alone or against itself, and keeps its number and its very files.
    """
    said: list[tuple[str, str | None, str | None]] = [
        ("model", evidence.model, proposal.model),
        ("candidate", evidence.candidate.digest, proposal.candidate.digest),
        ("data", evidence.data.digest, proposal.data.digest),
        ("name of the data", evidence.data.name, proposal.data.name),
        ("rows", str(evidence.data.rows), str(proposal.data.rows)),
    ]
    champion, replaced = evidence.champion, proposal.replaces
    if proposal.kind is Kind.PROMOTION:
        said.append(("champion", champion.digest if champion else None, replaced.digest if replaced else None))
    if proposal.kind is Kind.RENEWAL:
        kept = proposal.candidate
        said.append(("renewed champion", kept.digest, replaced.digest if replaced else None))
        said.append(("renewed version", kept.version, replaced.version if replaced else None))
    differ = [f"{name} {seen or 'none'} instead of {wanted or 'none'}" for name, seen, wanted in said if seen != wanted]
    wanted = "evidence about this candidate against this champion"
    if differ:
        hint = "evaluate this candidate against the champion that is there, and propose again"
        return failed("subject", saw="; ".join(differ), wanted=wanted, hint=hint)
    return passed("subject", saw=f"version {proposal.candidate.version}", wanted=wanted)
