"""What git says: models, policies, proposals, owners, workflows, and what should never stand in a file."""

from collections.abc import Callable, Iterator, Sequence

from coronet.commands.governed import AtCommit, governed_models, load_model
from coronet.commands.ledger import read_ledger
from coronet.commands.owners import load_codeowners
from coronet.commands.policies import load_policy
from coronet.commands.proposals import proposal_ids
from coronet.core.codeowners import LOCATIONS, CodeOwners
from coronet.core.doctor.facts import Unknown
from coronet.core.doctor.finding import Finding, unknown
from coronet.core.doctor.leaks import find_leaks, find_shapes
from coronet.core.doctor.owners import OwnersFacts, judge_owners
from coronet.core.doctor.record import GovernedModel, judge_models, judge_proposals
from coronet.core.doctor.workflows import judge_workflow
from coronet.core.documents import Document
from coronet.core.model_file import model_path
from coronet.core.policy import DEFAULT_PATH, Mode, policy_path
from coronet.core.proposal import proposal_path
from coronet.errors import CoronetError, InvalidInput
from coronet.ports.documents import Documents
from coronet.ports.repository import Repository

_WORKFLOWS, _ACTIONS = ".github/workflows", ".github/actions"
_YAML = (".yml", ".yaml")

Members = Callable[[str], frozenset[str] | None]


class GitFacts:
    """The files at the head of the main branch, read when they are asked for."""

    def __init__(self, repository: Repository, documents: Documents, commit: str) -> None:
        self._documents = documents
        self._repository = repository
        self._commit = commit
        self.files = AtCommit(repository=repository, commit=commit)
        self.models = tuple(self._model(name) for name in governed_models(self.files))

    @property
    def approvals(self) -> int:
        """The most approvals that a policy asks for: what the forge should ask for, too."""
        return max([1, *(model.approvals for model in self.models)])

    def judge_models(self) -> Iterator[Finding]:
        return judge_models(self.models)

    def judge_proposals(self, log_branch: str) -> Iterator[Finding]:
        """Those that the log has not ended: of the applied ones `verify` proves every byte."""
        ids = proposal_ids(self._repository, self._commit)
        ended = self._ended(log_branch, sorted({model for model, _ in ids}))
        waiting = [proposal_path(model, id_) for model, id_ in ids if id_ not in ended]
        blobs = self._repository.read_many([(self._commit, path) for path in waiting])
        found = {
            path: self._problem(path, blob.data if blob else b"") for path, blob in zip(waiting, blobs, strict=True)
        }
        wrong = {path: problem for path, problem in found.items() if problem}
        return judge_proposals(wrong, count=len(ids), waiting=len(waiting))

    def _ended(self, log_branch: str, models: Sequence[str]) -> frozenset[str]:
        """The proposals that the log has ended; none where it cannot be read, which `verify` tells."""
        try:
            states = read_ledger(self._repository, log_branch, models).states
        except InvalidInput:
            return frozenset()
        return frozenset(id_ for state in states.values() for id_ in state.ended)

    def judge_owners(self, members: Members) -> Iterator[Finding]:
        codeowners = self._codeowners()
        paths = self._governing(codeowners)
        owners = {owner for path in paths if codeowners for owner in codeowners.owners_of(path).owners}
        facts = OwnersFacts(
            codeowners=codeowners,
            paths=paths,
            people={owner: members(owner) for owner in sorted(owners)},
            approvals=self.approvals,
        )
        return judge_owners(facts, file="CODEOWNERS")

    @property
    def codeowners_path(self) -> str | None:
        return next((path for path in LOCATIONS if self.files.read(path) is not None), None)

    def judge_workflows(self) -> Iterator[Finding]:
        for path in self._workflows():
            document = self._parsed(path)
            if isinstance(document, Unknown):
                yield unknown("workflows", document.why, why="what cannot be read is not known to be safe")
            else:
                yield from judge_workflow(document)

    def judge_leaks(self) -> Iterator[Finding]:
        """What is found by its shape and by its name is told once."""
        told: set[str] = set()
        for path in (*self._governed_files(), *self._workflows()):
            document = self._parsed(path)
            named = () if isinstance(document, Unknown) else find_leaks(document)
            text = (self.files.read(path) or b"").decode(errors="replace")
            for finding in (*find_shapes(text, file=path), *named):
                place = ":".join(finding.saw.split(" ")[0].split(":")[:2])
                if place not in told:
                    told.add(place)
                    yield finding

    def _model(self, name: str) -> GovernedModel:
        try:
            model = load_model(self.files, self._documents, name)
            policy = load_policy(self.files, self._documents, name)
        except CoronetError as error:
            said = "; ".join([error.message, *(str(finding) for finding in error.findings[:3])])
            return GovernedModel(name=name, registered=name, alias="champion", problems=(said,))
        wanted = policy.approvals
        return GovernedModel(
            name=name,
            registered=model.registered_model,
            alias=model.champion_alias,
            gates=sum(gate.mode is Mode.ENFORCE for gate in policy.gates),
            approvals=max(wanted.bootstrap, wanted.promotion, wanted.rollback, wanted.renewal),
        )

    def _problem(self, path: str, data: bytes) -> str | None:
        document = self._read(path, data)
        if isinstance(document, Unknown):
            return document.why
        found = self._documents.validate(document, "proposal")
        return str(found[0]) if found else None

    def _parsed(self, path: str) -> Document | Unknown:
        return self._read(path, self.files.read(path) or b"")

    def _read(self, path: str, data: bytes) -> Document | Unknown:
        try:
            return self._documents.parse(data, file=path)
        except InvalidInput as error:
            return Unknown("; ".join([error.message, *(str(finding) for finding in error.findings[:1])]))

    def _codeowners(self) -> CodeOwners | None:
        try:
            return load_codeowners(self.files)
        except InvalidInput:
            return None

    def _governing(self, codeowners: CodeOwners | None) -> tuple[str, ...]:
        """A file of each kind that someone must own."""
        of_models = [f"promotions/{model.name}/example.yaml" for model in self.models]
        of_models += [model_path(model.name) for model in self.models]
        owners_file = codeowners.file if codeowners else "CODEOWNERS"
        return (*of_models, DEFAULT_PATH, owners_file, f"{_WORKFLOWS}/example.yml")

    def _workflows(self) -> tuple[str, ...]:
        paths = [path for folder in (_WORKFLOWS, _ACTIONS) for path in self.files.paths(folder)]
        return tuple(path for path in paths if path.endswith(_YAML))

    def _governed_files(self) -> tuple[str, ...]:
        candidates = [DEFAULT_PATH]
        for model in self.models:
            candidates += [model_path(model.name), policy_path(model.name)]
        return tuple(path for path in candidates if self.files.read(path) is not None)
