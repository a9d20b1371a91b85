"""Two matchers written by others agree with ours on random rules and trees.

`codeowners` (github.com/hmarr/codeowners, built by `make tools`) reads CODEOWNERS files; `git check-ignore`
is the gitignore that GitHub's patterns follow. Where one differs, GitHub's documentation decides, or
gitignore's where GitHub's is silent: those patterns are left out of the random ones and listed, with what
the documentation says, what we say and what the other one says.
"""

import random
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from coronet.core.codeowners import parse_codeowners

PEER = Path(__file__).parents[2] / ".tools/bin/codeowners"
needs_peer = pytest.mark.skipif(not PEER.exists(), reason="no .tools/bin/codeowners: `make tools` builds it")

REGULAR = "gitignore: other consecutive asterisks are considered regular asterisks"
ESCAPE = "gitignore: a backslash can be used to escape any character"
ZERO = "gitignore: a slash, two consecutive asterisks and a slash match zero or more folders"
SHALLOW = "GitHub: docs/* will match files like docs/x but not further nested files like docs/a/x"
LITERAL = "gitignore: nothing is said of this character, so it stands for itself"

# pattern, path, does it match, what `codeowners` 1.2.1 says (None: it refuses the file), the documentation
PEER_DIFFERS = [
    ("**/**/d", "a/b/d", True, False, ZERO),
    ("**/", "a/b", True, False, "gitignore: a leading ** followed by a slash means match in all directories"),
    (r"a\#b", "a#b", True, False, ESCAPE),
    (r"\!a", "!a", True, None, ESCAPE),
    (r"a\[b", "a[b", True, None, ESCAPE),
    ("a***", "abc", True, None, REGULAR),
    ("a=b", "a=b", True, None, LITERAL),
    ("é", "é", True, None, LITERAL),
    ("a!b", "a!b", True, None, LITERAL),
]

# pattern, path, does it match, what git says, the documentation
GIT_DIFFERS = [
    ("docs/*", "docs/a/x", False, True, SHALLOW),
    ("**/docs/*", "b/docs/a/x", False, True, SHALLOW),
    ("docs/**/", "docs/x", True, False, ZERO),
    ("**/", "x", True, False, ZERO),
    ("/a**/c", "ab/b/c", False, True, REGULAR),
    ("a/***", "a/b/c", False, True, f"{SHALLOW}; {REGULAR}"),
    ("[ab]", "a", False, True, "GitHub: using [ ] to define a character range doesn't work"),
    (r"\#a", "#a", False, True, "GitHub: escaping a pattern starting with # doesn't work"),
]

NAMES = ("a", "b", "ab", "ba", "abc", ".a", "b.a", "a b", "B")
SEEDS = range(8)


def random_tree(source: random.Random, size: int) -> list[str]:
    """Paths of files, none of which is also a folder."""
    files: set[str] = set()
    folders: set[str] = set()
    while len(files) < size:
        names = [source.choice(NAMES) for _ in range(source.randint(1, 4))]
        above = {"/".join(names[:length]) for length in range(1, len(names))}
        path = "/".join(names)
        if path not in folders and not above & files:
            files.add(path)
            folders |= above
    return sorted(files)


def random_segment(source: random.Random) -> str:
    dice = source.random()
    if dice < 0.15:
        return "**"
    if dice < 0.3:
        return "*"
    text = ""
    for character in source.choice(NAMES):
        dice = source.random()
        if character == " " or dice < 0.05:
            text += f"\\{character}"
        elif dice < 0.2 and not text.endswith("*"):
            text += "*"
        else:
            text += "?" if dice < 0.3 else character
    return text


def random_pattern(source: random.Random) -> str:
    segments = "/".join(random_segment(source) for _ in range(source.choice((1, 1, 2, 2, 3, 4))))
    return source.choice(("", "", "/")) + segments + source.choice(("", "", "/"))


def write_tree(root: Path, files: Sequence[str]) -> None:
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def ask_peer(root: Path, rules: str) -> Mapping[str, str] | None:
    """Each file of `root` with its owner, "" where it has none; None where the rules are refused."""
    file = root.with_suffix(".codeowners")
    file.write_text(rules)
    done = subprocess.run([PEER, "-f", file], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    found = re.findall(r"^(.*?) +(?:(@\w+)|\(unowned\)) *$", done.stdout, re.MULTILINE)
    return dict(found)


def ask_ours(rules: str, files: Sequence[str]) -> Mapping[str, str]:
    codeowners = parse_codeowners(rules)
    assert codeowners.findings == ()
    return {file: "".join(codeowners.owners_of(file).owners) for file in files}


def ask_git(repository: Path, pattern: str, files: Sequence[str]) -> frozenset[str]:
    """The files that git would ignore by `pattern`; they need not exist."""
    (repository / ".git/info/exclude").write_text(f"{pattern}\n")
    command = ["git", "check-ignore", "--no-index", "--stdin", "-z"]
    done = subprocess.run(command, cwd=repository, input="\0".join(files), capture_output=True, text=True, check=False)
    assert not done.stderr
    return frozenset(done.stdout.split("\0")) - {""}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", "--template=", tmp_path], check=True)
    (tmp_path / ".git/info").mkdir()
    return tmp_path


@needs_peer
@pytest.mark.parametrize("seed", SEEDS)
def test_codeowners_agrees_on_random_rules(tmp_path: Path, seed: int) -> None:
    source = random.Random(seed)
    for number in range(120):
        root = tmp_path / str(number)
        files = random_tree(source, 25)
        write_tree(root, files)
        patterns = [random_pattern(source) for _ in range(8)]
        owners = [source.choice((f"@r{line}", f"@r{line}", "")) for line in range(len(patterns))]
        rules = "".join(
            f"{pattern} {owner}\n"
            for pattern, owner in zip(patterns, owners, strict=True)
            if not re.match(r"/?\*\*/(\*\*|$)", pattern)
        )
        assert ask_ours(rules, files) == ask_peer(root, rules), rules


@pytest.mark.parametrize("seed", SEEDS)
def test_git_agrees_on_random_patterns(repository: Path, seed: int) -> None:
    source = random.Random(seed)
    for _ in range(120):
        files = random_tree(source, 40)
        pattern = random_pattern(source)
        if pattern.endswith(("/*", "**/")) and pattern != "*":
            continue
        ours = ask_ours(f"{pattern} @o", files)
        assert {file for file in files if ours[file]} == ask_git(repository, pattern, files), pattern


@needs_peer
@pytest.mark.parametrize(("pattern", "path", "ours", "theirs", "documentation"), PEER_DIFFERS)
def test_where_codeowners_differs(
    tmp_path: Path, pattern: str, path: str, ours: bool, theirs: bool | None, documentation: str
) -> None:
    root = tmp_path / "tree"
    write_tree(root, [path])
    rules = f"{pattern} @o"
    assert bool(ask_ours(rules, [path])[path]) is ours, documentation
    said = ask_peer(root, rules)
    assert (None if said is None else bool(said[path])) is theirs


@pytest.mark.parametrize(("pattern", "path", "ours", "theirs", "documentation"), GIT_DIFFERS)
def test_where_git_differs(
    repository: Path, pattern: str, path: str, ours: bool, theirs: bool, documentation: str
) -> None:
    assert bool(parse_codeowners(f"{pattern} @o").owners_of(path).owners) is ours, documentation
    assert (path in ask_git(repository, pattern, [path])) is theirs
