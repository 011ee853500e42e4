from __future__ import annotations

import re

from lsp_llm.commands.base import Options, Place
from lsp_llm.commands.table import COMMANDS


def test_names_and_titles_are_those_of_the_protocol_and_different() -> None:
    names = [command.name for command in COMMANDS]
    verbs = ["replace", "yap", "ask", "cancel", "restore", "accept", "retry", "alternative"]
    verbs += ["run", "repeat", "preset", "showPrompt"]
    verbs += ["chat", "send", "continue", "stop", "branch", "apply", "approve", "history"]
    assert names == [f"lsp-llm.{verb}" for verb in verbs]
    assert all(command.title.startswith("LLM: ") for command in COMMANDS)
    assert len({command.title for command in COMMANDS}) == len(COMMANDS)


def test_options_are_told_apart_from_places() -> None:
    for command in COMMANDS:
        assert issubclass(command.options, Options)
        keys = command.options.__struct_encode_fields__
        assert all(re.fullmatch("[a-z][A-Za-z]*", key) for key in keys)
        # A command that takes a place of its own would shadow these.
        own = {"uri", "range", "path", "line", "endLine", "position"}
        assert command.place is Place.NONE or own.isdisjoint(keys)
