"""All commands, in the order in which they are shown; a new one is one more line."""

from __future__ import annotations

from typing import Any

from lsp_llm.commands.accept import Accept
from lsp_llm.commands.alternative import Alternative
from lsp_llm.commands.apply import Apply
from lsp_llm.commands.approve import Approve
from lsp_llm.commands.ask import Ask
from lsp_llm.commands.base import Command
from lsp_llm.commands.branch import Branch
from lsp_llm.commands.cancel import Cancel
from lsp_llm.commands.chat import Chat
from lsp_llm.commands.continue_chat import ContinueChat
from lsp_llm.commands.history import ShowHistory
from lsp_llm.commands.preset import UsePreset
from lsp_llm.commands.repeat import Repeat
from lsp_llm.commands.replace import Replace
from lsp_llm.commands.restore import Restore
from lsp_llm.commands.retry import Retry
from lsp_llm.commands.run import Run
from lsp_llm.commands.send import Send
from lsp_llm.commands.show_prompt import ShowPrompt
from lsp_llm.commands.stop_chat import StopChat
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
    Run(),
    Repeat(),
    UsePreset(),
    ShowPrompt(),
    Chat(),
    Send(),
    ContinueChat(),
    StopChat(),
    Branch(),
    Apply(),
    Approve(),
    ShowHistory(),
)
