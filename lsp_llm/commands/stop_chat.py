"""`lsp-llm.stop`: stops the answer that is coming in a chat document; what has come stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.document_sends import stop
from lsp_llm.jobs.ports import Target


class StopOptions(Options, frozen=True):
    """Nothing beside the document."""


class StopChat:
    """Stop."""

    name = "lsp-llm.stop"
    title = "LLM: stop the answer"
    place = Place.DOCUMENT
    options = StopOptions

    def run(self, services: Services, target: Target, options: StopOptions) -> Mapping[str, Any]:
        """The ids of the jobs that were stopped."""
        return stop(services, services.open_chats.get(target.uri).uri)
