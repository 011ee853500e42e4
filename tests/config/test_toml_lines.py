from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.config.problems import KeyPath
from lsp_llm.config.toml_lines import key_lines, line_of

TEXT = r'''# [not.a.table]
top = 1 # x = 2
"quoted \"key\"" = 'a = "b"'
spaced . "dotted.key" . 'literal' = 1.5

[ a . b ]
list = [ 1, { inner = 1 }, # comment ] = [
  "]", [ "x = 1" ],
]
after = 1979-05-27T07:32:00Z
text = """
fake = 1 \""" still
[fake]
""""
raw = \'\'\'
fake2 = 1''\'\'\'
inline = { x = 1, y.z = { deep = "}" }, "q" = [ {}, {} ] }
empty = {}
"" = 0

[[a.c]]
first = 1
[[a.c]]
second = 2
[a]
late = true
'''.replace("\\'", "'")  # fmt: skip

EXPECTED: dict[KeyPath, int] = {
    ("top",): 2,
    ('quoted "key"',): 3,
    ("spaced",): 4,
    ("spaced", "dotted.key"): 4,
    ("spaced", "dotted.key", "literal"): 4,
    ("a",): 6,
    ("a", "b"): 6,
    ("a", "b", "list"): 7,
    ("a", "b", "after"): 10,
    ("a", "b", "text"): 11,
    ("a", "b", "raw"): 15,
    ("a", "b", "inline"): 17,
    ("a", "b", "inline", "x"): 17,
    ("a", "b", "inline", "y"): 17,
    ("a", "b", "inline", "y", "z"): 17,
    ("a", "b", "inline", "y", "z", "deep"): 17,
    ("a", "b", "inline", "q"): 17,
    ("a", "b", "empty"): 18,
    ("a", "b", ""): 19,
    ("a", "c"): 21,
    ("a", "c", "first"): 22,
    ("a", "c", "second"): 24,
    ("a", "late"): 26,
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_key_is_found_on_its_line(line_end: str) -> None:
    text = TEXT.replace("\n", line_end)
    tomllib.loads(text)
    assert key_lines(text) == EXPECTED


@pytest.mark.parametrize("text", ["", "\n", "# only words", "a=1", "[a]", "a={}", "a=[]", "a={b=1}", "\n\n[a.b]#c"])
def test_short_texts(text: str) -> None:
    values = tomllib.loads(text)
    assert {path for path in key_lines(text) if len(path) == 1} == {(key,) for key in values}


@pytest.mark.parametrize(
    ("path", "line"), [(("a", "b"), 2), (("a", "b", "missing"), 2), (("a", "x"), 1), (("y", "b"), None), ((), None)]
)
def test_a_key_without_a_line_takes_that_of_the_table_around_it(path: KeyPath, line: int | None) -> None:
    assert line_of({("a",): 1, ("a", "b"): 2}, path) == line


KEYS = st.text(st.characters(codec="ascii", min_codepoint=32, exclude_characters="\x7f"), max_size=6)
VALUES = st.recursive(
    st.integers(0, 99) | KEYS | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def toml_value(value: Any) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)} = {toml_value(item)}" for key, item in value.items()) + "}"
        case list():
            return "[\n" + ",\n".join(toml_value(item) for item in value) + "]"
        case _:
            return json.dumps(value)


def paths(values: dict[str, Any], path: KeyPath = ()) -> set[KeyPath]:
    found = {(*path, key) for key in values}
    for key, value in values.items():
        found |= paths(value, (*path, key)) if isinstance(value, dict) else set()
    return found


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_every_key_of_any_text_is_found_on_a_line_that_holds_it(values: dict[str, Any]) -> None:
    text = "".join(f"{json.dumps(key)} = {toml_value(value)} # {{\n" for key, value in values.items())
    assert tomllib.loads(text) == values
    lines = key_lines(text)
    assert set(lines) == paths(values)
    for path, line in lines.items():
        assert json.dumps(path[-1]) in text.split("\n")[line - 1]
