"""Renders a fixed set of templates by name and says where one fails; it never decides what a template may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from traceback import walk_tb
from typing import Any

from jinja2 import TemplateNotFound, TemplateSyntaxError

from lsp_llm.prompts.meter import Meter
from lsp_llm.prompts.problems import TemplateError, TemplateProblem
from lsp_llm.prompts.rendering.sandbox import Sandbox
from lsp_llm.prompts.rendering.sources import Sources
from lsp_llm.prompts.rendering.unknown import Found, UnknownVariable, unknown_reporting_to


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text, and each unknown variable once per template, at the first line that uses it."""

    text: str
    warnings: tuple[UnknownVariable, ...]


class Renderer:
    """Renders a fixed set of templates by name; each is compiled once, when it is first used."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._loader = Sources(sources)
        self._sandbox = Sandbox(self._loader)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all templates, sorted."""
        return tuple(sorted(self._loader.texts))

    def render(self, name: str, variables: Mapping[str, Any]) -> Rendered:
        """Render one template; raises TemplateError, with template and line, for whatever is wrong with it."""
        found: Found = {}
        # A sandbox of its own for each rendering: what it finds and what it spends is counted here and nowhere else.
        sandbox = self._sandbox.metered(Meter(), unknown_reporting_to(found))
        try:
            text = sandbox.get_template(name).render(variables)
        except Exception as error:  # A template is the user's program: whatever it raises is theirs to mend.
            raise TemplateError(problem_of(error, self._loader.texts)) from error
        return Rendered(text, tuple(found.values()))


def problem_of(error: Exception, sources: Mapping[str, str]) -> TemplateProblem:
    """The template, the line and the sentence for what a rendering raised."""
    if isinstance(error, TemplateSyntaxError):
        return TemplateProblem(error.name or "", error.lineno, str(error.message))
    sentence = _sentence(error)
    # jinja2 rewrites the traceback so that a template's frames carry its name and its own line numbers.
    places = [
        TemplateProblem(frame.f_code.co_filename, line, sentence)
        for frame, line in walk_tb(error.__traceback__)
        if frame.f_code.co_filename in sources
    ]
    return places[-1] if places else TemplateProblem("", 0, sentence)


def _sentence(error: Exception) -> str:
    match error:
        case TemplateNotFound():
            return f"there is no template {error.name}"
        case RecursionError():
            return "it is nested too deeply, or calls or includes itself without end"
        case _:
            return str(error) or type(error).__name__
