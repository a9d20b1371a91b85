"""Reading the cases, and what the product says of each."""

from collections.abc import Mapping
from pathlib import Path

from coronet.adapters.documents import FileDocuments
from coronet.commands.judge import JudgeReport, judge
from coronet.core.canonical import canonical_json
from coronet.core.proposal import Proposal, proposal_from_json
from coronet.core.render.proposal import render_body, render_title

FOLDER = Path(__file__).parent
DOCUMENTS = FileDocuments()
REVIEWERS = ("model-owner", "second-owner")


def find_cases() -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob("*/proposal.yaml"))


def read_proposal(case: str) -> Proposal:
    document = DOCUMENTS.parse((FOLDER / case / "proposal.yaml").read_bytes(), file="proposal.yaml")
    assert DOCUMENTS.validate(document, "proposal") == ()
    return proposal_from_json(document.value)


def judge_case(case: str) -> JudgeReport:
    """As `coronet judge evidence.json --policy policy.yaml --at` the moment of the proposal."""
    evidence, policy = (
        DOCUMENTS.parse((FOLDER / case / name).read_bytes(), file=name) for name in ("evidence.json", "policy.yaml")
    )
    proposal = read_proposal(case)
    return judge(evidence, [policy], DOCUMENTS, now=proposal.created_at, kind=proposal.kind)


def answers(case: str) -> Mapping[str, bytes]:
    """What the files of a case must be, by name."""
    report, proposal = judge_case(case), read_proposal(case)
    body = render_body(proposal, report.judgement, reviewers=REVIEWERS)
    return {
        "judgement.json": canonical_json(report.to_json()),
        "judgement.txt": f"{report.to_text()}\n".encode(),
        "judgement.md": f"{report.to_markdown()}\n".encode(),
        "pull_request.md": f"# {render_title(proposal)}\n\n{body}\n".encode(),
    }
