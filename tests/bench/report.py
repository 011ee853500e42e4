"""Rows of the bench and how they are printed: goal and verdict beside every figure; it measures nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from rich.console import Console
from rich.table import Table


class Weight(Enum):
    """What a missed goal means."""

    MUST = "must"
    """The bench fails."""
    AIM = "aim"
    """It is shown."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure may not be more than `limit` (or not less, with `is_floor`)."""

    limit: float
    unit: str
    weight: Weight = Weight.AIM
    is_floor: bool = False

    def is_met(self, figure: float) -> bool:
        """Whether the figure is good enough."""
        return figure >= self.limit if self.is_floor else figure <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.is_floor else '≤'} {self.limit:g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `figure` is what the goal judges, `measured` what is shown beside the reference."""

    name: str
    measured: str
    reference: str = ""
    figure: float | None = None
    goal: Goal | None = None

    @property
    def verdict(self) -> str:
        """Reached, not reached, or nothing where there is no goal."""
        if self.goal is None or self.figure is None:
            return ""
        if self.goal.is_met(self.figure):
            return "reached"
        return "MISSED" if self.goal.weight is Weight.MUST else "not reached"


def exit_code(rows: Sequence[Row]) -> int:
    """1 where a goal that must be met was missed."""
    return int(any(row.verdict == "MISSED" for row in rows))


def print_rows(rows: Sequence[Row]) -> None:
    """The table, as wide as the terminal or plain where there is none."""
    table = Table("measure", "lsp-llm", "reference", "figure", "goal", "verdict", box=None, pad_edge=False)
    for row in rows:
        figure = "" if row.figure is None else f"{row.figure:.3g}"
        table.add_row(row.name, row.measured, row.reference, figure, str(row.goal or ""), _coloured(row.verdict))
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    console.print(table)


def _coloured(verdict: str) -> str:
    colours = {"reached": "green", "MISSED": "bold red", "not reached": "yellow"}
    return f"[{colours[verdict]}]{verdict}[/]" if verdict else ""
