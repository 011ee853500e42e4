"""What a tool is, and what it needs of the world outside: values and ports; nothing is carried out here."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from lsp_llm.context.base import Workspace
from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.exchange.tools import ToolCall, ToolSpec
from lsp_llm.tools.redactor import Redactor

Approval = Literal["before", "within"]
"""When the user is asked: before the call, or within it, by a proposal that is theirs to accept."""


class ToolFailed(Exception):
    """The call came to nothing; `str(error)` is for the model."""


class BadArguments(Exception):
    """The call must not be carried out; `str(error)` names the field, for the model."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of one file, which the user is to see before it is made.

    `start` and `end` are code-point offsets in `text`, the whole file as the model was understood to mean it (from the
    editor where it is open there). None as `text`: there is no such file yet.
    """

    path: str
    text: str | None
    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a proposal; `reason` may say more, in words for the model (of `partly`: what was left out).

    *Made* is one that nobody was asked for: the user has allowed all of them before.
    """

    decision: Literal["accepted", "made", "partly", "declined", "failed"]
    reason: str = ""


class Project(Protocol):
    """The workspace as it is at the time of asking."""

    def workspace(self) -> Workspace:
        """The folder, its rules, and the text of open documents."""
        ...

    def diagnostics(self) -> Mapping[str, Sequence[Diagnostic]]:
        """What the editor has told of problems, by absolute path with `/`."""
        ...


class Edits(Protocol):
    """The way by which a change reaches a file."""

    async def propose(self, proposal: Proposal) -> Outcome:
        """Offer it, and wait until the user has taken or dropped all of it; a cancelled one is withdrawn."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """All that a running tool can reach."""

    project: Project
    edits: Edits
    redactor: Redactor
    time_limit_seconds: float


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call whose arguments were understood; `subject` is what an approval for good covers within the tool."""

    subject: str
    run: Callable[[World], Coroutine[Any, Any, str]]


class Tool(Protocol):
    """Something that a model may call."""

    @property
    def spec(self) -> ToolSpec:
        """What the model is told of it."""
        ...

    @property
    def approval(self) -> Approval:
        """When the user is asked."""
        ...

    def prepare(self, call: ToolCall) -> Prepared:
        """Understand the arguments. Raises BadArguments; running raises ToolFailed."""
        ...
