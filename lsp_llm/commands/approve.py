"""`lsp-llm.approve`: the user's word on a call of a tool that waits in a chat document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.document_sends import chat_id_of
from lsp_llm.jobs.ports import Target
from lsp_llm.tools.approval import Decision


class ApproveOptions(Options, frozen=True, kw_only=True):
    """Which call, and the word."""

    call_id: str
    decision: Decision


class Approve:
    """Decide."""

    name = "lsp-llm.approve"
    title = "LLM: decide on a call"
    place = Place.DOCUMENT
    options = ApproveOptions

    def run(self, services: Services, target: Target, options: ApproveOptions) -> Mapping[str, Any]:
        """Nothing; raises UserError where no such call waits."""
        chat_id = chat_id_of(services, services.open_chats.get(target.uri))
        services.chats().approve(chat_id, options.call_id, options.decision)
        return {}
