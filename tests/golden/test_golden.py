"""Every case answers as it did; `tests/golden/README.md` says how to write the answers anew."""

from pathlib import Path

import pytest

from coronet.cli.main import run
from coronet.core.canonical import digest_bytes
from coronet.core.judging.judgement import judge
from coronet.core.proposal import identify
from coronet.core.subject import about
from coronet.core.timestamps import format_time
from tests.golden.cases import FOLDER, answers, find_cases, judge_case, read_proposal

CASES = find_cases()
ROOT = FOLDER.parents[1]


@pytest.mark.parametrize("case", CASES)
def test_a_case_answers_as_it_did(case: str) -> None:
    for name, data in answers(case).items():
        assert data.decode() == (FOLDER / case / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("format_", "ending"), [("json", "json"), ("text", "txt"), ("markdown", "md")])
def test_the_command_prints_the_same(
    case: str, format_: str, ending: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(FOLDER / case)
    proposal = read_proposal(case)
    options = ["--policy", "policy.yaml", "--kind", str(proposal.kind), "--at", format_time(proposal.created_at)]
    code = run(["judge", "evidence.json", *options, "--format", format_])
    printed = capsys.readouterr()
    assert printed.out == Path(f"judgement.{ending}").read_text(encoding="utf-8")
    assert (code, printed.err) == (judge_case(case).exit_code, "")


@pytest.mark.parametrize("case", CASES)
def test_a_case_hangs_together(case: str) -> None:
    proposal, judgement = read_proposal(case), judge_case(case).judgement
    evidence = judgement.evidence
    assert proposal.evidence_digest == digest_bytes((FOLDER / case / "evidence.json").read_bytes()) == evidence.digest
    assert proposal.policy_digest == judgement.policy.digest
    assert proposal.evidence_verdict == judgement.verdict
    assert about(evidence, proposal).result == "pass"
    assert proposal.id == identify(
        kind=proposal.kind,
        model=proposal.model,
        alias=proposal.alias,
        candidate=proposal.candidate,
        replaces=proposal.replaces,
        facts_digest=evidence.facts_digest,
        policy_digest=proposal.policy_digest,
        attempt=1,
    )
    again = judge(evidence, judgement.policy, now=proposal.created_at, kind=proposal.kind)
    assert again.checks == judgement.checks


@pytest.mark.parametrize(
    ("cases", "example"),
    [(("first-champion", "better", "not-better"), "strict.yaml"), (("arena", "arena-refused"), "arena.yaml")],
)
def test_the_shipped_examples_are_what_is_judged_by(cases: tuple[str, ...], example: str) -> None:
    shipped = (ROOT / "docs" / "examples" / "policies" / example).read_bytes()
    for case in cases:
        assert (FOLDER / case / "policy.yaml").read_bytes() == shipped


def test_the_page_tells_every_case() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert sorted(line.split("`")[1] for line in page.splitlines() if line.startswith("| `")) == CASES
    assert {str(judge_case(case).judgement.verdict) for case in CASES} == {"pass", "fail", "inconclusive"}
