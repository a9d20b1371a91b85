"""The live settings of a repository on GitHub, as far as a token may read them."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from coronet.adapters.github.address import CLOUD
from coronet.adapters.github.answers import Absent, Forbidden
from coronet.adapters.github.branch_settings import read_bypasses, read_classic, read_rules
from coronet.adapters.github.connection import Connection
from coronet.core.doctor.facts import (
    ActionsSettings,
    Answer,
    Branch,
    BranchRules,
    Bypass,
    Environment,
    ForgeSettings,
    OwnersError,
    Unknown,
)

# The id of the app behind workflows, the same for everybody on github.com; a server of one's own has another.
_ACTIONS_APP = 15368
# What GitHub says where the plan of a private repository has no rulesets.
_UPGRADE = "Upgrade to"

Rules = list[Mapping[str, Any]]
T = TypeVar("T")


class GithubSettings:
    """The port `RepositorySettings`; each question is asked once, and one that is refused is remembered."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._root = f"/repos/{connection.address.repository}"
        self._refused: list[str] = []
        self._has_rulesets = True

    def read(self, *, main: str, log_branch: str, environment: str) -> ForgeSettings:
        self._refused.clear()
        address = self._connection.address
        repository = self._connection.get(self._root)
        is_admin = bool((repository.get("permissions") or {}).get("admin"))
        branches = [self._branch(name, is_admin=is_admin) for name in (main, log_branch)]
        return ForgeSettings(
            page=address.page,
            repository=address.repository,
            private=bool(repository["private"]),
            has_rulesets=self._has_rulesets,
            main=branches[0],
            log=branches[1],
            actions=self._actions(),
            environment=self._environment(environment),
            repository_secrets=self._secrets(),
            owners_errors=self._owners_errors(main),
            rulesets=self._rulesets(),
            actions_app=_ACTIONS_APP if address.host == CLOUD else None,
            refused=tuple(dict.fromkeys(self._refused)),
        )

    def _branch(self, name: str, *, is_admin: bool) -> Branch:
        rules = self._rules(name)
        classic, bypasses = self._classic(name, is_admin=is_admin)
        held = Unknown(rules.why) if isinstance(rules, Unknown) else self._bypasses(rules)
        both = held if isinstance(held, Unknown) else (*held, *bypasses)
        read = rules if isinstance(rules, Unknown) else read_rules(rules)
        return Branch(name=name, rules=read, classic=classic, bypasses=both)

    def _rules(self, branch: str) -> Answer[Rules]:
        path = f"{self._root}/rules/branches/{quote(branch, safe='')}"
        try:
            return list(self._connection.items(path))
        except Forbidden as error:
            if _UPGRADE in error.message:
                self._has_rulesets = False
            return self._refuse(path, error)
        except Absent as error:
            return self._refuse(path, error)

    def _bypasses(self, rules: Rules) -> Answer[tuple[Bypass, ...]]:
        found: list[Bypass] = []
        for number in dict.fromkeys(int(rule["ruleset_id"]) for rule in rules if "ruleset_id" in rule):
            ruleset = self._ask(f"{self._root}/rulesets/{number}")
            if isinstance(ruleset, Unknown):
                return ruleset
            if "bypass_actors" not in ruleset:
                self._refused.append("who may bypass a ruleset")
                return Unknown("GitHub tells only administrators who may bypass a ruleset")
            found += read_bypasses(ruleset)
        return tuple(found)

    def _classic(self, name: str, *, is_admin: bool) -> tuple[Answer[BranchRules | None], tuple[Bypass, ...]]:
        """GitHub answers 404 for a branch without protection, and to who may not see it."""
        root = f"{self._root}/branches/{quote(name, safe='')}"
        branch = self._connection.find(root)
        if branch is None or not (branch.get("protection") or {"enabled": True}).get("enabled"):
            return None, ()
        try:
            return read_classic(self._connection.get(f"{root}/protection"))
        except (Absent, Forbidden) as error:
            if is_admin and isinstance(error, Absent):
                return None, ()
            return self._refuse(f"{root}/protection", error), ()

    def _actions(self) -> Answer[ActionsSettings]:
        return self._read(
            f"{self._root}/actions/permissions/workflow",
            lambda data: ActionsSettings(
                writes_by_default=data["default_workflow_permissions"] == "write",
                may_open_pull_requests=bool(data["can_approve_pull_request_reviews"]),
            ),
        )

    def _environment(self, name: str) -> Answer[Environment | None]:
        path = f"{self._root}/environments"
        listed = self._ask(path, per_page=100)
        if isinstance(listed, Unknown):
            return listed
        found = next((each for each in listed["environments"] if each["name"] == name), None)
        if found is None:
            return None
        policy = found.get("deployment_branch_policy")
        if policy is None:
            return Environment(name=name, branches=None)
        if policy["protected_branches"]:
            return Environment(name=name, branches=(), protected_only=True)
        return self._read(
            f"{path}/{quote(name, safe='')}/deployment-branch-policies",
            lambda data: Environment(name=name, branches=tuple(each["name"] for each in data["branch_policies"])),
        )

    def _secrets(self) -> Answer[tuple[str, ...]]:
        return self._read(
            f"{self._root}/actions/secrets", lambda data: tuple(each["name"] for each in data["secrets"]), per_page=100
        )

    def _owners_errors(self, main: str) -> Answer[tuple[OwnersError, ...]]:
        return self._read(
            f"{self._root}/codeowners/errors",
            lambda data: tuple(_owners_error(each) for each in data["errors"]),
            ref=main,
        )

    def _rulesets(self) -> Mapping[str, int]:
        if not self._has_rulesets:
            return {}
        try:
            listed = self._connection.items(f"{self._root}/rulesets", includes_parents="false")
        except (Absent, Forbidden):
            return {}
        return {str(each["name"]): int(each["id"]) for each in listed}

    def _read(self, path: str, read: Callable[[Any], T], **parameters: str | int) -> T | Unknown:
        data = self._ask(path, **parameters)
        return data if isinstance(data, Unknown) else read(data)

    def _ask(self, path: str, **parameters: str | int) -> Any:
        try:
            return self._connection.get(path, **parameters)
        except (Absent, Forbidden) as error:
            return self._refuse(path, error)

    def _refuse(self, path: str, error: Absent | Forbidden) -> Unknown:
        short = path.removeprefix(self._root)
        self._refused.append(f"GET …{short}")
        return Unknown(error.message)


def _owners_error(error: Mapping[str, Any]) -> OwnersError:
    return OwnersError(line=int(error["line"]), message=" ".join(str(error["message"]).split()))
