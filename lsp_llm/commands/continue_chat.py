"""`lsp-llm.continue`: the last answer of a chat document goes on where it was cut off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.document_sends import go_on
from lsp_llm.jobs.ports import Target


class ContinueOptions(Options, frozen=True):
    """Nothing beside the document."""


class ContinueChat:
    """Go on."""

    name = "lsp-llm.continue"
    title = "LLM: continue"
    place = Place.DOCUMENT
    options = ContinueOptions

    def run(self, services: Services, target: Target, options: ContinueOptions) -> Mapping[str, Any]:
        """The id of the job."""
        return go_on(services, services.open_chats.get(target.uri))
