from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.cli.setup.json_settings import plain, read, with_settings
from lsp_llm.cli.setup.values import Unmergeable, united

OURS = json.dumps({"a": {"b": ["x"], "c": {"d": 1}}, "e": 2})
VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.dictionaries(st.text(max_size=3), inner, max_size=3),
)
OBJECTS = st.dictionaries(st.sampled_from('abcef"/\\'), VALUES, max_size=4)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{\n}\n",
        "{ // nothing yet\n}\n",
        '{\n  "z": 1 // mine\n}\n',
        '{\n  "z": 1, // mine\n}\n',
        '{ "z": [1, 2,], }',
        '{\n\t"a": {\n\t\t"q": "http://x/*no*/", /* mine, \n too */\n\t},\n\t"z": "}",\n}',
        '{"a": {"b": ["y", "x"]}, "z": {}}',
        '// first\n{"a": {}}\n// last\n',
    ],
)
def test_comments_and_settings_stay_and_ours_come_to_them(text: str) -> None:
    merged = with_settings(text, OURS)
    assert read(merged) == united(read(text), json.loads(OURS))
    for word in ("// nothing yet", "// mine", "/* mine, \n too */", "// first", "// last"):
        assert (word in merged) is (word in text)
    assert with_settings(merged, OURS) == merged


def test_new_settings_are_written_as_those_around_them() -> None:
    text = '{\n    "z": 1 // mine\n}\n'
    assert with_settings(text, '{"e": {"f": [2, 3]}}') == (
        '{\n    "z": 1, // mine\n    "e": {\n      "f": [2, 3]\n    }\n}\n'
    )


def test_an_empty_file_becomes_ours_to_the_letter() -> None:
    assert with_settings(" \n", OURS) == OURS


@given(OBJECTS, OBJECTS, st.sampled_from([None, 0, 2]))
def test_any_two_are_merged_or_refused(theirs: dict[str, Any], ours: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(theirs, indent=indent)
    try:
        merged = with_settings(text, json.dumps(ours))
    except Unmergeable:
        with pytest.raises(Unmergeable):
            united(theirs, ours)
        return
    assert read(merged) == united(theirs, ours)


@given(st.text(alphabet='"\\/*,{}[]\n a'))
def test_what_is_blanked_keeps_its_length(text: str) -> None:
    assert len(plain(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"e": 3}', "e is set to something else"),
        ('{"a": {"b": []}}', "a.b is set"),
        ("{", "no JSON"),
        ("[]", "no settings"),
        ("{,}", "cannot be added to"),
    ],
)
def test_what_cannot_be_merged_is_refused(text: str, said: str) -> None:
    with pytest.raises(Unmergeable, match=said):
        with_settings(text, OURS)
