"""What is shown before a tool may do its work."""

from __future__ import annotations

import json

from lsp_llm.tui.question import question_lines
from lsp_llm.tui.turns import Call


def test_a_change_is_shown_line_by_line() -> None:
    arguments = json.dumps({"path": "a.py", "old_text": "x = 1\ny = 2", "new_text": "x = 3"})
    assert question_lines(Call("edit-1", "edit_file", arguments)) == [
        ("plain", "edit_file: a.py"),
        ("removed", "- x = 1"),
        ("removed", "- y = 2"),
        ("added", "+ x = 3"),
    ]


def test_a_new_file_has_nothing_that_goes() -> None:
    assert question_lines(Call("c", "edit_file", '{"path": "a", "new_text": "x"}')) == [
        ("plain", "edit_file: a"),
        ("added", "+ x"),
    ]


def test_all_else_is_shown_as_the_server_words_it() -> None:
    call = Call("c", "run_command", '{"command": "ls"}', "waiting", "", "run_command: ls\n-l")
    assert question_lines(call) == [("plain", "run_command: ls"), ("plain", "-l")]
    assert question_lines(Call("c", "look", "no JSON")) == [("plain", "look")]
