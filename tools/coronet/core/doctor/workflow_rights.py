"""What the workflows may do, and who gets at the registry's credentials."""

from collections.abc import Iterator

from coronet.core.doctor.commands import api
from coronet.core.doctor.facts import Environment, ForgeSettings, Unknown
from coronet.core.doctor.finding import Finding, Severity, unknown, well

# What may move an alias.
CREDENTIALS = ("MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN")


def judge_actions(settings: ForgeSettings) -> Iterator[Finding]:
    found, path = settings.actions, "actions/permissions/workflow"
    click = f"{settings.page}/settings/actions → Workflow permissions"
    why = "a workflow that says nothing of its permissions may write to everything, and so may whatever it runs"
    if isinstance(found, Unknown):
        yield unknown("actions.permissions", found.why, why=why, click=click)
        return
    read = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": True}
    command = api(settings, path, method="PUT", body=read)
    if found.writes_by_default:
        saw = "the workflows' own token may write by default"
        yield Finding(
            name="actions.permissions", severity=Severity.WEAK, saw=saw, why=why, click=click, command=command
        )
    else:
        yield well("actions.permissions", "the workflows' own token may only read by default")
    if found.may_open_pull_requests:
        yield well("actions.pull_requests", "workflows may open pull requests")
        return
    yield Finding(
        name="actions.pull_requests",
        severity=Severity.ADVICE,
        saw="workflows may not open pull requests with their own token",
        why="propose then pushes the branch and prints a link; with a GitHub App this does not matter",
        click=f"{click} → Allow GitHub Actions to create and approve pull requests",
        command=command,
    )


def judge_environment(settings: ForgeSettings, name: str) -> Iterator[Finding]:
    """`name` is the environment that holds the credentials with which aliases are moved."""
    yield _environment(settings, name)
    yield from _repository_secrets(settings, name)


def _environment(settings: ForgeSettings, name: str) -> Finding:
    found = settings.environment
    click = f"{settings.page}/settings/environments → {name} → Deployment branches → Selected: {settings.main.name}"
    why = "whoever can push a branch can run a workflow of their own on it, and read the registry's credentials"
    if isinstance(found, Unknown):
        return unknown("environment", found.why, why=why, click=click)
    command = _limit(settings, name)
    if found is None:
        saw, severity = f"there is no environment {name!r}", Severity.WEAK
    elif _is_limited(found, settings.main.name):
        return well("environment", f"the environment {name!r} is for {settings.main.name} alone")
    else:
        which = "every branch" if found.branches is None else ", ".join(found.branches) or "every protected branch"
        saw, severity = f"the environment {name!r} is open to {which}", Severity.BROKEN
    return Finding(name="environment", severity=severity, saw=saw, why=why, click=click, command=command)


def _is_limited(environment: Environment, main: str) -> bool:
    return not environment.protected_only and environment.branches == (main,)


def _limit(settings: ForgeSettings, name: str) -> str:
    """Both calls: which kind of rule there is, and the one branch. `name` is one of our own names."""
    rule = {"deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}}
    branch = {"name": settings.main.name}
    return "\n".join(
        [
            api(settings, f"environments/{name}", method="PUT", body=rule),
            api(settings, f"environments/{name}/deployment-branch-policies", method="POST", body=branch),
        ]
    )


def _repository_secrets(settings: ForgeSettings, name: str) -> Iterator[Finding]:
    found = settings.repository_secrets
    click = f"{settings.page}/settings/environments → {name} → Environment secrets"
    why = "every workflow on every branch can read it: let it be one that may only read the registry"
    if isinstance(found, Unknown):
        yield unknown("secrets", found.why, why=why, click=click)
        return
    wide = [secret for secret in found if secret in CREDENTIALS]
    for secret in wide:
        yield Finding(
            name="secrets",
            severity=Severity.ADVICE,
            saw=f"{secret} is a secret of the whole repository",
            why=why,
            click=f"{click}: the one that may move aliases, which wins there",
            command=f"gh secret set {secret} --env {name}",
        )
    if not wide:
        yield well("secrets", "no credential of the registry is a secret of the whole repository")


def judge_token(settings: ForgeSettings) -> Finding:
    """What this token may not ask: those answers are unknown, here and wherever it is used."""
    if not settings.refused:
        return well("token", "this token could ask everything")
    return Finding(
        name="token",
        severity=Severity.ADVICE,
        saw=f"this token may not ask: {'; '.join(settings.refused)}",
        why="what cannot be asked is unknown above; a workflow's own token never reads settings",
        click="run coronet doctor once as an administrator: `gh auth login`, then GH_TOKEN=$(gh auth token)",
    )
