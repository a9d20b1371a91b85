"""Rulesets, branches and their protection, and what is wrong in CODEOWNERS."""

from tests.github.git import BareGit
from tests.github.owners import PLACES
from tests.github.routes.commits import resolve
from tests.github.routing import Answer, Call, Refusal, missing, page, route
from tests.github.rules import may_bypass, new_ruleset, rulesets_of
from tests.github.shapes.commits import commit_shape
from tests.github.shapes.repositories import page_url, repository_url
from tests.github.state import Json, Right

_RULESETS = "/repos/{owner}/{repo}/rulesets"
_BRANCHES = "/repos/{owner}/{repo}/branches"


@route("GET", "/repos/{owner}/{repo}/rules/branches/{branch}", "metadata:read")
def list_rules(call: Call) -> Answer:
    """Every active rule for the branch (which need not be there), of each ruleset that has it."""
    _need_plan(call)
    rules = [
        {
            **rule,
            "ruleset_source_type": "Repository",
            "ruleset_source": call.repository.full_name,
            "ruleset_id": ruleset["id"],
        }
        for ruleset in rulesets_of(call.repository, call.names["branch"])
        for rule in ruleset["rules"]
    ]
    return page(call, rules)


@route("GET", _RULESETS, "metadata:read")
def list_rulesets(call: Call) -> Answer:
    """Without rules, conditions and bypass actors: those are told one ruleset at a time."""
    _need_plan(call)
    return page(call, call.repository.rulesets, shape=_short)


def _need_plan(call: Call) -> None:
    if not call.repository.has_rules:
        raise Refusal(403, "Upgrade to GitHub Pro or make this repository public to enable this feature.")


def _short(ruleset: Json) -> Json:
    return {name: value for name, value in ruleset.items() if name not in {"rules", "conditions", "bypass_actors"}}


@route("GET", f"{_RULESETS}/{{ruleset_id}}", "metadata:read")
def get_ruleset(call: Call) -> Json:
    """Who may bypass it is told only to who may change it."""
    ruleset = _ruleset(call)
    bypass = "always" if may_bypass(call.repository, ruleset, token=call.token, account=None) else "never"
    shown = {**ruleset, "current_user_can_bypass": bypass}
    if not (call.right_in(call.repository).includes(Right.ADMIN) and call.may("administration:write")):
        shown.pop("bypass_actors")
    return shown


@route("POST", _RULESETS, "administration:write", right=Right.ADMIN)
def create_ruleset(call: Call) -> Answer:
    _need_plan(call)
    ruleset = new_ruleset(call.repository, call.hub.next_id(), call.given, at=call.hub.stamp())
    ruleset["_links"] = {"self": {"href": f"{repository_url(call.hub, call.repository)}/rulesets/{ruleset['id']}"}}
    call.repository.rulesets.append(ruleset)
    return Answer(body=ruleset, status=201)


@route("PUT", f"{_RULESETS}/{{ruleset_id}}", "administration:write", right=Right.ADMIN)
def update_ruleset(call: Call) -> Json:
    ruleset = _ruleset(call)
    ruleset.update({**call.given, "updated_at": call.hub.stamp()})
    return ruleset


@route("DELETE", f"{_RULESETS}/{{ruleset_id}}", "administration:write", right=Right.ADMIN)
def delete_ruleset(call: Call) -> Answer:
    call.repository.rulesets.remove(_ruleset(call))
    return Answer(status=204)


def _ruleset(call: Call) -> Json:
    _need_plan(call)
    wanted = call.names["ruleset_id"]
    return next((each for each in call.repository.rulesets if str(each["id"]) == wanted), None) or missing()


@route("GET", _BRANCHES, "contents:read")
def list_branches(call: Call) -> Answer:
    refs = BareGit(call.repository.folder).refs()
    names = [ref.removeprefix("refs/heads/") for ref in refs if ref.startswith("refs/heads/")]
    return page(call, names, shape=lambda name: _short_branch(call, name, refs[f"refs/heads/{name}"]))


def _short_branch(call: Call, name: str, sha: str) -> Json:
    url = repository_url(call.hub, call.repository)
    protected = bool(rulesets_of(call.repository, name)) or name in call.repository.protections
    return {"name": name, "commit": {"sha": sha, "url": f"{url}/commits/{sha}"}, "protected": protected}


@route("GET", f"{_BRANCHES}/{{branch}}", "contents:read")
def get_branch(call: Call) -> Json:
    name = call.names["branch"]
    sha = BareGit(call.repository.folder).head(name)
    if sha is None:
        raise Refusal(404, "Branch not found")
    url = f"{repository_url(call.hub, call.repository)}/branches/{name}"
    classic = name in call.repository.protections
    return {
        **_short_branch(call, name, sha),
        "commit": commit_shape(call.hub, call.repository, sha),
        "_links": {"self": url, "html": f"{page_url(call.hub, call.repository)}/tree/{name}"},
        "protection": {
            "enabled": classic,
            "required_status_checks": {"enforcement_level": "off", "contexts": [], "checks": []},
        },
        "protection_url": f"{url}/protection",
    }


@route("GET", f"{_BRANCHES}/{{branch}}/protection", "administration:read", right=Right.ADMIN)
def get_protection(call: Call) -> Json:
    """Classic protection; rulesets are no part of it."""
    _need_plan(call)
    found = call.repository.protections.get(call.names["branch"])
    if found is None:
        raise Refusal(404, "Branch not protected")
    url = f"{repository_url(call.hub, call.repository)}/branches/{call.names['branch']}/protection"
    return {"url": url, **found}


@route("GET", "/repos/{owner}/{repo}/codeowners/errors", "contents:read")
def list_codeowners_errors(call: Call) -> Json:
    """Owners that GitHub does not know, or that may not write; 404 where there is no such file."""
    commit = resolve(call, call.query.get("ref", call.repository.default_branch))
    git = BareGit(call.repository.folder)
    for place in PLACES:
        if (raw := git.file(commit, place)) is not None:
            lines = enumerate(raw.decode().splitlines(), 1)
            return {"errors": [error for number, line in lines for error in _errors(call, place, number, line)]}
    return missing()


def _errors(call: Call, place: str, number: int, line: str) -> list[Json]:
    found = []
    for owner in line.split("#")[0].split()[1:]:
        if problem := _problem(call, owner):
            found.append(
                {
                    "line": number,
                    "column": line.index(owner) + 1,
                    "source": line,
                    "kind": problem,
                    "suggestion": None,
                    "message": f"{problem} on line {number}: make sure {owner} exists and has write access",
                    "path": place,
                }
            )
    return found


def _problem(call: Call, owner: str) -> str | None:
    if not owner.startswith("@"):
        return None if "@" in owner else "Invalid owner"
    name = owner[1:].lower()
    if "/" in name:
        return None if name in call.hub.teams else "Unknown owner"
    account = call.hub.accounts.get(name)
    known = account is not None and call.repository.right(account).includes(Right.WRITE)
    return None if known else "Unknown owner"
