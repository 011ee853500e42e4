"""What happens in the demo, moment by moment: a closed union of values, and the port of whoever shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lsp_llm.cli.demo.story import Step
from lsp_llm.text.edits import Change


@dataclass(frozen=True, slots=True)
class Opened:
    """The file is open in the client."""

    file_name: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A command is about to be sent."""

    step: Step


@dataclass(frozen=True, slots=True)
class Stated:
    """The server said how the job goes."""

    text: str


@dataclass(frozen=True, slots=True)
class Edited:
    """The server's edit is in the client's document: sequential changes."""

    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Ended:
    """The job is done; both times count from the command, at the client and before anything is shown."""

    first_text_seconds: float
    whole_seconds: float


@dataclass(frozen=True, slots=True)
class Over:
    """All went as it should; `diff` is what became of the file."""

    diff: str


FillMoment = Stated | Edited | Ended
Moment = Opened | Asked | FillMoment | Over


class Screen(Protocol):
    """Whoever shows the demo."""

    async def show(self, moment: Moment) -> None:
        """Show one moment; may take its time, the server does not wait for it."""
        ...
