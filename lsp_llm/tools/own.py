"""A tool of our own: an argument struct and a function; it decides neither who may call it nor for how long it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from lsp_llm.exchange.tools import ToolCall, ToolSpec
from lsp_llm.tools.base import Approval, BadArguments, Prepared, World
from lsp_llm.tools.schema import schema_of

Arguments = TypeVar("Arguments", bound=msgspec.Struct)


def whole_tool(arguments: msgspec.Struct) -> str:
    """The subject of tools that are approved for good whatever they are asked."""
    return ""


@dataclass(frozen=True, slots=True)
class Own(Generic[Arguments]):
    """A tool whose arguments are a struct; `act` does the work and raises ToolFailed."""

    name: str
    description: str
    arguments: type[Arguments]
    act: Callable[[Arguments, World], Awaitable[str]]
    approval: Approval = "before"
    subject: Callable[[Arguments], str] = whole_tool

    @property
    def spec(self) -> ToolSpec:
        """What the model is told of it."""
        return ToolSpec(self.name, self.description, schema_of(self.arguments))

    def prepare(self, call: ToolCall) -> Prepared:
        """Understand the arguments. Raises BadArguments, which names the field."""
        try:
            # Not strict: some hosts write 2 as 2.0 or "2".
            arguments = msgspec.json.decode(call.arguments, type=self.arguments, strict=False)
        except msgspec.DecodeError as error:
            raise BadArguments(f"The arguments of {self.name} do not fit: {error}.") from None

        async def run(world: World) -> str:
            return await self.act(arguments, world)

        return Prepared(self.subject(arguments), run)
