from __future__ import annotations

import json

from lsp_llm.cli.columns import as_json, columns, printable, printable_lines
from lsp_llm.providers.discovery_shapes import ModelInfo


def test_cells_stand_below_each_other_also_wide_ones() -> None:
    assert columns([("a", "bcd", "e"), ("größe", "", "f"), ("日本", "x", "")]) == [
        "a      bcd  e",
        "größe       f",
        "日本   x",
    ]


def test_nothing_that_a_terminal_obeys_comes_through() -> None:
    assert printable("a\x1b[31mb\nc\x07\u202e\ud83d") == "a�[31mb�c���"
    assert columns([("\x1b]0;title\x07",)]) == ["�]0;title�"]


def test_in_a_text_of_many_lines_its_line_ends_and_joined_characters_stay() -> None:
    assert (
        printable_lines("a\tb\r\n\x1b[2Jc\x9b👩\u200d💻\u3000\ud83d")
        == "a\tb\r\n\ufffd[2Jc\ufffd👩\u200d💻\u3000\ufffd"
    )


def test_json_is_that_of_the_protocol() -> None:
    assert json.loads(as_json([ModelInfo("m\ud83d", 5), ModelInfo("n")])) == [
        {"id": "m\ufffd", "contextTokens": 5},
        {"id": "n"},
    ]
