"""`lsp-llm.run`: a prompt of the library, by its id; what it says for this place is the instruction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.fill import begin_fill
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target


class RunOptions(Options, frozen=True):
    """`action`: the prompt's id; `query`: what the user says besides; `preset`: not the prompt's own one but this."""

    action: str
    query: str = ""
    preset: str = ""


class Run:
    """Run a prompt of the library."""

    name = "lsp-llm.run"
    title = "LLM: run a prompt"
    place = Place.ANYWHERE
    options = RunOptions

    def run(self, services: Services, target: Target, options: RunOptions) -> Mapping[str, Any]:
        """Begin the job; its instruction is rendered there."""
        prompt = services.library.find(target.uri, options.action)
        if prompt.kind == "chat":
            raise UserError(f'the prompt "{prompt.id}" begins a chat, and there are no chats yet')
        if prompt.kind == "replace" and target.start == target.end:
            raise UserError(f'nothing is selected: the prompt "{prompt.id}" replaces what is selected')
        preset = options.preset or prompt.preset
        return begin_fill(services, target, prompt.kind, options.query, preset, action=prompt.id)
