"""What a template can name, as one frozen value; it gathers nothing itself.

`user_query`, `visual_selection`, `replace`, `prefill`, `current_buffer_context` and `context_files` have the names
and shapes that kznllm.nvim gives them, so that its users' templates work unchanged. Each variable is described in
templates/README.md, and a test holds the two together.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from lsp_llm.exchange.kinds import Kind


@dataclass(frozen=True, slots=True)
class BufferContext:
    """The document being edited; `text` may be a window around the selection."""

    path: str = ""
    filetype: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ContextFile:
    """A file that goes into the prompt beside the buffer."""

    path: str
    content: str


@dataclass(frozen=True, slots=True)
class PromptVariables:
    """The values for one prompt; what is not known stays empty, and templates leave empty things out."""

    user_query: str = ""
    visual_selection: str = ""
    current_buffer_context: BufferContext = BufferContext()
    context_files: tuple[ContextFile, ...] = ()
    language: str = ""
    before: str = ""
    after: str = ""
    indent: str = ""
    diagnostics: tuple[str, ...] = ()
    git_diff: str = ""
    symbols: tuple[str, ...] = ()
    workspace_name: str = ""
    date: str = ""
    prefill: bool = False
    vars: dict[str, Any] = field(default_factory=dict)

    def as_mapping(self, kind: Kind) -> dict[str, Any]:
        """Plain strings, tuples, dicts: nothing in a template leads back to an object of the program."""
        return {**asdict(self), "replace": kind == "replace"}
