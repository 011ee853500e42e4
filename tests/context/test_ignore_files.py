from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.context.gitignore import hides, parsed
from lsp_llm.context.ignore_files import literals, read_ignore_file
from tests.context.folders import write

NAMES = st.text("ab.[]*?!#\\/ é", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [
        ("*.pem", ".pem"),
        (".env", "/.env"),
        ("/src/generated/", "/src/generated"),
        ("**/node_modules/**", "/node_modules/"),
        ("id_rsa*", "/id_rsa"),
        ("Straße", "/strasse"),
        ("*.e[nm]v", ".e"),
        ("a\\*b", "/a"),
    ],
)
def test_what_is_in_every_path_that_a_pattern_hides(pattern: str, literal: str) -> None:
    assert literals(parsed([pattern])) == (literal,)


@pytest.mark.parametrize("pattern", ["*", "**", "?", "[ab]", "*/"])
def test_a_pattern_without_such_a_text_is_told(pattern: str) -> None:
    assert literals(parsed(["*.pem", pattern])) is None


def test_comments_exceptions_and_blanks_have_none() -> None:
    assert literals(parsed(["# a", "!b", "", "  ", "c"])) == ("/c",)


@given(st.lists(NAMES, max_size=4), st.text("ab.é[]!# ", min_size=1, max_size=8))
def test_no_hidden_path_lacks_the_text(lines: list[str], name: str) -> None:
    patterns = parsed(lines)
    found = literals(patterns)
    for path in (name, f"a/{name}", f"{name}/b"):
        if found is not None and any(hides(pattern, path) for pattern in patterns):
            assert any(text in f"/{path}".casefold() for text in found)


def test_patterns_that_name_a_folder_or_one_around_it_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": ".lsp-llm/\ncontext\n*.log\n.lsp-llm/context/secret\n!x.log"})
    file = read_ignore_file(f"{tmp_path}/.gitignore", f"{tmp_path}", f"{tmp_path}/.lsp-llm/context")
    assert [pattern.text for pattern in file.patterns] == ["*.log", ".lsp-llm/context/secret", "!x.log"]


def test_line_ends_of_windows_and_a_byte_order_mark_are_no_part_of_a_pattern(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": b"\xef\xbb\xbfa\r\nb \r\n\r\n"})
    file = read_ignore_file(f"{tmp_path}/.gitignore", f"{tmp_path}", f"{tmp_path}")
    assert [pattern.text for pattern in file.patterns] == ["a", "b"]


def test_a_file_that_is_not_there_says_nothing_until_it_is(tmp_path: Path) -> None:
    file = read_ignore_file(f"{tmp_path}/.gitignore", f"{tmp_path}", f"{tmp_path}")
    assert (file.says(f"{tmp_path}/a"), file.is_current()) == (None, True)
    write(tmp_path, {".gitignore": ""})
    assert not file.is_current()
