"""Where the installed coronet came from."""

import json

import pytest

from coronet.adapters.installation import Installation, find_installation, read_origin

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_installed_from_git() -> None:
    url = "https://github.com/acme/coronet.git"
    text = json.dumps({"url": url, "vcs_info": {"vcs": "git", "commit_id": COMMIT, "requested_revision": "v1"}})
    assert read_origin(text) == Installation(source="acme/coronet", commit=COMMIT)


@pytest.mark.parametrize(
    "text", ["{}", '{"url": "file:///x", "dir_info": {}}', '{"url": "https://x/y", "vcs_info": {"vcs": "hg"}}']
)
def test_installed_otherwise(text: str) -> None:
    assert read_origin(text) == Installation()


def test_a_package_that_is_not_installed() -> None:
    assert find_installation("no-such-package-as-this") == Installation()
    assert isinstance(find_installation(), Installation)
