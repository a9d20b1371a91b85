"""The local forge beyond the contract of every forge: its rules, its files, its retries."""

import json
from pathlib import Path

import pytest

from coronet.adapters.local_forge.book import TRIES, Book, pause_at_random
from coronet.adapters.local_forge.identities import members_of, require_login, said_login
from coronet.errors import Finding, InvalidInput, Refused, Severity, Unavailable, WrongUsage
from coronet.ports.forge import MergeRules, PullRequest, PullRequestState, ReviewState
from coronet.ports.repository import MergeMethod, Person, RefMoved
from tests.contract.forges import LocalForgeUnderTest
from tests.contract.remotes import InMemory, on_disk
from tests.fakes.memory_repository import MemoryRemote

BRANCH = "promotions/iris/iris-v7-7c2f9a41"
PATH = "promotions/iris/iris-v7-7c2f9a41.yaml"


@pytest.fixture
def in_memory() -> InMemory:
    return InMemory()


@pytest.fixture
def remote(in_memory: InMemory) -> MemoryRemote:
    return in_memory.remote


@pytest.fixture
def stage(in_memory: InMemory) -> LocalForgeUnderTest:
    return LocalForgeUnderTest(in_memory)


@pytest.fixture
def opened(stage: LocalForgeUnderTest) -> PullRequest:
    stage.push(BRANCH, {PATH: "version: 7\n"})
    return open_(stage)


def open_(stage: LocalForgeUnderTest, branch: str = BRANCH) -> PullRequest:
    return stage.forge.open_pull_request(branch=branch, title="Promote  iris\n", body="", labels=[], reviewers=[])


def messages(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.message for finding in findings]


# --- what stands against a merge ------------------------------------------------------------------


def test_everything_that_stands_against_a_merge_is_told_at_once(
    stage: LocalForgeUnderTest, opened: PullRequest
) -> None:
    stage.review(opened.number, "model-owner", ReviewState.APPROVED)
    head = stage.push(BRANCH, {PATH: "version: 8\n", "src/a.py": "1", "src/b.py": "1", "src/c.py": "", "src/d.py": ""})
    stage.review(opened.number, "second-owner", ReviewState.CHANGES_REQUESTED)
    for name in ("coronet", "tests"):
        stage.require_status(name)
    stage.forge.set_status(head, name="tests", passed=False, description="two failed")
    obstacles = stage.forge.obstacles(opened.number)
    assert messages(obstacles) == [
        f"{PATH} must be approved by @model-owner or @second-owner; @model-owner approved an older head",
        "src/a.py, src/b.py, src/c.py and 1 more must be approved by @somebody; @model-owner approved an older head",
        "@second-owner requests changes",
        f"the check coronet has not run on {head[:12]}",
        "the check tests failed: two failed",
    ]
    assert {finding.severity for finding in obstacles} == {Severity.WARNING}
    with pytest.raises(Refused) as caught:
        stage.forge.merge(opened.number, method=MergeMethod.MERGE)
    assert caught.value.findings == obstacles
    assert stage.forge.merge(opened.number, method=MergeMethod.MERGE, admin=True).state is PullRequestState.MERGED


def test_what_cannot_be_merged_cannot_be_forced(stage: LocalForgeUnderTest, opened: PullRequest) -> None:
    stage.push("main", {PATH: "by hand\n"})
    first = stage.forge.obstacles(opened.number)[0]
    assert (first.severity, PATH in first.message) == (Severity.ERROR, True)


def test_a_branch_that_is_gone_or_merged_by_hand(stage: LocalForgeUnderTest, remote: MemoryRemote) -> None:
    for branch in ("one", "two"):
        stage.push(branch, {branch: "1"})
    one, two = open_(stage, "one"), open_(stage, "two")
    remote.refs["refs/heads/main"] = two.head
    del remote.refs["refs/heads/one"]
    stage.store.refresh()
    assert messages(stage.forge.obstacles(one.number)) == ["its branch one is gone"]
    assert messages(stage.forge.obstacles(two.number)) == ["its commits are on main already"]
    assert stage.forge.pull_request(one.number) == one
    stage.forge.close(one.number, reason="gone")
    del remote.refs["refs/heads/main"]
    stage.store.refresh()
    assert messages(stage.forge.obstacles(two.number)) == ["there is no branch main to merge it into"]


@pytest.mark.parametrize("main", [{"a": "1"}, {"CODEOWNERS": "# nobody yet\n"}])
def test_a_repository_without_owners_wants_somebody_elses_approval(in_memory: InMemory, main: dict[str, str]) -> None:
    stage = LocalForgeUnderTest(in_memory, main=main)
    stage.push(BRANCH, {PATH: "version: 7\n"})
    opened = open_(stage)
    stage.review(opened.number, "helper[bot]", ReviewState.APPROVED)
    assert messages(stage.forge.obstacles(opened.number)) == [f"{PATH} must be approved by somebody else"]
    stage.review(opened.number, "passer-by", ReviewState.APPROVED)
    assert stage.forge.obstacles(opened.number) == ()


def test_the_author_is_not_asked(in_memory: InMemory) -> None:
    stage = LocalForgeUnderTest(in_memory, main={"CODEOWNERS": "* @Engineer @model-owner\n"})
    stage.push(BRANCH, {PATH: "version: 7\n"})
    opened = open_(stage)
    assert messages(stage.forge.obstacles(opened.number)) == [f"{PATH} must be approved by @model-owner"]


def test_a_review_dismissed_or_later_comment_leave_the_last_opinion(
    stage: LocalForgeUnderTest, opened: PullRequest
) -> None:
    stage.review(opened.number, "model-owner", ReviewState.APPROVED)
    stage.review(opened.number, "model-owner", ReviewState.COMMENTED)
    assert stage.forge.obstacles(opened.number) == ()
    stage.review(opened.number, "model-owner", ReviewState.DISMISSED)
    assert len(stage.forge.obstacles(opened.number)) == 1


def test_teams_are_who_the_forge_was_told(stage: LocalForgeUnderTest) -> None:
    stage.push("main", {"CODEOWNERS": "promotions/ @Organization/Owners\n"})
    stage.push(BRANCH, {PATH: "version: 7\n"})
    opened = open_(stage)
    stage.review(opened.number, "model-owner", ReviewState.APPROVED)
    (obstacle,) = stage.forge.obstacles(opened.number)
    assert "nobody here knows who @Organization/Owners is" in obstacle.hint
    stage.forge.set_merge_rules(MergeRules(teams={"organization/owners": frozenset({"model-owner"})}))
    assert stage.forge.members("@Organization/Owners") == frozenset({"model-owner"})
    assert stage.forge.obstacles(opened.number) == ()


# --- what it writes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "message"),
    [
        (MergeMethod.MERGE, f"Merge pull request #1 from {BRANCH}\n\nPromote iris\n"),
        (MergeMethod.SQUASH, "Promote iris (#1)\n"),
        (MergeMethod.REBASE, "Promote iris\n"),
    ],
)
def test_the_merge_names_the_pull_request(
    stage: LocalForgeUnderTest, opened: PullRequest, remote: MemoryRemote, method: MergeMethod, message: str
) -> None:
    merged = stage.merge(opened.number, "model-owner", method=method, admin=True)
    commit = remote.commits[merged.merge_commit or ""]
    assert commit.message == message
    assert commit.author == Person.of_login("model-owner")
    assert merged.closed_by == "model-owner"
    assert merged.merged_at == merged.closed_at


def test_saying_the_same_again_writes_nothing(
    stage: LocalForgeUnderTest, opened: PullRequest, remote: MemoryRemote
) -> None:
    def say_all() -> None:
        stage.forge.comment(opened.number, marker="check", body="fine")
        stage.forge.set_status(opened.head, name="coronet", passed=True, description="fine")
        stage.forge.set_merge_rules(MergeRules(statuses=("coronet",)))
        stage.forge.close(opened.number, reason="done")

    say_all()
    pushes = remote.pushes
    say_all()
    assert remote.pushes == pushes


def test_what_is_closed_is_not_reviewed(stage: LocalForgeUnderTest, opened: PullRequest) -> None:
    stage.forge.close(opened.number, reason="again")
    with pytest.raises(Refused, match="is closed"):
        stage.review(opened.number, "model-owner", ReviewState.APPROVED)


def test_half_characters_are_written_as_question_marks(stage: LocalForgeUnderTest, opened: PullRequest) -> None:
    stage.push("other", {"a": "1"})
    other = stage.forge.open_pull_request(branch="other", title="x\ud800", body="\udcff", labels=[], reviewers=[])
    assert (other.title, stage.forge.body(other.number)) == ("x?", "?")
    for _ in range(2):
        stage.forge.comment(other.number, marker="m", body="x\udcff")
    assert stage.comments(other.number) == ["x?"]
    stage.forge.set_status(other.head, name="s", passed=False, description="\ud800")
    stage.forge.close(other.number, reason="\ud800")
    closed = stage.forge.pull_request(other.number)
    assert closed
    assert closed.close_reason == "?"


def test_a_dry_run_refuses_alike_and_writes_nothing(
    stage: LocalForgeUnderTest, opened: PullRequest, remote: MemoryRemote
) -> None:
    before = dict(remote.refs)
    with pytest.raises(Refused):
        stage.forge.merge(opened.number, method=MergeMethod.MERGE, dry_run=True)
    with pytest.raises(Refused):
        stage.forge.review(opened.number, state=ReviewState.APPROVED, dry_run=True)
    stage.as_login("model-owner").review(opened.number, state=ReviewState.APPROVED, dry_run=True)
    stage.forge.merge(opened.number, method=MergeMethod.MERGE, admin=True, dry_run=True)
    stage.forge.close(opened.number, reason="x", dry_run=True)
    stage.forge.say(opened.number, "x", dry_run=True)
    stage.forge.set_merge_rules(MergeRules(statuses=("x",)), dry_run=True)
    assert remote.refs == before


def test_a_reason_is_needed_to_close(stage: LocalForgeUnderTest, opened: PullRequest) -> None:
    with pytest.raises(InvalidInput, match="reason"):
        stage.forge.close(opened.number, reason=" \n")


def test_commits_that_are_lost_make_their_authors_unknown(
    stage: LocalForgeUnderTest, opened: PullRequest, remote: MemoryRemote
) -> None:
    stage.forge.close(opened.number, reason="x")
    remote.forget(opened.head)
    assert stage.forge.commit_logins(opened.number) is None


# --- others at the same time ----------------------------------------------------------------------


def test_what_others_wrote_meanwhile_is_kept(
    stage: LocalForgeUnderTest, opened: PullRequest, remote: MemoryRemote
) -> None:
    other = stage.another()
    remote.before_push.append(lambda: other.review(opened.number, "model-owner", ReviewState.APPROVED))
    stage.review(opened.number, "second-owner", ReviewState.APPROVED)
    reviews = stage.forge.reviews(opened.number)
    assert reviews
    assert [review.login for review in reviews] == ["model-owner", "second-owner"]
    assert [review.id for review in reviews] == ["1-1", "1-2"]


def test_a_head_that_moves_while_it_is_merged_is_not_merged(
    stage: LocalForgeUnderTest, opened: PullRequest, remote: MemoryRemote
) -> None:
    """The approval was of another head: the branch is moved together with main, or neither is."""
    stage.review(opened.number, "model-owner", ReviewState.APPROVED)
    main = remote.refs["refs/heads/main"]
    thief = stage.remote.clone()
    stolen = thief.commit_files(
        parent=opened.head, files={PATH: b"9\n"}, message="m", author=Person.of_login("x"), at=stage.clock.now()
    )
    remote.before_push.append(lambda: remote.refs.update({f"refs/heads/{BRANCH}": stolen}))
    with pytest.raises(Refused, match="cannot be merged"):
        stage.merge(opened.number, "engineer")
    assert remote.refs["refs/heads/main"] == main


def test_a_main_branch_that_moves_meanwhile_is_merged_onto(
    stage: LocalForgeUnderTest, opened: PullRequest, remote: MemoryRemote
) -> None:
    stage.review(opened.number, "model-owner", ReviewState.APPROVED)
    other = stage.another()

    def move_main() -> None:
        other.push("main", {"unrelated": "1"})

    remote.before_push.append(move_main)
    merged = stage.merge(opened.number, "engineer")
    assert stage.store.read(merged.merge_commit or "", "unrelated") == b"1"


def test_it_gives_up_when_others_are_always_quicker(
    stage: LocalForgeUnderTest, opened: PullRequest, remote: MemoryRemote
) -> None:
    def move() -> None:
        raise RefMoved

    remote.before_push += [move] * TRIES
    with pytest.raises(Unavailable, match=f"{TRIES} times"):
        stage.forge.say(opened.number, "x")
    assert stage.comments(opened.number) == []


def test_the_pause_between_tries_is_short() -> None:
    pause_at_random(1)


# --- its files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage", [b"", b"[]", b"null", b"{}", b"\xff", b'{"schema": "coronet/local-pull-request/v1"}']
)
def test_a_damaged_file_is_told_by_its_name(stage: LocalForgeUnderTest, opened: PullRequest, damage: bytes) -> None:
    overwrite(stage, "pulls/1.json", damage)
    with pytest.raises(InvalidInput, match="damaged") as caught:
        stage.forge.pull_request(opened.number)
    assert str(caught.value.location) == "pulls/1.json"


def test_a_file_of_a_later_release_is_not_guessed_at(stage: LocalForgeUnderTest, opened: PullRequest) -> None:
    overwrite(stage, "pulls/1.json", json.dumps({"schema": "coronet/local-pull-request/v2"}).encode())
    with pytest.raises(InvalidInput, match="v2") as caught:
        stage.forge.pull_request(opened.number)
    assert "upgrade" in caught.value.hint


def overwrite(stage: LocalForgeUnderTest, path: str, data: bytes) -> None:
    ref, files = "refs/coronet/forge", {path: data}
    head = stage.store.head(ref)
    author = Person.of_login("x")
    stage.store.publish(ref, expected=head, parent=head, files=files, message="x", author=author, at=stage.clock.now())


def test_everything_comes_back_as_it_was_written(tmp_path: Path) -> None:
    with on_disk(tmp_path) as git:
        stage = LocalForgeUnderTest(git)
        stage.push(BRANCH, {PATH: "version: 7\n"})
        opened = stage.forge.open_pull_request(
            branch=BRANCH, title="Ünïcode", body="“quotes”\n\\ and \t", labels=["a"], reviewers=["b"]
        )
        stage.as_login("model-owner").review(opened.number, state=ReviewState.APPROVED, body="fine ✓")
        stage.forge.set_merge_rules(MergeRules(teams={"o/t": frozenset({"b", "a"})}, statuses=("s",)))
        merged = stage.merge(opened.number, "engineer", admin=True)
        ours = stage.another()
        assert ours.forge.pull_request(1) == merged
        assert (merged.title, merged.labels, merged.reviewers, merged.head) == ("Ünïcode", ("a",), ("b",), opened.head)
        assert ours.forge.body(1) == "“quotes”\n\\ and \t"
        assert ours.forge.reviews(1) == stage.forge.reviews(1)
        assert ours.forge.merge_rules() == stage.forge.merge_rules()
        assert ours.forge.base(1) == git.git("rev-parse", "main~1", folder=git.origin)


@pytest.fixture
def book() -> Book:
    return Book(InMemory().clone(), "refs/coronet/forge")


def test_an_empty_book(book: Book) -> None:
    assert book.index().last == 0
    assert book.pull(1) is None
    assert book.rules() == MergeRules()
    assert book.statuses("1" * 40) == {}


# --- who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "login"),
    [
        ("Engineer@Example.com", "engineer"),
        ("model-owner@users.noreply.coronet", "model-owner"),
        ("12345+Model-Owner@users.noreply.github.com", "model-owner"),
        ("model-owner@users.noreply.github.com", "model-owner"),
        ("a+b@example.com", "a+b"),
        (" x@example.com ", "x"),
        ("@example.com", None),
        ("nobody", None),
        ("", None),
    ],
)
def test_whom_an_address_names(email: str, login: str | None) -> None:
    assert said_login(email) == login


def test_whom_an_owner_stands_for() -> None:
    teams = {"organization/team": frozenset({"a"})}
    assert members_of("@login", teams) == frozenset({"login"})
    assert members_of("@Organization/Team", teams) == frozenset({"a"})
    assert members_of("@organization/other", teams) is None
    assert members_of("person@example.com", teams) == frozenset({"person"})
    assert members_of("nobody", teams) is None


@pytest.mark.parametrize("login", ["a", "model-owner", "A.b_c-1", "helper[bot]", "a" * 100])
def test_logins(login: str) -> None:
    assert require_login(login) == login


@pytest.mark.parametrize("login", ["", "-a", "a b", "a\nb", "@a", "a/b", "[bot]", "a[b]", "<x>", "a" * 103, "é"])
def test_no_logins(login: str) -> None:
    with pytest.raises(WrongUsage, match="no login"):
        require_login(login)
