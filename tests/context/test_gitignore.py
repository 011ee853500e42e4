import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lsp_llm.context.gitignore import parse, parsed, verdict
from tests.context.folders import run_git

NAMES = ("a", "b", "ab", "a.b", "[a]", "a b", "!a", "#a", "a*", "\\a", "-", "]", "A", "1")
PATHS = (*NAMES, "a/b", "a/b/ab", "b/a/b", "ab/a.b", "b/ab/b")
LINES = st.one_of(
    st.text("ab*?/[]!-^\\. #1", max_size=8),
    st.lists(
        st.sampled_from(
            ["*", "**", "/", "a", "b", "?", "[ab]", "[!a]", "[^b]", "[a-c]", "[]a]", "[[:alpha:]]", "\\", "."]
        ),
        max_size=7,
    ).map("".join),
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    run_git(root, "init", "--quiet")
    return root


def by_git(tree: Path, lines: list[str]) -> dict[str, bool | None]:
    """Git's verdict on each path itself: a path whose folder git ignores is left out."""
    (tree / ".gitignore").write_text("\n".join(lines) + "\n", encoding="utf-8")
    asked = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin", "-z", "--verbose", "--non-matching"],
        cwd=tree,
        input="\0".join(PATHS),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    fields = asked.stdout.split("\0")[:-1]
    answers = zip(fields[2::4], fields[3::4], strict=True)
    return {path: None if not pattern else not pattern.startswith("!") for pattern, path in answers}


def by_us(lines: list[str]) -> dict[str, bool | None]:
    patterns = parsed(lines)

    def verdict_below(path: str) -> bool | None:
        folders = [path[: at + 1] for at, letter in enumerate(path) if letter == "/"]
        above = next((said for folder in folders if (said := verdict(patterns, folder))), None)
        return above or verdict(patterns, path)

    return {path: verdict_below(path) for path in PATHS}


@given(st.lists(LINES, max_size=3))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_git_says_the_same(tree: Path, lines: list[str]) -> None:
    # Nobody escapes a slash or puts one in a class. Git is at odds with itself there.
    assume(not any("\\/" in line or ("[" in line and "/" in line[line.index("[") :]) for line in lines))
    assert by_us(lines) == by_git(tree, lines)


@pytest.mark.parametrize(
    ("line", "matching", "others"),
    [
        ("*.log", ["a.log", "x/a.log", ".log", "a.log/"], ["a.logs", "log"]),
        ("/a", ["a", "a/"], ["x/a"]),
        ("a/", ["a/", "x/a/"], ["a"]),
        ("x/*.c", ["x/a.c"], ["x/y/a.c", "y/x/a.c"]),
        ("**/a", ["a", "x/y/a"], ["xa"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "a/"]),
        ("a**/b", ["a/b", "ax/b", "a/x/y/b", "ab"], ["xa/b"]),
        ("x/a**", ["x/a", "x/ab/c"], ["a", "y/x/a"]),
        ("a/**/b", ["a/b", "a/x/y/b"], ["a/xb"]),
        ("[[:digit:]]", ["1"], ["a", "d"]),
        ("[]-]x", ["]x", "-x"], ["ax"]),
        ("a\\ ", ["a "], ["a"]),
        ("a  ", ["a"], ["a  "]),
        ("\\#a", ["#a"], ["a"]),
        ("caf?", ["café"], ["cafés"]),
        ("two\\nlines", ["twonlines"], ["two\nlines"]),
    ],
)
def test_what_a_line_means(line: str, matching: list[str], others: list[str]) -> None:
    pattern = parse(line)
    assert pattern is not None
    assert [path for path in (*matching, *others) if pattern.matches(path)] == matching


@pytest.mark.parametrize("line", ["", "   ", "# a", "!", "/", "a\\", "[", "[a", "[[:no:]]", "a//b"])
def test_lines_without_a_pattern(line: str) -> None:
    assert parse(line) is None


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_line_is_too_strange(line: str, path: str) -> None:
    pattern = parse(line)
    assert pattern is None or pattern.matches(path) in {True, False}


@pytest.mark.parametrize("line", ["*a" * 100 + "b", "*a*" * 50 + "[b]", "?*" * 60 + "b"])
def test_no_pattern_takes_long(line: str) -> None:
    pattern = parse(line)
    assert pattern is not None
    began = time.process_time()
    assert not pattern.matches("a" * 255)
    assert time.process_time() - began < 1
