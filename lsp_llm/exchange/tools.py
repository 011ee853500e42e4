"""Tools as a model sees them: what it may call, what it called, what came of it; values, nothing is run here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool on offer; `parameters` is the JSON schema of its argument object."""

    name: str
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call, whole; `arguments` is JSON text as the model wrote it, "{}" where it wrote none.

    `problem` is a sentence for the model where the arguments are no JSON object: such a call is never carried out.
    """

    call_id: str
    name: str
    arguments: str = "{}"
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a call gave; `name` is the tool's, which some dialects ask for beside the id."""

    call_id: str
    name: str
    text: str
    is_error: bool = False
