"""`lsp-llm.branch`: a chat of its own with the turns down to the position, shown; the document stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.document_sends import branch
from lsp_llm.jobs.ports import Target


class BranchOptions(Options, frozen=True):
    """Nothing beside the place."""


class Branch:
    """Branch."""

    name = "lsp-llm.branch"
    title = "LLM: branch"
    place = Place.DOCUMENT
    options = BranchOptions

    def run(self, services: Services, target: Target, options: BranchOptions) -> Mapping[str, Any]:
        """The uri of the new document."""
        return {"uri": branch(services, services.open_chats.get(target.uri), target.start).as_uri()}
