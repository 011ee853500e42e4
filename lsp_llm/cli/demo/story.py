"""What the demo plays: a source file, two fills, and the document that each must end in; it starts nothing.

The expected documents are computed from the source and the recital's texts, so that they judge the server and the
client without having asked either.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from lsp_llm.providers.recital import EXPLAIN_INSTRUCTION, EXPLANATION, REFACTOR_INSTRUCTION, REFACTORED_FUNCTION

_FILE = "invoice.py"
_FUNCTION = "amount_due"


@dataclass(frozen=True, slots=True)
class Step:
    """One command on whole lines (from 0, the last one exclusive), and the document as it must be afterwards."""

    verb: str
    instruction: str
    first_line: int
    end_line: int
    expected: str


@dataclass(frozen=True, slots=True)
class Story:
    """A source file and what is done to it."""

    file_name: str
    source: str
    steps: tuple[Step, ...]


def invoice_story() -> Story:
    """Replace a clumsy function, then have the new one explained on the blank line below it."""
    # It is not called .py, so that nothing here takes it for code of the package.
    source = (Path(__file__).parent / f"{_FILE}.txt").read_text(encoding="utf-8")
    first, end = _lines_of_function(source)
    lines = source.splitlines(keepends=True)
    before, after = "".join(lines[:first]), "".join(lines[end:])
    replaced = f"{before}{REFACTORED_FUNCTION}\n"
    below = replaced.count("\n")
    steps = (
        Step("replace", REFACTOR_INSTRUCTION, first, end, replaced + after),
        Step("yap", EXPLAIN_INSTRUCTION, below, below, replaced + EXPLANATION + after),
    )
    return Story(_FILE, source, steps)


def _lines_of_function(source: str) -> tuple[int, int]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == _FUNCTION and node.end_lineno:
            return node.lineno - 1, node.end_lineno
    raise AssertionError(f"{_FILE} has no function {_FUNCTION}")
