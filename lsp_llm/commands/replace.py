"""`lsp-llm.replace`: the selection gives way to the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.fill import begin_fill
from lsp_llm.config.settings import Mode
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target


class ReplaceOptions(Options, frozen=True):
    """`query`: the instruction; `preset` and `mode`: not what the settings say but this."""

    query: str = ""
    preset: str = ""
    mode: Mode = "auto"


class Replace:
    """Replace the selection."""

    name = "lsp-llm.replace"
    title = "LLM: replace selection"
    place = Place.RANGE
    options = ReplaceOptions

    def run(self, services: Services, target: Target, options: ReplaceOptions) -> Mapping[str, Any]:
        """Begin the job; an empty selection is the user's mistake."""
        if target.start == target.end:
            raise UserError("nothing is selected: select the text to replace, or use lsp-llm.yap to insert")
        return begin_fill(services, target, "replace", options.query, options.preset, options.mode)
