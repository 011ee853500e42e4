"""Tools that the client offers: called through a port, with a time limit that others keep; it knows no protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.tools.base import Approval, Prepared, ToolFailed, World
from lsp_llm.tools.checking import checked
from lsp_llm.tools.schema import flattened


class ClientTools(Protocol):
    """The client, where it carries out calls of the tools that it offered."""

    async def call(self, chat_id: str, call: ToolCall) -> ToolResult:
        """Have it carried out; a cancelled one is forgotten, and what comes for it later too."""
        ...


@dataclass(frozen=True, slots=True)
class ClientTool:
    """One tool of the client's, for one chat."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    chat_id: str
    client: ClientTools
    approval: Approval = "before"

    @property
    def spec(self) -> ToolSpec:
        """What the model is told of it."""
        return ToolSpec(self.name, self.description, flattened(self.parameters))

    def prepare(self, call: ToolCall) -> Prepared:
        """See whether the arguments can be meant. Raises BadArguments."""
        checked(self.name, flattened(self.parameters), call.arguments)

        async def run(world: World) -> str:
            result = await self.client.call(self.chat_id, call)
            if result.is_error:
                raise ToolFailed(result.text)
            return result.text

        return Prepared("", run)
