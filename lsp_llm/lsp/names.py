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
)
"""Those of commands/table.py."""

METHODS = ("lsp-llm/presets/list", "lsp-llm/models/list", "lsp-llm/usage")
"""Those of requests.py."""
