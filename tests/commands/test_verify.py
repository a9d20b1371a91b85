"""`verify`: an intact record passes, and each way of tampering is found by its own check."""

import json
from collections.abc import Callable

import pytest

from coronet.commands.hold import hold
from coronet.commands.ledger import git_blob_id, index_path
from coronet.commands.promote import promote
from coronet.commands.verify import VerifyReport, verify
from coronet.core.canonical import canonical_json
from coronet.core.changelog.chain import chain, read_entries
from coronet.core.changelog.entry import Event
from coronet.core.decision import Result
from coronet.errors import InvalidInput, Refused, Unavailable
from coronet.ports.repository import Person
from tests.stage.looking import broken, entries, find, results, written
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.stage import FILES, MODEL
from tests.stage.states import merged, opened, rolled_back, two_champions, unapproved_merge

LOG, INDEX, PAGE = "changelog/churn.jsonl", "changelog/churn.index.json", "CHANGELOG.md"
EVERY_CHECK = ["churn.chain", "churn.history", "churn.index", "churn.proposals", "page", "notes"]


def verified(quick: QuickStage, *, main: str = "main", log_branch: str = "promotions-log") -> VerifyReport:
    before = written(quick)
    report = verify(quick.repository(), main=main, log_branch=log_branch, progress=quick.note)
    assert written(quick) == before
    return told(report)


def tamper(quick: QuickStage, path: str, change: Callable[[str], str | None]) -> VerifyReport:
    """Change a file of the log branch in a commit on top, as anybody who may push could."""
    quick.push({path: change(quick.show(f"promotions-log:{path}"))}, message="tidy", branch="promotions-log")
    report = verified(quick)
    assert report.exit_code == Refused.exit_code
    assert report.to_text().startswith("fail: The record is NOT intact: ")
    return report


def test_an_intact_record(quick: QuickStage) -> None:
    first, _ = rolled_back(quick)
    unapproved_merge(quick, against=first)
    hold(quick.world("model-owner"), MODEL, version=None, release=False, reason="audit | <b>@everyone</b>\n")
    quick.registry.change_alias(MODEL, "champion", "2")
    promote(quick.world(), heal=True)
    hold(quick.world("model-owner"), MODEL, version=None, release=True, reason="done")
    asked = opened(quick, against=first)
    quick.forge("model-owner").close(asked.pull_request.number, reason="no | really\nno")
    promote(quick.world())
    report = verified(quick)
    assert list(results(report.checks)) == EVERY_CHECK
    assert set(results(report.checks).values()) == {Result.PASS}, report.to_text()
    assert report.exit_code == 0
    assert report.entries == len(entries(quick))
    assert {entry.event for entry in entries(quick)} >= {Event.DIVERGED, Event.HEALED, Event.REJECTED, Event.REFUSED}


def test_several_models_in_one_append(quick: QuickStage) -> None:
    quick.push({"models/iris/model.yaml": FILES["models/churn/model.yaml"]}, message="govern iris")
    two_champions(quick)
    quick.push({"promotions/iris/x.yaml": "{"}, message="rubbish")
    merged(quick, against=quick.registry.version(MODEL, "2"))
    promote(quick.world())
    report = verified(quick)
    assert report.exit_code == 0, report.to_text()
    assert "iris.chain" in results(report.checks)


# --- the log --------------------------------------------------------------------------------------


def edit_line(log: str) -> str:
    return log.replace("more trees", "no trees", 1)


def drop_line(log: str) -> str:
    return "".join(log.splitlines(keepends=True)[1:])


def swap_lines(log: str) -> str:
    lines = log.splitlines(keepends=True)
    return "".join([lines[1], lines[0], *lines[2:]])


def repeat_line(log: str) -> str:
    lines = log.splitlines(keepends=True)
    return "".join([*lines, lines[-1]])


def cut_short(log: str) -> str:
    return log[:-10]


def add_rubbish(log: str) -> str:
    return log + "{}\n"


@pytest.mark.parametrize("change", [edit_line, drop_line, swap_lines, repeat_line, cut_short, add_rubbish])
def test_a_line_was_changed_dropped_moved_repeated_cut_or_added(
    quick: QuickStage, change: Callable[[str], str]
) -> None:
    two_champions(quick)
    report = tamper(quick, LOG, change)
    assert "churn.chain" in broken(report.checks)
    assert f"{LOG}:" in find(report.checks, "churn.chain").saw
    if change is not add_rubbish and change is not repeat_line:
        assert "churn.history" in broken(report.checks)


def forge(log: str) -> str:
    """Every hash made anew, so that the chain holds: another approver than there was."""
    lines = [json.loads(line) for line in log.splitlines()]
    for line in lines:
        line["approvals"] = [{**approval, "login": "nobody"} for approval in line["approvals"]]
    forged = read_entries("".join(canonical_json(line).decode() for line in lines).encode())
    return "".join(entry.line().decode() for entry in chain(forged, seq=0, prev=None))


def test_a_log_forged_so_that_its_chain_holds_betrays_itself_by_its_history(quick: QuickStage) -> None:
    two_champions(quick)
    report = tamper(quick, LOG, forge)
    assert results(report.checks)["churn.chain"] is Result.PASS
    assert "changed old lines" in find(report.checks, "churn.history").saw


@pytest.mark.parametrize("text", [None, ""])
def test_a_log_was_removed_or_emptied(quick: QuickStage, text: str | None) -> None:
    two_champions(quick)
    report = tamper(quick, LOG, lambda log: text)
    assert "churn.history" in broken(report.checks)


def test_the_newest_lines_were_taken_back(quick: QuickStage) -> None:
    two_champions(quick)
    report = tamper(quick, LOG, lambda log: "".join(log.splitlines(keepends=True)[:2]))
    assert results(report.checks)["churn.chain"] is Result.PASS
    assert {"churn.history", "churn.index", "page"} <= set(broken(report.checks))


def test_taken_back_and_put_back_is_still_told(quick: QuickStage) -> None:
    two_champions(quick)
    log = quick.show(f"promotions-log:{LOG}")
    tamper(quick, LOG, lambda text: text.split("\n", 1)[0] + "\n")
    report = tamper(quick, LOG, lambda text: log)
    assert broken(report.checks) == ["churn.history"]


def test_the_whole_history_was_replaced(quick: QuickStage) -> None:
    """What a force-push can do: only the index and page, or a clone made before, still tell."""
    two_champions(quick)
    repository = quick.repository()
    head = repository.head("promotions-log")
    forged = forge(quick.show(f"promotions-log:{LOG}"))
    repository.publish(
        "promotions-log",
        expected=head,
        parent=None,
        files={LOG: forged.encode()},
        message="new",
        author=Person.of_login("passer-by"),
        at=quick.clock.now(),
    )
    assert broken(verified(quick).checks) == ["churn.index", "page", "notes"]


# --- beside the log -------------------------------------------------------------------------------


def test_the_index_is_missing_or_made_of_another_log(quick: QuickStage) -> None:
    two_champions(quick)
    for change in (lambda text: None, lambda text: "{}", lambda text: text.replace('"log":"', '"log":"0')):
        index = quick.show(f"promotions-log:{INDEX}")
        report = tamper(quick, INDEX, change)
        assert broken(report.checks) == ["churn.index"]
        assert find(report.checks, "churn.index").saw == "missing, or made of another log"
        quick.push({INDEX: index}, message="put back", branch="promotions-log")


def test_a_forged_index_that_is_bound_to_the_true_log(quick: QuickStage) -> None:
    """Hot commands would believe it: that is what verify is there for."""
    two_champions(quick)
    report = tamper(quick, INDEX, lambda text: text.replace('"version":"2"', '"version":"1"'))
    assert broken(report.checks) == ["churn.index"]
    assert find(report.checks, "churn.index").saw == "made of this log, and says something else"


def test_the_next_append_mends_the_index(quick: QuickStage) -> None:
    two_champions(quick)
    tamper(quick, INDEX, lambda text: None)
    hold(quick.world("model-owner"), MODEL, version=None, release=False, reason="audit")
    assert verified(quick).exit_code == 0
    log = quick.show(f"promotions-log:{LOG}")
    assert git_blob_id(log.encode(), like=None) in quick.show(f"promotions-log:{index_path(MODEL)}")


def test_the_page_was_edited(quick: QuickStage) -> None:
    two_champions(quick)
    page = quick.show(f"promotions-log:{PAGE}")
    rows = [line for line in page.splitlines() if line.startswith("| 2026")]
    for forged in (
        page.replace("more trees", "no trees"),
        page.replace(rows[0] + "\n", ""),
        page + rows[0] + "\n",
        page.replace("\n".join(rows[:2]), "\n".join(reversed(rows[:2]))),
        page + "v9 was promoted as well.\n",
        "# Another heading\n" + page,
        page.replace("proves it", "proves nothing"),
        "",
    ):
        assert forged != page
        report = tamper(quick, PAGE, lambda text, forged=forged: forged)  # type: ignore[misc]
        assert broken(report.checks) == ["page"], report.to_text()
    assert broken(tamper(quick, PAGE, lambda text: None).checks) == ["page"]


def test_a_note_was_edited_removed_or_added(quick: QuickStage) -> None:
    two_champions(quick)
    note = f"notes/{entries(quick)[-1].proposal}.md"
    text = quick.show(f"promotions-log:{note}")
    report = tamper(quick, note, lambda old: old.replace("model-owner", "nobody"))
    assert broken(report.checks) == ["notes"]
    assert broken(tamper(quick, note, lambda old: None).checks) == ["notes"]
    quick.push({note: text, "notes/forged.md": "x"}, message="add", branch="promotions-log")
    assert find(verified(quick).checks, "notes").saw == "not as rendered: notes/forged.md"


# --- main -----------------------------------------------------------------------------------------


def applied_paths(quick: QuickStage) -> tuple[str, str]:
    base = f"promotions/churn/{entries(quick)[-1].proposal}"
    return f"{base}.yaml", f"{base}.evidence.json"


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("removed", [True, False])
def test_a_proposal_or_its_evidence_is_missing_or_changed(quick: QuickStage, which: int, removed: bool) -> None:
    two_champions(quick)
    path = applied_paths(quick)[which]
    quick.push({path: None if removed else quick.show(f"main:{path}") + "\n"}, message="tidy")
    report = verified(quick)
    assert broken(report.checks) == ["churn.proposals"]
    assert find(report.checks, "churn.proposals").saw == f"missing or changed: {entries(quick)[-1].proposal}"


def test_a_proposal_that_was_never_applied_may_go(quick: QuickStage) -> None:
    two_champions(quick)
    refused = unapproved_merge(quick, against=quick.registry.version(MODEL, "2"))
    promote(quick.world())
    quick.push({refused.proposal.path: None, refused.proposal.evidence_path: None}, message="tidy")
    assert verified(quick).exit_code == 0


# --- nothing there --------------------------------------------------------------------------------


def test_nothing_was_ever_merged(quick: QuickStage) -> None:
    report = verified(quick)
    assert (report.exit_code, report.to_text()) == (0, "pass: Nothing was logged yet.")


def test_the_log_branch_is_gone_although_proposals_were_merged(quick: QuickStage) -> None:
    two_champions(quick)
    del quick.remote.refs["refs/heads/promotions-log"]
    report = verified(quick)
    assert report.exit_code == Refused.exit_code
    assert find(report.checks, "log").saw == "no log, and 2 merged proposals"
    assert verified(quick, log_branch="misspelt").exit_code == Refused.exit_code


def test_a_main_branch_that_is_not_there_is_no_success(quick: QuickStage) -> None:
    two_champions(quick)
    with pytest.raises(InvalidInput, match="no branch trunk"):
        verified(quick, main="trunk")


def test_the_remote_is_down(quick: QuickStage) -> None:
    two_champions(quick)
    quick.remote.is_down = True
    with pytest.raises(Unavailable):
        verify(quick.repository(), main="main", log_branch="promotions-log", progress=quick.note)
