"""What is written into a repository that has a life of its own, and what is left alone."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.adapters.documents import FileDocuments
from coronet.adapters.schemas import PackageSchemas
from coronet.adapters.templates import PackageTemplates
from coronet.commands.governed import load_model
from coronet.commands.init.plan import InitPorts, apply_init, plan_init
from coronet.commands.init.report import InitReport
from coronet.commands.init.request import RECORD, InitRequest, ModelSeed, load_record, require_owners
from coronet.commands.owners import load_codeowners
from coronet.commands.policies import load_policy
from coronet.core.adoption.change import Action
from coronet.core.adoption.owner_lines import add_owner_lines
from coronet.core.evidence import Task
from coronet.errors import CoronetError, InvalidInput, WrongUsage
from tests.fakes.memory_files import MemoryFiles
from tests.stage.reports import told

DOCUMENTS = FileDocuments()
MODEL_SCHEMA = ".coronet/schemas/model.schema.json"


def ports(files: MemoryFiles, ignored: Sequence[str] = ()) -> InitPorts:
    return InitPorts(
        files=files,
        documents=DOCUMENTS,
        schemas=PackageSchemas(),
        templates=PackageTemplates(),
        ignored=lambda paths: [path for path in paths if path in ignored],
    )


def seed(**fields: Any) -> ModelSeed:
    return ModelSeed(**{"name": "churn", "task": Task.BINARY, **fields})


def init(files: MemoryFiles, **fields: Any) -> InitReport:
    request = InitRequest(**{"owners": ("@ann", "@bob"), **fields})
    return told(apply_init(told(plan_init(request, ports(files))), files))


def actions(report: InitReport) -> dict[str, Action]:
    return {change.path: change.action for change in report.changes}


@pytest.mark.parametrize("task", Task)
def test_an_empty_repository_gets_everything_and_it_is_valid(task: Task) -> None:
    files = MemoryFiles({})
    report = init(files, model=seed(task=task))
    assert set(actions(report).values()) == {Action.CREATE}
    model = load_model(files, DOCUMENTS, "churn")
    assert (model.owner, model.task) == ("ann", task)
    assert load_policy(files, DOCUMENTS, "churn").gates
    owners = load_codeowners(files)
    for path in ("promotions/churn/x.yaml", "policy/churn.yaml", "models/churn/model.yaml", "CODEOWNERS"):
        assert owners.owners_of(path).owners == ("@ann", "@bob")


def test_the_second_time_there_is_nothing_to_do() -> None:
    files = MemoryFiles({"CODEOWNERS": b"* @dev", ".gitignore": b"*.pyc"})
    init(files, model=seed())
    again = init(files, owners=(), model=seed())
    assert set(actions(again).values()) == {Action.SAME}
    assert again.to_text() == "Nothing to do: everything is there."


def test_every_change_is_shown() -> None:
    files = MemoryFiles({"CODEOWNERS": b"* @dev\n"})
    report = plan_init(InitRequest(owners=("@ann",), model=seed()), ports(files))
    assert files.read("models/churn/model.yaml") is None
    for form in (report.to_text(), report.to_markdown()):
        for change in report.to_write:
            assert f"+++ b/{change.path}" in form
    before = {path: files.read(path) for path in actions(report)}
    apply_init(report, files)
    for change in report.changes:
        assert (files.read(change.path) != before[change.path]) == change.is_written


def test_after_an_upgrade_ours_is_updated_and_theirs_is_kept() -> None:
    files = MemoryFiles({})
    init(files)
    record = load_record(files)
    old = b"{}\n"
    files.write(MODEL_SCHEMA, b'{"mine": true}\n')
    files.write(".coronet/schemas/proposal.schema.json", old)
    aged = {**record.files, ".coronet/schemas/proposal.schema.json": _digest(old)}
    files.write(RECORD, type(record)(files=aged, answers={}).to_bytes())
    report = init(files)
    found = actions(report)
    assert found[MODEL_SCHEMA] is Action.KEPT
    assert found[".coronet/schemas/proposal.schema.json"] is Action.UPDATE
    assert files.read(MODEL_SCHEMA) == b'{"mine": true}\n'
    assert any(MODEL_SCHEMA in note for note in report.notes)
    assert actions(init(files))[MODEL_SCHEMA] is Action.KEPT


def _digest(data: bytes) -> str:
    from coronet.core.canonical import digest_bytes

    return digest_bytes(data)


def test_what_people_took_away_stays_away_until_they_ask() -> None:
    files = MemoryFiles({})
    init(files)
    without = MemoryFiles({p: files.read(p) or b"" for p in files.paths(".coronet/schemas") if p != MODEL_SCHEMA})
    for path in (RECORD, "CODEOWNERS", ".gitignore"):
        without.write(path, files.read(path) or b"")
    assert actions(init(without))[MODEL_SCHEMA] is Action.REMOVED
    assert actions(init(without, restore=frozenset({MODEL_SCHEMA})))[MODEL_SCHEMA] is Action.CREATE
    with pytest.raises(WrongUsage, match=r"README\.md: no file"):
        init(without, restore=frozenset({"README.md"}))


def test_what_people_wrote_before_is_theirs() -> None:
    theirs = {
        "policy/default.yaml": b"schema: coronet/policy/v1\n",
        "models/churn/model.yaml": b"mine",
        MODEL_SCHEMA: b"{}",
        "CODEOWNERS": b"* @dev\n/promotions/churn/ @churn\n",
    }
    files = MemoryFiles(theirs)
    report = init(files, model=seed())
    for path in ("policy/default.yaml", "models/churn/model.yaml", MODEL_SCHEMA):
        assert files.read(path) == theirs[path]
    assert load_codeowners(files).owners_of("promotions/churn/x.yaml").owners == ("@churn",)
    assert actions(report)[MODEL_SCHEMA] is Action.KEPT


def test_the_codeowners_that_counts_is_the_one_that_grows() -> None:
    files = MemoryFiles({".github/CODEOWNERS": b"* @dev\n", "CODEOWNERS": b"* @old\n"})
    init(files)
    assert files.read("CODEOWNERS") == b"* @old\n"
    assert load_codeowners(files).owners_of(".github/CODEOWNERS").owners == ("@ann", "@bob")


def test_what_git_would_leave_out_is_told() -> None:
    report = plan_init(InitRequest(owners=("@ann",), model=seed()), ports(MemoryFiles({}), ["models/churn/model.yaml"]))
    assert any("git ignores models/churn/model.yaml" in note for note in told(report).notes)


def test_a_path_of_ours_that_is_left_to_nobody_is_told() -> None:
    report = init(MemoryFiles({"CODEOWNERS": b"* @dev\n/promotions/\n"}))
    assert any("CODEOWNERS:2 leaves promotions to nobody" in note for note in report.notes)


def test_without_owners_it_asks_for_some() -> None:
    with pytest.raises(WrongUsage, match="names nobody of its own for /promotions/"):
        plan_init(InitRequest(), ports(MemoryFiles({"CODEOWNERS": b"* @dev\n"})))
    covered = MemoryFiles({"CODEOWNERS": covered_by(("@ann",))})
    with pytest.raises(WrongUsage, match="nobody is named who answers"):
        plan_init(InitRequest(model=seed()), ports(covered))


def covered_by(owners: tuple[str, ...]) -> bytes:
    """A CODEOWNERS in which nothing of ours is missing."""
    return add_owner_lines(None, file="CODEOWNERS", owners=owners)


@pytest.mark.parametrize("owner", ["ann", "@", "@a b", "@ann #", "@ann\n* @eve", "", "@ann @bob", "#", "@a/b/c"])
def test_what_is_no_owner_gets_into_no_codeowners(owner: str) -> None:
    with pytest.raises(WrongUsage, match="no owner"):
        require_owners((owner,))


def test_a_codeowners_that_nobody_can_read_is_left_alone() -> None:
    with pytest.raises(InvalidInput, match="says nothing about owners"):
        init(MemoryFiles({"CODEOWNERS": b"\xff\xfe* @dev"}))


@pytest.mark.parametrize("data", [b"[", b"{}", b"[]", b'{"schema": "x", "files": {}, "answers": {}}', b"\xff"])
def test_a_record_that_is_none_is_told(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="not what `coronet init` writes"):
        init(MemoryFiles({RECORD: data}))


def test_what_changed_after_it_was_shown_is_not_overwritten() -> None:
    files = MemoryFiles({})
    report = plan_init(InitRequest(owners=("@ann",)), ports(files))
    files.write("policy/default.yaml", b"meanwhile")
    with pytest.raises(InvalidInput, match="changed meanwhile"):
        apply_init(report, files)
    assert files.read("policy/default.yaml") == b"meanwhile"
    assert files.read(RECORD) is None


@pytest.mark.parametrize(
    "text", ["x: y", "'", '"', "# no", "${{ github.token }}", "- a", "*a", "!x", "é😀", "yes", "1e3"]
)
def test_what_is_asked_for_comes_out_as_the_same_text(text: str) -> None:
    files = MemoryFiles({})
    init(files, model=seed(label=text, key=text, owner=text))
    model = load_model(files, DOCUMENTS, "churn")
    assert (model.data.label, model.data.key, model.owner) == (text, text, text)


@given(st.text(max_size=20), st.text(max_size=20))
def test_hostile_answers_are_written_as_text_or_refused(label: str, path: str) -> None:
    files = MemoryFiles({})
    request = InitRequest(owners=("@ann",), model=seed(label=label or "x", train=path or "x", registered_model=label))
    try:
        report = plan_init(request, ports(files))
    except CoronetError:
        return
    apply_init(report, files)
    model = load_model(files, DOCUMENTS, "churn")
    assert (model.data.label, model.data.train.path) == (label or "x", path or "x")
