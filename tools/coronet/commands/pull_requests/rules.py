"""What a merge needs on a forge without users: who the teams are, and which checks must have passed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coronet.core.render.page import Items, Page
from coronet.core.render.paged import Paged
from coronet.ports.forge import MergeRules, ReviewDesk

SCHEMA = "coronet/pr_rules/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class RulesReport(Paged):
    rules: MergeRules
    dry_run: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "teams": {team: sorted(logins) for team, logins in self.rules.teams.items()},
            "statuses": list(self.rules.statuses),
            "dry_run": self.dry_run,
        }

    def page(self) -> Page:
        teams = sorted(self.rules.teams.items())
        lines = [f"@{team}: {', '.join(f'@{login}' for login in sorted(logins)) or 'nobody'}" for team, logins in teams]
        dry = " (dry run: nothing was written)" if self.dry_run else ""
        said = f"checks that must have passed: {', '.join(self.rules.statuses) or 'none'}{dry}"
        return Page(headline=said, blocks=(Items(lines=lines),))


def change_rules(
    desk: ReviewDesk,
    *,
    teams: Mapping[str, frozenset[str]],
    required: frozenset[str] = frozenset(),
    not_required: frozenset[str] = frozenset(),
    dry_run: bool = False,
) -> RulesReport:
    """The rules after these changes; a team without logins is forgotten. Without changes it only looks."""
    before = desk.merge_rules()
    named = {team: logins for team, logins in {**before.teams, **teams}.items() if logins}
    statuses = (set(before.statuses) | required) - not_required
    rules = MergeRules(teams=named, statuses=tuple(sorted(statuses)))
    if rules != before:
        desk.set_merge_rules(rules, dry_run=dry_run)
    return RulesReport(rules=rules, dry_run=dry_run)
