from __future__ import annotations

from lsp_llm.commands.table import COMMANDS
from lsp_llm.lsp.chat_requests import CHAT_REQUESTS
from lsp_llm.lsp.names import COMMAND_NAMES, METHODS
from lsp_llm.lsp.requests import REQUESTS


def test_the_names_are_those_of_the_tables() -> None:
    assert [command.name for command in COMMANDS] == list(COMMAND_NAMES)
    assert [method for method, *_ in (*REQUESTS, *CHAT_REQUESTS)] == list(METHODS)
