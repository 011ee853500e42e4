"""The names that the answer to initialize tells, which is given before the tables that have them are imported."""

from __future__ import annotations

COMMAND_NAMES = (
    "lsp-llm.replace",
    "lsp-llm.yap",
    "lsp-llm.ask",
    "lsp-llm.cancel",
    "lsp-llm.restore",
    "lsp-llm.accept",
    "lsp-llm.retry",
    "lsp-llm.alternative",
    "lsp-llm.run",
    "lsp-llm.repeat",
    "lsp-llm.preset",
    "lsp-llm.showPrompt",
    "lsp-llm.chat",
    "lsp-llm.send",
    "lsp-llm.continue",
    "lsp-llm.stop",
    "lsp-llm.branch",
    "lsp-llm.apply",
    "lsp-llm.approve",
    "lsp-llm.history",
)
"""Those of commands/table.py."""

METHODS = (
    "lsp-llm/presets/list",
    "lsp-llm/models/list",
    "lsp-llm/usage",
    "lsp-llm/prompt/render",
    "lsp-llm/chat/create",
    "lsp-llm/chat/send",
    "lsp-llm/chat/continue",
    "lsp-llm/chat/get",
    "lsp-llm/chat/list",
    "lsp-llm/chat/delete",
    "lsp-llm/chat/rename",
    "lsp-llm/chat/edit",
    "lsp-llm/chat/cancel",
    "lsp-llm/chat/toolResult",
    "lsp-llm/chat/approveTool",
)
"""Those of requests.py and chat_requests.py."""
