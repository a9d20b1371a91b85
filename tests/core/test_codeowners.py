"""CODEOWNERS is read as GitHub reads it; each row says where that is written down."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.codeowners import LOCATIONS, CodeOwners, parse_codeowners
from coronet.errors import Severity

# GitHub, About code owners: the comments of the example file, or the text above it.
EXAMPLE = "GitHub's example file"
SYNTAX = "GitHub's CODEOWNERS syntax"
# git, gitignore: pattern format; "A CODEOWNERS file uses a pattern that follows most of the same rules".
ANCHORED = "gitignore: a separator at the beginning or middle makes the pattern relative to the root"
FLOATING = "gitignore: otherwise the pattern may also match at any level below"
FOLDER = "gitignore: a separator at the end matches folders only"
BOTH = "gitignore: without a separator at the end the pattern can match both files and folders"
STAR = "gitignore: * matches anything except a slash"
QUESTION = "gitignore: ? matches any one character except a slash"
LEADING = "gitignore: a leading **/ matches in all folders"
TRAILING = "gitignore: a trailing /** matches everything inside"
MIDDLE = "gitignore: /**/ matches zero or more folders"
REGULAR = "gitignore: other consecutive asterisks are regular asterisks"
ESCAPE = "gitignore: a backslash can be used to escape any character"
LITERAL = "gitignore: nothing is said of this character, so it stands for itself"

MATCHES = [
    ("*", "README.md", True, EXAMPLE),
    ("*", "a/b/c.py", True, EXAMPLE),
    ("*", ".github/CODEOWNERS", True, "gitignore knows no hidden files"),
    ("*.js", "app.js", True, EXAMPLE),
    ("*.js", "src/deep/app.js", True, EXAMPLE),
    ("*.js", "app.jsx", False, STAR),
    ("*.js", ".js", True, "gitignore: * matches nothing as well"),
    ("*.js", "lib.js/README", True, BOTH),
    ("/build/logs/", "build/logs/x", True, EXAMPLE),
    ("/build/logs/", "build/logs/2026/x", True, EXAMPLE),
    ("/build/logs/", "src/build/logs/x", False, EXAMPLE),
    ("/build/logs/", "build/logs", False, FOLDER),
    ("docs/*", "docs/getting-started.md", True, EXAMPLE),
    ("docs/*", "docs/build-app/troubleshooting.md", False, EXAMPLE),
    ("docs/*", "src/docs/index.md", False, ANCHORED),
    ("docs/*", "docs", False, STAR),
    ("apps/", "apps/x", True, EXAMPLE),
    ("apps/", "src/apps/deep/x", True, EXAMPLE),
    ("apps/", "apps", False, FOLDER),
    ("/docs/", "docs/a/b", True, EXAMPLE),
    ("/docs/", "src/docs/a", False, EXAMPLE),
    ("**/logs", "build/logs/x", True, EXAMPLE),
    ("**/logs", "deeply/nested/logs/a/b", True, EXAMPLE),
    ("**/logs", "logs", True, LEADING),
    ("**/logs", "logs/x", True, LEADING),
    ("**/logs", "catalogs/x", False, LEADING),
    ("/apps/github", "apps/github/x", True, EXAMPLE),
    ("/apps/github", "apps/github", True, BOTH),
    ("/apps/github", "apps/github2/x", False, BOTH),
    ("apps", "apps", True, BOTH),
    ("apps", "apps/x/y", True, BOTH),
    ("apps", "src/apps", True, FLOATING),
    ("apps", "src/apps/x", True, FLOATING),
    ("apps", "apps2", False, FLOATING),
    ("/apps", "apps/x", True, ANCHORED),
    ("/apps", "src/apps/x", False, ANCHORED),
    ("a/b", "a/b/c", True, ANCHORED),
    ("a/b", "x/a/b", False, ANCHORED),
    ("a/b/", "a/b/c", True, ANCHORED),
    ("a/b/", "x/a/b/c", False, ANCHORED),
    ("/*", "file", True, ANCHORED),
    ("/*", "folder/file", False, EXAMPLE),
    ("/f*", "folder/deep/file", True, BOTH),
    ("*/", "file", False, FOLDER),
    ("*/", "folder/deep/file", True, FOLDER),
    ("/*/", "file", False, FOLDER),
    ("/*/", "folder/deep/file", True, FOLDER),
    ("a/*/c", "a/b/c", True, STAR),
    ("a/*/c", "a/b/c/d", True, BOTH),
    ("a/*/c", "a/c", False, STAR),
    ("a/*/c", "a/b/b/c", False, STAR),
    ("a/*/", "a/b", False, FOLDER),
    ("a/*/", "a/b/c/d", True, FOLDER),
    ("a/*.md", "a/x.md", True, STAR),
    ("a/*.md", "a/x.md/y", True, BOTH),
    ("a/*.md", "a/b/x.md", False, STAR),
    ("a/*b*d*", "a/xbxxdx", True, STAR),
    ("a/*b*d*", "a/xdxxbx", False, STAR),
    ("a*bc*cd*", "abcd", False, STAR),
    ("a*bc*cd*", "abccd", True, STAR),
    ("a/bb*bb", "a/bbb", False, STAR),
    ("a/bb*bb", "a/bbbb", True, STAR),
    ("a?c", "abc", True, QUESTION),
    ("a?c", "ac", False, QUESTION),
    ("a?c", "a/c", False, QUESTION),
    ("a*?c?d*", "axxcyd", True, QUESTION),
    ("a*?c?d*", "acyd", False, QUESTION),
    ("**", "a/b", True, TRAILING),
    ("/**", "file", True, TRAILING),
    ("a/**", "a/b", True, TRAILING),
    ("a/**", "a/b/c", True, TRAILING),
    ("a/**", "a", False, TRAILING),
    ("a/**", "x/a/b", False, ANCHORED),
    ("a/**/", "a/b/c", True, TRAILING),
    ("a/**/", "a", False, FOLDER),
    ("**/", "a/b", True, LEADING),
    ("a/**/d", "a/d", True, MIDDLE),
    ("a/**/d", "a/b/c/d/e", True, MIDDLE),
    ("a/**/d", "x/a/d", False, ANCHORED),
    ("a/**/d/e*", "a/d/x/d/ef", True, MIDDLE),
    ("a/**/d/*", "a/b/d/x", True, MIDDLE),
    ("a/**/d/*", "a/b/d/x/y", False, EXAMPLE),
    ("**/**/d", "a/d", True, MIDDLE),
    ("**/a/**/b", "b/a/a/b", True, MIDDLE),
    ("**/a/**/b", "b/a", False, MIDDLE),
    ("**/a/b/c", "a/b/a/b/c", True, LEADING),
    ("**/*", "a/b/c", True, LEADING),
    ("a**c", "abbc", True, REGULAR),
    ("a**c", "a/c", False, REGULAR),
    ("a/***", "a/b", True, REGULAR),
    ("a/***", "a/b/c", False, REGULAR),
    ("README", "readme", False, "GitHub: CODEOWNERS paths are case sensitive"),
    (".github/", ".github/workflows/x.yml", True, "gitignore knows no hidden files"),
    (r"my\ file", "my file", True, ESCAPE),
    (r"my\ folder/", "my folder/x", True, ESCAPE),
    (r"end\ ", "end ", True, "gitignore: trailing spaces are ignored unless they are quoted with a backslash"),
    (r"a\*c", "a*c", True, ESCAPE),
    (r"a\*c", "abc", False, ESCAPE),
    (r"a\?c", "a?c", True, ESCAPE),
    (r"a\?c", "abc", False, ESCAPE),
    (r"a\#c", "a#c", True, ESCAPE),
    (r"a\[c\]", "a[c]", True, ESCAPE),
    (r"a\\c", r"a\c", True, ESCAPE),
    (r"\a", "a", True, ESCAPE),
    (r"\!a", "!a", True, ESCAPE),
    (r"a\/c", "a/c", True, ESCAPE),
    ("a!b", "a!b", True, LITERAL),
    ("{a,b}.c", "{a,b}.c", True, LITERAL),
    ("{a,b}.c", "a.c", False, LITERAL),
    ("(a).c", "(a).c", True, LITERAL),
    ("a.c", "abc", False, LITERAL),
    ("^a|b$", "^a|b$", True, LITERAL),
    ("modèle/", "modèle/x", True, LITERAL),
]

SKIPPED = [
    ("!a @o", "negates", f"{SYNTAX}: using ! to negate a pattern does not work"),
    (r"\#a @o", "escaped #", f"{SYNTAX}: escaping a pattern starting with # does not work"),
    ("a[bc] @o", "range", f"{SYNTAX}: using [ ] to define a character range does not work"),
    ("a[b @o", "range", f"{SYNTAX}: using [ ] to define a character range does not work"),
    ("a]b @o", "range", f"{SYNTAX}: using [ ] to define a character range does not work"),
    ("/ @o", "write *", "GitHub's codeowners/errors: / will never match anything, did you mean *"),
    (r"\/ @o", "never matches", "it names nothing"),
    ("// @o", "never matches", "no path has an empty name"),
    ("a//b @o", "never matches", "no path has an empty name"),
    ("./a @o", "never matches", "git lists no path with ."),
    ("a/../b @o", "never matches", "git lists no path with .."),
    ("..", "never matches", "git lists no path with .."),
    ("a/.", "never matches", "git lists no path with ."),
    ("a\\\r", "lone backslash", "gitignore: a backslash at the end is an invalid pattern that never matches"),
    ("* o", "'o' is no owner", "GitHub's codeowners/errors: Invalid owner on line 7: * user"),
    ("* @o @", "'@' is no owner", f"{SYNTAX}: @username"),
    ("* @o,@p", "'@o,@p' is no owner", f"{SYNTAX}: followed by one or more usernames"),
    ("* @a/b/c", "'@a/b/c' is no owner", f"{SYNTAX}: @org/team-name"),
    ("* @a@b", "'@a@b' is no owner", f"{SYNTAX}: @username"),
    ("* o@example", "'o@example' is no owner", f"{SYNTAX}: user@example.com"),
    ("* @a\u00a0@b", "is no owner", "a blank that is no ASCII blank is part of the word"),
    ("a b @o", "'b' is no owner", "a blank in a pattern needs a backslash"),
]

OWNERS = [
    ("* @o", ("@o",)),
    ("* @Org-1/team_a.b", ("@Org-1/team_a.b",)),
    ("* first.last+tag@mail.example.com", ("first.last+tag@mail.example.com",)),
    ("* @short_code", ("@short_code",)),
    ("*\t@a  @b\t@c  ", ("@a", "@b", "@c")),
    ("  * @a\r", ("@a",)),
    ("* @a # not @b", ("@a",)),
    ("* @a #not @b", ("@a",)),
    ("* @a#not @b", ("@a",)),
    ("* @a #@b #", ("@a",)),
    ("*", ()),
    ("* ", ()),
    ("* # nobody", ()),
]


def owners(text: str) -> CodeOwners:
    return parse_codeowners(text, file="CODEOWNERS")


@pytest.mark.parametrize(("pattern", "path", "expected", "why"), MATCHES)
def test_a_pattern_matches(pattern: str, path: str, expected: bool, why: str) -> None:
    codeowners = owners(f"{pattern} @o")
    assert codeowners.findings == ()
    assert (codeowners.owners_of(path).line == 1) is expected, why


@pytest.mark.parametrize(("line", "message", "why"), SKIPPED)
def test_a_bad_line_is_skipped_with_a_finding(line: str, message: str, why: str) -> None:
    codeowners = owners(f"* @before\n{line}\n*.md @after")
    assert [rule.line for rule in codeowners.rules] == [1, 3], why
    (finding,) = codeowners.findings
    assert message in f"{finding.message} {finding.hint}"
    assert finding.severity is Severity.ERROR
    assert finding.location is not None
    assert (finding.location.file, finding.location.line) == ("CODEOWNERS", 2)


@pytest.mark.parametrize(("line", "expected"), OWNERS)
def test_owners_of_a_line(line: str, expected: tuple[str, ...]) -> None:
    codeowners = owners(line)
    assert codeowners.findings == ()
    assert codeowners.owners_of("x").owners == expected
    assert codeowners.owners_of("x").line == 1


def test_every_finding_of_a_line_is_told_with_its_column() -> None:
    codeowners = owners("  !a o @fine p")
    assert [finding.location.column for finding in codeowners.findings if finding.location] == [3, 6, 14]
    assert codeowners.rules == ()


def test_the_last_match_decides_alone() -> None:
    codeowners = owners("* @all\n*.js @js\n/web/ @web")
    assert codeowners.owners_of("a.js").owners == ("@js",)
    assert codeowners.owners_of("web/a.js").owners == ("@web",)
    assert codeowners.owners_of("a.py").owners == ("@all",)


def test_the_same_pattern_twice_counts_once() -> None:
    assert owners("apps/ @a\napps/ @b").owners_of("apps/x").owners == ("@b",)


def test_no_rule_and_a_rule_without_owners_are_different_answers() -> None:
    codeowners = owners("/apps/ @o\n/apps/github")
    nobody, unmatched = codeowners.owners_of("apps/github/x"), codeowners.owners_of("docs/x")
    assert (nobody.owners, nobody.line) == ((), 2)
    assert (unmatched.owners, unmatched.line) == ((), None)


def test_comments_and_empty_lines_count_as_lines() -> None:
    codeowners = owners("# a comment\n\n   \n \t# another\n#*\n* @o\u2028\n")
    assert codeowners.owners_of("x").line is None
    assert [finding.location.line for finding in codeowners.findings if finding.location] == [6]


def test_a_hash_without_a_blank_is_a_comment_and_told() -> None:
    codeowners = owners("a#b @o")
    assert codeowners.owners_of("a").owners == ()
    assert codeowners.owners_of("a").line == 1
    (finding,) = codeowners.findings
    assert finding.severity is Severity.WARNING


def test_windows_line_ends_and_a_byte_order_mark() -> None:
    codeowners = parse_codeowners("\ufeff*.md @a\r\n/b @b\r\n".encode())
    assert codeowners.findings == ()
    assert codeowners.owners_of("x.md").owners == ("@a",)
    assert codeowners.owners_of("b").owners == ("@b",)


def test_a_file_of_3_mb_is_not_loaded() -> None:
    rule = "* @o\n"
    fits = rule + "#" * (2_999_999 - len(rule))
    assert parse_codeowners(fits).owners_of("x").owners == ("@o",)
    too_large = parse_codeowners(fits + "#")
    assert not too_large.is_loaded
    assert too_large.owners_of("x").line is None
    assert "3000000 bytes" in too_large.findings[0].message


def test_a_file_that_is_not_utf8_says_where() -> None:
    unreadable = parse_codeowners(b"* @o\n\xff @o\n", file="docs/CODEOWNERS")
    assert not unreadable.is_loaded
    assert unreadable.owners_of("x").line is None
    assert str(unreadable.findings[0].location) == "docs/CODEOWNERS:2"


def test_locations_are_in_githubs_order() -> None:
    assert LOCATIONS == (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 500 + "b", "a" * 1000),
        ("*?" * 500 + "b", "a" * 1000),
        ("*" + "?" * 300 + "ab*" * 20, "a" * 600),
        ("**/a/" * 200 + "b", "a/" * 400 + "c"),
        ("**/*a*/" * 100 + "b", "aaaa/" * 200 + "c"),
        ("*" * 100_000, "a" * 1000),
        ("a" * 300_000, "a" * 1000),
        ("\\" * 99_999, "a" * 1000),
    ],
)
def test_no_pattern_takes_long(pattern: str, path: str) -> None:
    started = time.process_time()
    owners(f"{pattern} @o").owners_of(path)
    # The slowest takes 30 ms; anything that backtracks would outlive the machine.
    assert time.process_time() - started < 2


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    codeowners = owners(text)
    codeowners.owners_of("promotions/iris/x.yaml")
    assert len({rule.line for rule in codeowners.rules}) == len(codeowners.rules)


NAMES = st.text("abX .*?[]#!\\é", min_size=1).filter(lambda name: name not in (".", ".."))


@given(st.lists(NAMES, min_size=1).map("/".join))
def test_an_escaped_path_matches_itself_alone(path: str) -> None:
    escaped = "".join(f"\\{character}" if character != "/" else "/" for character in path)
    codeowners = owners(f"/{escaped} @o")
    assert codeowners.owners_of(path).owners == ("@o",)
    assert codeowners.owners_of(f"{path}/below").owners == ("@o",)
    assert codeowners.owners_of(f"{path}x").line is None
    assert codeowners.owners_of(f"above/{path}").line is None
