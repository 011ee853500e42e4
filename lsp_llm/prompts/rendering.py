"""Templates in, text out, by jinja2 in a sandbox; it never reads a file and no other module imports jinja2.

The import of jinja2 costs about 25 ms, so whoever renders imports this module inside the function that does it.

What a template sees and how its text comes out:
- `trim_blocks` and `lstrip_blocks`: a line that holds only a block tag leaves no trace.
- One line end at the very end of a template file is dropped (editors put it there); the line ends of variables stay.
- No escaping: the text of a variable comes out as it went in.
- `include`, `import` and `extends` reach the given sources and nothing else.
- The sandbox is the immutable one: a template cannot change the values it is given, so a render leaves no trace.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from traceback import walk_tb
from types import CodeType
from typing import Any, ClassVar, NoReturn

from jinja2 import (
    BaseLoader,
    ChainableUndefined,
    Environment,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lsp_llm.errors import UserError


@dataclass(frozen=True, slots=True)
class UnknownVariable:
    """A name that the template uses and nobody defines; `line` counts from 1. `str()` is the sentence to show."""

    name: str
    template: str
    line: int

    def __str__(self) -> str:
        return f'template {self.template}, line {self.line}: the unknown variable "{self.name}" renders empty'


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text, and each unknown variable once per template, at the first line that uses it."""

    text: str
    warnings: tuple[UnknownVariable, ...]


class Renderer:
    """Renders a fixed set of templates by name; each is compiled once, when it is first used."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._loader = _Sources(sources)
        self._environment = _Sandbox(trim_blocks=True, lstrip_blocks=True, loader=self._loader)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all templates, sorted."""
        return tuple(sorted(self._loader.sources))

    def render(self, name: str, variables: Mapping[str, Any]) -> Rendered:
        """Render one template; raises UserError, with template and line, for whatever is wrong with it."""
        found: _Found = {}
        # An environment of its own for each render: what it finds is reported here and nowhere else.
        environment = self._environment.overlay(undefined=_unknown_reporting_to(found))
        try:
            text = environment.get_template(name).render(variables)
        except Exception as error:  # A template is the user's program: whatever it raises is theirs to mend.
            raise UserError(_sentence(error, self._loader.sources)) from error
        return Rendered(text, tuple(found.values()))


_Found = dict[tuple[str, str], UnknownVariable]


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox that says no; jinja's own renders an unsafe attribute as nothing."""

    def unsafe_undefined(self, obj: Any, attribute: str) -> NoReturn:
        """Refuse the attribute."""
        raise SecurityError(f"a template may not use {attribute!r} of a {type(obj).__name__}")


class _Sources(BaseLoader):
    """Finds templates by name in the given mapping and keeps the compiled code for every environment."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = dict(sources)
        self._compiled: dict[str, CodeType] = {}

    def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:
        """The template, bound to the environment of this render."""
        if name not in self.sources:
            raise TemplateNotFound(name)
        if name not in self._compiled:
            # The file name is what tracebacks show, and how _line_of finds the template's own frames.
            self._compiled[name] = environment.compile(self.sources[name], name, name)
        return environment.template_class.from_code(environment, self._compiled[name], globals or {})


class _Unknown(ChainableUndefined):
    """Stands for an unknown variable: empty wherever it is used, and reported when a template looks at it.

    `is defined` and the filter `default` do not look at it: with them a template says that it may be missing.
    """

    __slots__ = ()
    found: ClassVar[_Found] = {}

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
        return isinstance(other, _Unknown)

    def __hash__(self) -> int:
        return hash(_Unknown)


def _unknown_reporting_to(found: _Found) -> type[_Unknown]:
    # jinja2 takes a class, not an object: a class for each render is the only place to put what is found.
    return type("_UnknownHere", (_Unknown,), {"found": found, "__slots__": ()})


def _template_line() -> tuple[str, int]:
    """The template that is running, and its line; jinja2 marks its frames with `__jinja_template__`."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        template = frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            return str(template.name), template.get_corresponding_lineno(frame.f_lineno)
        frame = frame.f_back
    return "", 0


def _sentence(error: Exception, sources: Mapping[str, str]) -> str:
    if isinstance(error, TemplateSyntaxError):
        return f"template {error.name}, line {error.lineno}: {error.message}"
    what = f"there is no template {error.name}" if isinstance(error, TemplateNotFound) else str(error)
    # jinja2 rewrites the traceback so that a template's frames carry its name and its own line numbers.
    places = [
        (frame.f_code.co_filename, line)
        for frame, line in walk_tb(error.__traceback__)
        if frame.f_code.co_filename in sources
    ]
    if not places:
        return what
    template, line = places[-1]
    return f"template {template}, line {line}: {what or type(error).__name__}"
