"""`lsp-llm.send`: has a turn of a chat document answered, at the document's end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.document_sends import send
from lsp_llm.jobs.ports import Target


class SendOptions(Options, frozen=True):
    """Nothing beside the place."""


class Send:
    """Answer the turn at the position: the last one, its answer once more, or an earlier question in a branch."""

    name = "lsp-llm.send"
    title = "LLM: send"
    place = Place.DOCUMENT
    options = SendOptions

    def run(self, services: Services, target: Target, options: SendOptions) -> Mapping[str, Any]:
        """The id of the job, or the uri of the branch."""
        return send(services, services.open_chats.get(target.uri), target.start)
