"""A repository in which everything is set, to take something away from."""

from coronet.core.doctor.facts import (
    ActionsSettings,
    Branch,
    BranchRules,
    Environment,
    ForgeSettings,
    RequiredStatus,
)

GUARDED = BranchRules(
    pull_request=True,
    approvals=1,
    code_owner_review=True,
    dismisses_stale=True,
    last_push_approval=True,
    blocks_force_push=True,
    blocks_deletion=True,
    restricts_updates=True,
    statuses=(RequiredStatus(name="check", app=15368),),
)


def settings() -> ForgeSettings:
    return ForgeSettings(
        page="https://github.com/acme/models",
        repository="acme/models",
        private=False,
        has_rulesets=True,
        main=Branch(name="main", rules=GUARDED, classic=None, bypasses=()),
        log=Branch(name="promotions-log", rules=GUARDED, classic=None, bypasses=()),
        actions=ActionsSettings(writes_by_default=False, may_open_pull_requests=True),
        environment=Environment(name="model-registry", branches=("main",)),
        repository_secrets=("SOMETHING",),
        owners_errors=(),
        actions_app=15368,
    )
