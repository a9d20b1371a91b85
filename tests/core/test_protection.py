"""Does the forge keep the branch from changing past its owners?"""

import pytest

from coronet.core.decision import Result
from coronet.core.protection import Guards, ProtectionDemand, is_protected

ALL = Guards(pull_request=True, code_owner_review=True, dismisses_stale=True, last_push_approval=True)
SOME = Guards(pull_request=True, code_owner_review=False, dismisses_stale=True, last_push_approval=False)
NONE = Guards(pull_request=False, code_owner_review=False, dismisses_stale=False, last_push_approval=False)
REQUIRE, WARN, OFF = ProtectionDemand


@pytest.mark.parametrize(
    ("guards", "demand", "result", "saw"),
    [
        (ALL, REQUIRE, "pass", "everything is demanded"),
        (ALL, WARN, "pass", "everything is demanded"),
        (SOME, REQUIRE, "fail", "not demanded: code owners' reviews, approval of the last push"),
        (SOME, WARN, "warn", "not demanded: code owners' reviews, approval of the last push"),
        (NONE, WARN, "warn", "nothing is demanded of a change"),
        (None, REQUIRE, "fail", "what the forge demands of a change is unknown"),
        (None, WARN, "warn", "what the forge demands of a change is unknown"),
        (None, OFF, "off", "not asked, by the policy"),
        (SOME, OFF, "off", "not asked, by the policy"),
    ],
)
def test_what_a_branch_lacks(guards: Guards | None, demand: ProtectionDemand, result: str, saw: str) -> None:
    check = is_protected(guards, demand)
    assert (check.result, check.saw) == (Result(result), saw)
    assert bool(check.hint) is (result in ("fail", "warn"))


@pytest.mark.parametrize("name", ["pull_request", "code_owner_review", "dismisses_stale", "last_push_approval"])
def test_each_of_them_is_asked_for(name: str) -> None:
    demands = dict.fromkeys(["pull_request", "code_owner_review", "dismisses_stale", "last_push_approval"], True)
    assert len(Guards(**{**demands, name: False}).missing) == 1
