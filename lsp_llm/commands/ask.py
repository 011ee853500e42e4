"""`lsp-llm.ask`: words in free text; a selection is replaced, else the answer is inserted, or shown in a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.fill import begin_fill
from lsp_llm.commands.responding import respond, respond_with_prompt
from lsp_llm.errors import UserError
from lsp_llm.exchange.kinds import Kind
from lsp_llm.jobs.ports import Target


class AskOptions(Options, frozen=True):
    """`query`: the instruction; `preset`: not the one in use but this.

    `target`: "document" for a response document; `debug`: one with the rendered prompt in it.
    """

    query: str
    preset: str = ""
    target: Literal["auto", "document"] = "auto"
    debug: bool = False


class Ask:
    """Replace a selection, else yap."""

    name = "lsp-llm.ask"
    title = "LLM: ask"
    place = Place.ANYWHERE
    options = AskOptions

    def run(self, services: Services, target: Target, options: AskOptions) -> Mapping[str, Any]:
        """Begin the job, or show the document in which it will be."""
        if not options.query.strip():
            raise UserError('ask for something: lsp-llm.ask "your words"')
        if options.debug:
            return respond_with_prompt(services, target, options.query, options.preset)
        if options.target == "document":
            return respond(services, target, options.query, options.preset)
        kind: Kind = "yap" if target.start == target.end else "replace"
        return begin_fill(services, target, kind, options.query, options.preset)
