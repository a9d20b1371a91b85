"""Everything at once: what git says, what the forge's settings say, what the registry says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from coronet.commands.doctor.report import DoctorReport
from coronet.commands.doctor.repository import GitFacts, Members
from coronet.commands.verify import verify
from coronet.core.doctor.branches import judge_log, judge_main
from coronet.core.doctor.facts import Answer, ForgeSettings, Unknown
from coronet.core.doctor.finding import Finding, Severity, unknown, well
from coronet.core.doctor.owners import judge_errors
from coronet.core.doctor.record import judge_log as judge_record
from coronet.core.doctor.record import judge_registry
from coronet.core.doctor.workflow_rights import judge_actions, judge_environment, judge_token
from coronet.errors import CoronetError, InvalidInput
from coronet.ports.clock import Progress
from coronet.ports.documents import Documents
from coronet.ports.registry import Registry
from coronet.ports.repository import Repository
from coronet.ports.settings import RepositorySettings


@dataclass(frozen=True, kw_only=True, slots=True)
class DoctorPorts:
    """`settings` None: the forge has none (the local one). `registry` is opened only when it is asked, and may fail."""

    repository: Repository
    documents: Documents
    members: Members
    settings: RepositorySettings | None
    registry: Callable[[], Registry]
    progress: Progress


@dataclass(frozen=True, kw_only=True, slots=True)
class DoctorQuestion:
    """`environment` holds the registry's credentials, `check` is the status that a merge must wait for."""

    main: str = "main"
    log_branch: str = "promotions-log"
    environment: str = "registry"
    check: str = "check"
    strict: bool = False


def examine(question: DoctorQuestion, ports: DoctorPorts) -> DoctorReport:
    """Every finding; only a repository that cannot be read at all is an error."""
    ports.progress("read", "the repository")
    ports.repository.refresh()
    commit = ports.repository.head(question.main)
    if commit is None:
        raise InvalidInput(f"the remote has no branch {question.main}", hint="name the branch with --branch")
    git = GitFacts(ports.repository, ports.documents, commit)
    found = [*_settings(question, ports, git), *_repository(question, ports, git), *_record(question, ports)]
    found += judge_registry(_aliases(ports), git.models)
    return DoctorReport(findings=tuple(found), strict=question.strict)


def _settings(question: DoctorQuestion, ports: DoctorPorts, git: GitFacts) -> Iterator[Finding]:
    if ports.settings is None:
        yield Finding(
            name="forge",
            severity=Severity.ADVICE,
            saw="this forge has no settings: who acts is a claim, and git's own rules are all that guards branches",
            why="it is for demonstrations, laptops and plain git hosts",
        )
        return
    ports.progress("read", "the forge's settings")
    names = {"main": question.main, "log_branch": question.log_branch, "environment": question.environment}
    settings = ports.settings.read(**names)
    yield from judge_main(settings, approvals=git.approvals, check=question.check)
    yield from judge_log(settings)
    yield from _errors(settings, git)
    yield from judge_actions(settings)
    yield from judge_environment(settings, question.environment)
    yield judge_token(settings)


def _errors(settings: ForgeSettings, git: GitFacts) -> Iterator[Finding]:
    found, file = settings.owners_errors, git.codeowners_path
    if isinstance(found, Unknown):
        yield unknown("owners.errors", found.why, why="a line that GitHub skips leaves its paths to the lines above it")
    elif file is not None:
        yield from judge_errors([(error.line, error.message) for error in found], file=file)


def _repository(question: DoctorQuestion, ports: DoctorPorts, git: GitFacts) -> Iterator[Finding]:
    yield from git.judge_owners(ports.members)
    workflows = tuple(git.judge_workflows())
    yield from workflows or [well("workflows", "every action is pinned, and every workflow says what it may do")]
    leaks = tuple(git.judge_leaks())
    yield from leaks or [well("leaks", "no credential stands in models, policies or workflows")]
    yield from git.judge_models()
    yield from git.judge_proposals(question.log_branch)


def _record(question: DoctorQuestion, ports: DoctorPorts) -> Iterator[Finding]:
    report = verify(ports.repository, main=question.main, log_branch=question.log_branch, progress=ports.progress)
    return judge_record(report.checks, entries=report.entries)


def _aliases(ports: DoctorPorts) -> Answer[Mapping[str, Mapping[str, str]]]:
    """Where every alias is; unknown, with the reason, where the registry does not say."""
    try:
        return {model.name: model.aliases for model in ports.registry().models()}
    except CoronetError as error:
        return Unknown(error.message)
