"""What is wrong with a template or a prompt, and where; pure values, for messages and for diagnostics alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lsp_llm.errors import UserError


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """One thing wrong; `line` counts from 1 and is 0 where it is about the whole file.

    `path` is the template's name below its folder, or the path of the file where that is known. A "warning" is about
    something that works all the same.
    """

    path: str
    line: int
    sentence: str
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = f"{self.path}, line {self.line}" if self.line else self.path
        return f"template {place}: {self.sentence}" if self.path else self.sentence


class TemplateError(UserError):
    """A template that cannot be rendered; `problem` says where, for a diagnostic."""

    def __init__(self, problem: TemplateProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem
