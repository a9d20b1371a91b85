import pytest

from coronet.core.names import is_alias, is_name


@pytest.mark.parametrize("text", ["iris", "7", "breast-cancer", "a_b", "x" * 63])
def test_a_name_is_safe_everywhere(text: str) -> None:
    assert is_name(text)
    assert is_alias(text)


@pytest.mark.parametrize(
    "text", ["", "..", ".git", "a/b", "A", "a b", "a\n", "-a", "_a", "é", "x" * 64, "a.b", None, 7, "a|b"]
)
def test_what_could_climb_or_break_out_is_no_name(text: object) -> None:
    assert not is_name(text)
    assert not is_alias(text)


@pytest.mark.parametrize("text", ["latest", "v1", "v007"])
def test_the_registry_keeps_some_aliases_for_itself(text: str) -> None:
    assert is_name(text)
    assert not is_alias(text)


@pytest.mark.parametrize("text", ["latest2", "v", "v1a", "version-1"])
def test_what_only_looks_reserved_is_free(text: str) -> None:
    assert is_alias(text)
