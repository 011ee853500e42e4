"""What the start of the server does not pay for: parts that are loaded when they are first used."""

from __future__ import annotations

import subprocess
import sys

LAZY = (
    *(f"lsp_llm.providers.{name}" for name in ("anthropic", "gemini", "ollama", "openai_chat", "openai_responses")),
    "lsp_llm.providers.fim",
    "lsp_llm.providers.local_engine",
    "httpx",
    "httptools",
    "jinja2",
    "keyring",
    "google.auth",
    "xllamacpp",
    "pygls",
    "textual",
    "websockets",
    "yaml",
)


def test_the_server_starts_without_what_only_jobs_need() -> None:
    asked = f"import sys, lsp_llm.cli.serve; print(*[name for name in {LAZY!r} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []
