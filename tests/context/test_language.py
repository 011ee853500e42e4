import pytest

from lsp_llm.context.language import INDENTED_LINES, indent_unit, language_name


@pytest.mark.parametrize(
    ("language_id", "path", "name"),
    [
        ("python", "a.txt", "Python"),
        ("typescriptreact", "a.tsx", "TypeScript (TSX)"),
        ("cpp", "", "C++"),
        ("rust", "", "Rust"),
        ("gleam", "", "Gleam"),
        ("", "src/a.rs", "Rust"),
        ("plaintext", "A.PY", "Python"),
        ("text", "a.go", "Go"),
        ("text", "notes", "text"),
        ("", "untitled:Untitled-1", "text"),
        ("", "/home/u.py/notes", "text"),
        ("plaintext", "notes.txt", "text"),
    ],
)
def test_a_language_has_a_name(language_id: str, path: str, name: str) -> None:
    assert language_name(language_id, path) == name


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("a:\n    b\n", "    "),
        ("a:\n  b\n", "  "),
        ("a:\n\tb\n", "\t"),
        ("a:\r\n  b\r\n", "  "),
        ("", "    "),
        ("flat\nflat\n", "    "),
        ("a\n\n    b\n", "    "),
        ("a\n  b\n    c\n      d\n    e\n", "  "),
        ("/*\n * x\n */\nf() {\n\tx\n}\ng() {\n\ty\n}\n", "\t"),
        ("call(\n     aligned)\ndef f:\n  x\n", "  "),
        ("a\n    b\n\tc\n", "    "),
    ],
)
def test_the_unit_is_the_commonest_step(text: str, unit: str) -> None:
    assert indent_unit(text) == unit


def test_only_the_first_lines_are_looked_at() -> None:
    assert indent_unit("a\n  b\n" + "c\n    d\n" * INDENTED_LINES) == "    "
    assert indent_unit("a\n" * INDENTED_LINES + "c\n  d\n" * 100) == "    "
