"""What an unknown variable is inside a template: empty, and reported once; it never stops a rendering."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from jinja2 import ChainableUndefined, Template

from lsp_llm.prompts.problems import TemplateProblem


@dataclass(frozen=True, slots=True)
class UnknownVariable:
    """A name that the template uses and nobody defines; `line` counts from 1. `str()` is the sentence to show."""

    name: str
    template: str
    line: int

    @property
    def problem(self) -> TemplateProblem:
        """The same as a problem of the template."""
        return TemplateProblem(self.template, self.line, f'the unknown variable "{self.name}" renders empty')

    def __str__(self) -> str:
        return str(self.problem)


Found = dict[tuple[str, str], UnknownVariable]
"""By template and name: the first line that uses it."""


class Unknown(ChainableUndefined):
    """Stands for an unknown variable: empty wherever it is used, and reported when a template looks at it.

    `is defined` and the filter `default` do not look at it: with them a template says that it may be missing.
    """

    __slots__ = ()
    found: ClassVar[Found] = {}

    def _report(self) -> None:
        template, line = _template_line()
        name = str(self._undefined_name)
        self.found.setdefault((template, name), UnknownVariable(name, template, line))

    def __str__(self) -> str:
        self._report()
        return ""

    def __iter__(self) -> Iterator[Any]:
        self._report()
        return iter(())

    def __len__(self) -> int:
        self._report()
        return 0

    def __bool__(self) -> bool:
        self._report()
        return False

    def __eq__(self, other: object) -> bool:
        self._report()
        return isinstance(other, Unknown)

    def __hash__(self) -> int:
        return hash(Unknown)


def unknown_reporting_to(found: Found) -> type[Unknown]:
    """A class of its own for each rendering: jinja2 takes a class, not an object, and this is where it can report."""
    return type("UnknownHere", (Unknown,), {"found": found, "__slots__": ()})


def _template_line() -> tuple[str, int]:
    """The template that is running, and its line; jinja2 marks its frames with `__jinja_template__`."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        template = frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            return str(template.name), template.get_corresponding_lineno(frame.f_lineno)
        frame = frame.f_back
    return "", 0
