"""The phases of a session (LSP 3.17, "Server lifecycle") and what each of them refuses; it handles no message."""

from __future__ import annotations

from enum import Enum
from typing import assert_never

from lsp_llm.lsp.wire import INVALID_REQUEST, SERVER_NOT_INITIALIZED, RequestRefused


class Phase(Enum):
    """Where a session stands."""

    NEW = "new"
    RUNNING = "running"
    SHUT_DOWN = "shut down"


class Lifecycle:
    """One session."""

    def __init__(self) -> None:
        self.phase = Phase.NEW

    @property
    def exit_code(self) -> int:
        """What the process ends with: 0 only after `shutdown`, also for a client that is simply gone."""
        return 0 if self.phase is Phase.SHUT_DOWN else 1

    def refusal(self, method: str) -> RequestRefused | None:
        """Why a message is not taken now, None when it is; `exit` always is."""
        if method == "exit":
            return None
        match self.phase:
            case Phase.NEW if method != "initialize":
                return RequestRefused(SERVER_NOT_INITIALIZED, f"{method} came before initialize")
            case Phase.RUNNING if method == "initialize":
                return RequestRefused(INVALID_REQUEST, "initialize was sent twice")
            case Phase.SHUT_DOWN:
                return RequestRefused(INVALID_REQUEST, f"{method} came after shutdown")
            case Phase.NEW | Phase.RUNNING:
                return None
            case _:
                assert_never(self.phase)
