"""What a chat keeps in memory while the server runs: approvals for good, secrets behind marks, tools of the client.

It is the audience of the chat's tools, and passes on what they do to whoever follows the send of the moment.
"""

from __future__ import annotations

from collections.abc import Mapping

from lsp_llm.chat.client_calls import ClientCalls
from lsp_llm.chat.redacting import ChatRedaction
from lsp_llm.config.settings import Secrets
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.tools.approval import Verdict
from lsp_llm.tools.client_tools import ClientTool
from lsp_llm.tools.desk import Audience, Question
from lsp_llm.tools.execution import Execution, Limits
from lsp_llm.tools.redactor import Redactor


class Session:
    """One chat."""

    def __init__(self, chat_id: str, secrets: Secrets, limits: Limits) -> None:
        self.redaction = ChatRedaction(secrets)
        self.redactor = Redactor(self.redaction)
        self.execution = Execution(self, limits)
        self.client_calls = ClientCalls()
        self.client_tools: tuple[ClientTool, ...] = ()
        self.ended_calls: dict[str, ToolResult] = {}
        """The results of the send under way, by the id of the call."""
        self._chat_id = chat_id
        self._audience: Audience | None = None
        self._waiting: dict[str, ToolCall] = {}

    @property
    def waiting(self) -> tuple[ToolCall, ...]:
        """The calls that wait for the user, the oldest first."""
        return tuple(self._waiting.values())

    def offer(self, tools: Mapping[str, ToolSpec]) -> None:
        """The client carries out calls of these."""
        self.client_tools = tuple(
            ClientTool(spec.name, spec.description, spec.parameters, self._chat_id, self.client_calls)
            for spec in tools.values()
        )

    def follow(self, audience: Audience | None) -> None:
        """A send begins, and this is told what its tools do; None when it has ended."""
        self._audience = audience
        self.ended_calls.clear()
        self._waiting.clear()

    # --- audience -----------------------------------------------------------------------------------------------------

    def called(self, call: ToolCall, question: Question | None) -> None:
        """A call, which may wait for the user."""
        if question is not None:
            self._waiting[call.call_id] = call
        else:
            self._expect(call)
        if self._audience is not None:
            self._audience.called(call, question)

    def settled(self, call_id: str, verdict: Verdict) -> None:
        """A question is answered, or is none any more."""
        call = self._waiting.pop(call_id, None)
        if call is not None and verdict == "approved":
            self._expect(call)
        if self._audience is not None:
            self._audience.settled(call_id, verdict)

    def ended(self, result: ToolResult) -> None:
        """What came of a call."""
        self.ended_calls[result.call_id] = result
        if self._audience is not None:
            self._audience.ended(result)

    def _expect(self, call: ToolCall) -> None:
        if any(tool.name == call.name for tool in self.client_tools):
            self.client_calls.expect(call.call_id)
