import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.prompts.front_matter import Mistake, read_front_matter

TEXT = """---
title: "LLM: fix"   # a comment
kind: replace
languages: [python, c]
when:
  - selection
  - diagnostic
variables:
  tone: short
  depth: 3
  words: [a, b]
---
Body {{ user_query }}
"""


def test_a_front_matter_is_read_with_its_lines() -> None:
    front = read_front_matter(TEXT)
    assert {name: (field.value, field.line) for name, field in front.fields.items()} == {
        "title": ("LLM: fix", 2),
        "kind": ("replace", 3),
        "languages": (("python", "c"), 4),
        "when": (("selection", "diagnostic"), 5),
        "variables": ({"tone": "short", "depth": 3, "words": ("a", "b")}, 8),
    }
    assert (front.body, front.body_line, front.mistakes) == ("Body {{ user_query }}\n", 13, ())


@pytest.mark.parametrize("text", ["", "no front matter", "\n---\na: 1\n---\n", "--- a\n", "----\na\n---\n"])
def test_a_file_without_one_is_all_body(text: str) -> None:
    front = read_front_matter(text)
    assert (front.fields, front.body, front.body_line, front.mistakes) == ({}, text, 1, ())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_kinds(end: str) -> None:
    front = read_front_matter(end.join(["---", "a: b", "---", "body", ""]))
    assert (front.fields["a"].value, front.body, front.body_line) == ("b", f"body{end}", 4)


@pytest.mark.parametrize("text", ["---\n---\nbody", "---\n# nothing\n...\nbody"])
def test_an_empty_one_is_no_mistake(text: str) -> None:
    front = read_front_matter(text)
    assert (front.fields, front.body, front.mistakes) == ({}, "body", ())


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("1:30", "1:30"),
        ("2026-01-31", "2026-01-31"),
        ("null", "null"),
        ("0o17", "0o17"),
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("12", 12),
        ("-1.5", -1.5),
        ("1e400", "1e400"),
        ("'12'", "12"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        ("!!python/object:os.system x", "x"),
    ],
)
def test_a_scalar_is_what_it_plainly_is(written: str, value: object) -> None:
    assert read_front_matter(f"---\na: {written}\n---\n").fields["a"].value == value


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("---\na: 1\n", Mistake(1, "the front matter has no closing line of ---")),
        ("---\n- a\n---\n", Mistake(2, "the front matter must be a table of `key: value`")),
        ("---\na: 1\nb: 2\na: 3\n---\n", Mistake(4, '"a" stands there twice')),
        ("---\na: 1\nb: {c: {d: 1}}\n---\n", Mistake(3, '"b" is nested too deeply')),
        ("---\na: 1\nb: &b [*b]\n---\n", Mistake(3, '"b" is nested too deeply')),
        ("---\n[1, 2]: x\n---\n", Mistake(2, '"the key" is nested too deeply')),
        ("---\na: " + "x" * 20_000 + "\n---\n", Mistake(1, "the front matter is too long")),
        ("---\n" + "[" * 9_000 + "\n---\n", Mistake(1, "this is no YAML: RecursionError")),
        ("---\na: \0\n---\n", Mistake(1, "this is no YAML: ReaderError")),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, mistake: Mistake) -> None:
    assert read_front_matter(text).mistakes == (mistake,)


@pytest.mark.parametrize(("yaml", "line"), [("a: 1\nb: [1\n", 4), ("a: 'x\n", 3), ("a: b: c\n", 2), ("a: *x\n", 2)])
def test_what_is_no_yaml_is_told_with_its_line(yaml: str, line: int) -> None:
    (mistake,) = read_front_matter(f"---\n{yaml}---\nbody").mistakes
    assert mistake.line == line
    assert mistake.sentence


@given(st.text(st.sampled_from("---\n:ab[]{}&*!|>'\"# ,\t\r"), max_size=60))
def test_anything_can_be_read(text: str) -> None:
    front = read_front_matter(f"---\n{text}\n---\nbody")
    assert all(1 <= mistake.line <= 70 for mistake in front.mistakes)
