"""Which coronet the workflows call."""

import pytest

from coronet.core.adoption.pin import require_pin, source_of
from coronet.errors import WrongUsage

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_a_commit_is_fixed_and_a_tag_is_not() -> None:
    assert require_pin("acme/coronet", COMMIT).is_fixed
    assert not require_pin("acme/coronet.fork_2", "v1.2.0").is_fixed


@pytest.mark.parametrize(
    "source", ["acme", "acme/", "/x", "a/b/c", "a b/c", "acme/x@v1", "acme/../x", "-a/b", "a/b\n", "${{x}}/y", "a/.git"]
)
def test_what_is_no_repository(source: str) -> None:
    with pytest.raises(WrongUsage, match="no repository"):
        require_pin(source, COMMIT)


@pytest.mark.parametrize(
    "ref", ["", "v1 # x", "v1\n", "a..b", "/x", "x/", "x.", "-x", "x//y", "x.lock", "${{ github.ref }}", "a'b"]
)
def test_what_is_no_ref(ref: str) -> None:
    with pytest.raises(WrongUsage, match="no commit and no tag"):
        require_pin("acme/coronet", ref)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/coronet.git",
        "https://github.com/acme/coronet",
        "https://user:secret@github.com/acme/coronet/",
        "ssh://git@github.example:2222/acme/coronet.git",
        "git@github.com:acme/coronet.git",
    ],
)
def test_a_clone_says_its_source(url: str) -> None:
    assert source_of(url) == "acme/coronet"


@pytest.mark.parametrize("url", ["file:///srv/coronet", "/srv/git/coronet.git", "https://github.com/acme", "", "../x"])
def test_other_addresses_say_none(url: str) -> None:
    assert source_of(url) is None
