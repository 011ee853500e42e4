"""All commands, in the order in which they are shown; a new one is one more line."""

from __future__ import annotations

from typing import Any

from lsp_llm.commands.accept import Accept
from lsp_llm.commands.alternative import Alternative
from lsp_llm.commands.ask import Ask
from lsp_llm.commands.base import Command
from lsp_llm.commands.cancel import Cancel
from lsp_llm.commands.replace import Replace
from lsp_llm.commands.restore import Restore
from lsp_llm.commands.retry import Retry
from lsp_llm.commands.yap import Yap

COMMANDS: tuple[Command[Any], ...] = (
    Replace(),
    Yap(),
    Ask(),
    Cancel(),
    Restore(),
    Accept(),
    Retry(),
    Alternative(),
)
