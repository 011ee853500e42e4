"""Has the client ask for code lenses anew where a send begins or ends, which changes no text; a status sink."""

from __future__ import annotations

from lsp_llm.lsp.client import Client
from lsp_llm.status.events import Cancelled, Failed, Finished, Queued, Status


class LensRefresh:
    """Of no use to fills: only chats have lenses."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._sends: set[str] = set()

    def publish(self, job_id: str, status: Status) -> None:
        """The lenses of a chat are others while an answer is coming."""
        if isinstance(status, Queued) and status.kind == "chat":
            self._sends.add(job_id)
            self._client.refresh_lenses()
        elif isinstance(status, (Finished, Cancelled, Failed)) and job_id in self._sends:
            self._sends.remove(job_id)
            self._client.refresh_lenses()
