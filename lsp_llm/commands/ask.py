"""`lsp-llm.ask`: one instruction in free text; a selection is replaced, without one the answer is inserted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.fill import begin_fill
from lsp_llm.errors import UserError
from lsp_llm.exchange.kinds import Kind
from lsp_llm.jobs.ports import Target


class AskOptions(Options, frozen=True):
    """`query`: the instruction; `preset`: not the one in use but this."""

    query: str
    preset: str = ""


class Ask:
    """Replace a selection, else yap."""

    name = "lsp-llm.ask"
    title = "LLM: ask"
    place = Place.ANYWHERE
    options = AskOptions

    def run(self, services: Services, target: Target, options: AskOptions) -> Mapping[str, Any]:
        """Begin the job."""
        if not options.query.strip():
            raise UserError('ask for something: lsp-llm.ask "your words"')
        kind: Kind = "yap" if target.start == target.end else "replace"
        return begin_fill(services, target, kind, options.query, options.preset)
