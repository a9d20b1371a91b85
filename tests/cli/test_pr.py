"""`coronet pr`, byte for byte: the pages of the local forge."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from coronet.adapters.schemas import load_schema
from coronet.cli.main import run
from tests.contract.remotes import OnDisk, isolated_environment, on_disk

BRANCH = "promotions/iris/iris-v7-7c2f9a41"
PATH = "promotions/iris/iris-v7-7c2f9a41.yaml"
NOW = "2026-11-20T12:00:00Z"
WARNING = f"warning: the time is {NOW}, as CORONET_NOW says, and not the machine's\n"
BODY = "**why**\n\n  because \x1b[31mred\n"

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[OnDisk]:
    with on_disk(tmp_path) as found:
        yield found


@pytest.fixture
def coronet(
    remote: OnDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    """Types a command in a clone whose main branch has a CODEOWNERS, and a branch with a proposal."""
    work = remote.clone_folder()
    for name, value in {**isolated_environment(tmp_path), "CORONET_NOW": NOW}.items():
        monkeypatch.setenv(name, value)
    for name in ("CORONET_ACTOR", "CORONET_FORGE", "CORONET_REPOSITORY", "CORONET_REMOTE", "CORONET_BRANCH"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, NOW)
        remote.environment[name] = NOW
    remote.git("config", "user.name", "engineer", folder=work)
    remote.git("config", "user.email", "Engineer@example.com", folder=work)
    monkeypatch.chdir(work)
    Path("CODEOWNERS").write_text("* @model-owner\n")
    commit(remote, work, "main")
    Path(PATH).parent.mkdir(parents=True)
    Path(PATH).write_text("version: 7\n")
    commit(remote, work, BRANCH)

    def type_(*arguments: str) -> tuple[int, str, str]:
        code = run(["pr", *arguments])
        out, err = capsys.readouterr()
        return code, out, err.removeprefix(WARNING)

    return type_


def commit(remote: OnDisk, work: Path, branch: str) -> None:
    remote.git("add", "--all", folder=work)
    remote.git("commit", "--quiet", "--message", "change", folder=work)
    remote.git("push", "--quiet", "origin", f"HEAD:{branch}", folder=work)


@pytest.fixture
def opened(coronet: Typed) -> Typed:
    """Pull request 1 is open, by the engineer whom git's settings name."""
    code, _, err = coronet("open", BRANCH, "--title", "Promote iris", "--body", BODY, "--reviewer", "model-owner")
    assert (code, err) == (0, "")
    return coronet


def test_the_road_of_a_pull_request(opened: Typed) -> None:
    listed = "1 pull request, oldest first.\n\n#  State  Title         By         Branch\n"
    listed += f"1  {{}}  Promote iris  @engineer  {BRANCH}\n"
    assert opened("list") == (0, listed.format("open "), "")
    code, out, err = opened("merge", "1")
    assert (code, out) == (4, "")
    assert err == (
        "refused: pull request 1 cannot be merged\n"
        f"  {PATH} must be approved by @model-owner\n"
        "  → `coronet pr view` shows who must still approve\n"
    )
    code, out, _ = opened("approve", "1", "--as", "model-owner", "--body", "fine")
    assert (code, out) == (0, "Pull request 1 approved by @model-owner at 61155d605938: Promote iris\n")
    code, out, _ = opened("merge", "1", "--method", "squash", "--as", "model-owner")
    assert code == 0
    assert out.startswith("Pull request 1 merged by @model-owner as ")
    assert opened("list") == (0, "No pull requests.\n", "")
    assert opened("list", "--state", "merged")[1] == listed.replace("State", "State ").format("merged")


def test_it_reads_as_a_reviewer_reads_it(opened: Typed) -> None:
    opened("comment", "1", "--body", "what of the data?", "--as", "second-owner")
    opened("request-changes", "1", "--body", "pin the data", "--as", "model-owner")
    code, out, err = opened("view", "1")
    assert (code, err) == (0, "")
    assert out == (
        f"Pull request 1 cannot be merged yet ({PATH} must be approved by @model-owner, and 1 more): Promote iris\n"
        f"· open, by @engineer, {BRANCH} at 61155d605938\n"
        "· asked to review: @model-owner\n"
        "\n"
        "**why**\n"
        "\n"
        "  because  [31mred\n"
        "\n"
        "Before it can be merged\n"
        f"· {PATH} must be approved by @model-owner\n"
        "· @model-owner requests changes (settle it, and have it reviewed again)\n"
        "\n"
        "Reviews\n"
        f"· @model-owner changes requested 61155d605938 {NOW}: pin the data\n"
        "\n"
        "Comments\n"
        f"· @second-owner {NOW}: what of the data?\n"
    )


def test_closing_needs_a_reason_and_shows_it(opened: Typed) -> None:
    assert opened("close", "1")[0] == 2
    assert opened("close", "1", "--reason", " ")[0] == 3
    assert opened("close", "1", "--reason", "wrong data") == (
        0,
        "Pull request 1 closed by @engineer: wrong data: Promote iris\n",
        "",
    )
    first = opened("view", "1")[1].splitlines()[0]
    assert first == f"Pull request 1 was closed {NOW} by @engineer (wrong data): Promote iris"
    assert opened("approve", "1", "--as", "model-owner")[0] == 4


def test_nobody_approves_their_own(opened: Typed) -> None:
    assert opened("approve", "1") == (
        4,
        "",
        "refused: @engineer cannot approve their own pull request\n  → ask a code owner to review it\n",
    )


def test_the_diff(opened: Typed) -> None:
    wanted = f"Pull request 1 changes 1 file.\n\nadded {PATH}\n@@ -0,0 +1 @@\n+version: 7\n"
    assert opened("diff", "1") == (0, wanted, "")
    opened("merge", "1", "--admin", "--as", "model-owner")
    assert opened("diff", "1") == (0, wanted, "")


def test_the_rules_of_merging(opened: Typed) -> None:
    assert opened("rules") == (0, "checks that must have passed: none\n", "")
    wanted = "checks that must have passed: coronet\n· @organization/owners: @model-owner, @second-owner\n"
    team = "@Organization/Owners=model-owner, @second-owner"
    assert opened("rules", "--team", team, "--require", "coronet") == (0, wanted, "")
    assert opened("rules") == (0, wanted, "")
    opened("approve", "1", "--as", "model-owner")
    assert "the check coronet has not run on 61155d605938" in opened("merge", "1")[2]
    assert opened("rules", "--team", "@organization/owners=", "--no-require", "coronet")[1] == (
        "checks that must have passed: none\n"
    )
    assert opened("rules", "--team", "owners")[0] == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("open", BRANCH, "--title", "again"),
        ("comment", "1", "--body", "x"),
        ("approve", "1", "--as", "model-owner"),
        ("request-changes", "1", "--body", "x", "--as", "model-owner"),
        ("merge", "1", "--admin"),
        ("close", "1", "--reason", "x"),
        ("rules", "--require", "coronet"),
    ],
)
def test_a_dry_run_writes_nothing(opened: Typed, remote: OnDisk, arguments: tuple[str, ...]) -> None:
    before = remote.git("for-each-ref", folder=remote.origin)
    code, out, _ = opened(*arguments, "--dry-run")
    assert code == 0
    assert "dry run: nothing was written" in out
    assert remote.git("for-each-ref", folder=remote.origin) == before


@pytest.mark.parametrize(
    ("schema", "arguments"),
    [
        ("pr", ("view", "1")),
        ("pr_list", ("list",)),
        ("pr_diff", ("diff", "1")),
        ("pr_rules", ("rules", "--team", "@organization/owners=model-owner")),
        ("pr_action", ("open", BRANCH, "--title", "again")),
        ("pr_action", ("comment", "1", "--body", "x")),
        ("pr_action", ("approve", "1", "--as", "model-owner")),
        ("pr_action", ("merge", "1", "--admin")),
        ("pr_action", ("close", "1", "--reason", "x")),
    ],
)
def test_json_reports_satisfy_their_schemas(opened: Typed, schema: str, arguments: tuple[str, ...]) -> None:
    opened("request-changes", "1", "--body", "x", "--as", "second-owner")
    opened("comment", "1", "--body", "x")
    code, out, _ = opened(*arguments, "--format", "json")
    report: dict[str, Any] = json.loads(out)
    assert code == 0
    Draft202012Validator(load_schema(schema)).validate(report)
    assert report["schema"] == f"coronet/{schema}/v1"


def test_markdown_is_escaped_but_for_the_body(opened: Typed) -> None:
    opened("comment", "1", "--body", "ask @everyone `now`\nand | then")
    code, out, _ = opened("view", "1", "--format", "markdown")
    assert code == 0
    assert out.startswith(f"**Pull request 1 cannot be merged yet ({PATH} must be approved by @\u200bmodel-owner)")
    assert "**why**\n\n  because  [31mred\n" in out
    assert "ask @\u200beveryone `now` and \\| then" in out
    assert opened("diff", "1", "--format", "markdown")[1] == (
        f"**Pull request 1 changes 1 file.**\n\n### added {PATH}\n\n```diff\n@@ -0,0 +1 @@\n+version: 7\n```\n"
    )
    assert "| 1 | open | Promote iris |" in opened("list", "--format", "markdown")[1]
    assert "**checks that must have passed: none**" in opened("rules", "--format", "markdown")[1]


def test_a_time_that_is_set_is_told_by_every_command(
    coronet: Typed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Expiry rests on the time: nobody is to be fooled by one that was set."""
    assert run(["pr", "list"]) == 0
    assert capsys.readouterr().err == WARNING
    monkeypatch.setenv("CORONET_NOW", "yesterday")
    assert run(["pr", "list"]) == 2
    assert "CORONET_NOW is 'yesterday', and no moment" in capsys.readouterr().err
    monkeypatch.delenv("CORONET_NOW")
    assert run(["pr", "list"]) == 0
    assert capsys.readouterr().err == ""


def test_who_acts_must_be_known_for_writing_alone(
    opened: Typed, remote: OnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.git("config", "--unset", "user.email", folder=Path.cwd())
    assert opened("view", "1")[0] == 0
    code, _, err = opened("approve", "1")
    assert code == 2
    assert err.startswith("wrong command line: who acts is not known\n")
    assert opened("approve", "1", "--as", "not a login")[0] == 2
    monkeypatch.setenv("CORONET_ACTOR", "model-owner")
    assert opened("approve", "1")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("view", "7"), 3, "invalid input: there is no pull request 7\n"),
        (("diff", "7"), 3, "invalid input: there is no pull request 7\n"),
        (("approve", "7", "--as", "model-owner"), 3, "invalid input: there is no pull request 7\n"),
        (("view", "0"), 2, "Usage:"),
        (("view", "x"), 2, "Usage:"),
        (("comment", "1", "--body", ""), 3, "invalid input: a comment says something\n"),
        (("open", BRANCH, "--title", ""), 3, "invalid input: a pull request needs a title\n"),
        (("open", "promotions/nothing", "--title", "x"), 4, "refused: there is no branch promotions/nothing"),
        (("open", "a..b", "--title", "x"), 4, "refused: there is no branch a..b"),
        (("list", "--forge", "github"), 2, "wrong command line: this verb is for the local forge"),
        (("list", "--remote", "nowhere"), 2, "wrong command line: this repository has no remote 'nowhere'\n"),
        (("list", "--repository", "/nowhere"), 2, "wrong command line: there is no folder /nowhere\n"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_message(
    coronet: Typed, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ended, out, err = coronet(*arguments)
    assert (ended, out) == (code, "")
    assert err.startswith(said)
