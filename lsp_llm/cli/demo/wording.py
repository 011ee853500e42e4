"""The demo's words that all its screens share, and what it says at the end; it prints nothing."""

from __future__ import annotations

import difflib

from lsp_llm.cli.demo.moments import Ended

RECITAL = "A recital and no model: it repeats a text. The first also starts the engine."

NEXT_STEPS = (
    "A real model: export OPENAI_API_KEY=... or LSP_LLM_GGUF=/path/to/model.gguf",
    "Your editor: lsp-llm setup neovim (or helix, vscode, emacs, ...)",
    "All else: lsp-llm --help (after make demo it is .venv/bin/lsp-llm)",
)


def streaming(first_text_seconds: float) -> str:
    """That text is being written."""
    return f"streaming; {_first(first_text_seconds)}"


def times(ended: Ended) -> str:
    """How long a fill took."""
    return f"done; {_first(ended.first_text_seconds)}, all of it after {ended.whole_seconds * 1000:.0f} ms"


def _first(first_text_seconds: float) -> str:
    return f"first visible text after {first_text_seconds * 1000:.0f} ms"


def unified_diff(file_name: str, before: str, after: str) -> str:
    """What became of the file, as `diff -u` writes it."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return "".join(difflib.unified_diff(old, new, f"a/{file_name}", f"b/{file_name}"))
