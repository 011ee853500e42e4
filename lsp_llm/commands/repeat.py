"""`lsp-llm.repeat`: the last instruction again, in another place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.fill import begin_fill
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target


class RepeatOptions(Options, frozen=True):
    """Nothing but the place."""


class Repeat:
    """Do the same here."""

    name = "lsp-llm.repeat"
    title = "LLM: repeat"
    place = Place.ANYWHERE
    options = RepeatOptions

    def run(self, services: Services, target: Target, options: RepeatOptions) -> Mapping[str, Any]:
        """Begin the job, with the kind, the preset, the words and the prompt of the last one."""
        last = services.instructions.last()
        if last is None:
            raise UserError("there is no instruction to repeat: give one first")
        if last.kind == "replace" and target.start == target.end:
            raise UserError("nothing is selected: the last instruction replaced what was selected")
        return begin_fill(services, target, last.kind, last.query, last.preset, action=last.action)
