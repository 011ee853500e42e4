"""Where templates come from and what kinds of values they may print; it reads no file and knows no limits."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from types import CodeType
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import BaseLoader, Environment, Template, TemplateNotFound, pass_environment
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.utils import Namespace

if TYPE_CHECKING:
    from lsp_llm.prompts.rendering.sandbox import Sandbox


class Sources(BaseLoader):
    """Finds templates by name in the given mapping and keeps the compiled code for every rendering."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)
        self._compiled: dict[str, CodeType] = {}

    def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:
        """The template, bound to the sandbox of this rendering."""
        if name not in self.texts:
            raise TemplateNotFound(name)
        if name not in self._compiled:
            # The file name is what tracebacks show, and how the template's own frames are found.
            self._compiled[name] = environment.compile(self.texts[name], name, name)
        return environment.template_class.from_code(environment, self._compiled[name], globals or {})


class PlainNamespace(Namespace):
    """What `namespace()` gives; printed it is a word, since one may hold itself many times over."""

    def __repr__(self) -> str:
        return "namespace"


class MacroTemplate(Template):
    """A template that can be imported for its macros."""

    def make_module(
        self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Mapping[str, Any] | None = None
    ) -> TemplateModule:
        """The macros of the template."""
        return _Macros(self, self.new_context(vars, shared, locals))


class _Macros(TemplateModule):
    """An imported template; its text has no weight, so nothing may print it."""

    def __str__(self) -> NoReturn:
        raise SecurityError("an imported template has no text; include it instead")

    def __html__(self) -> NoReturn:
        str(self)
        raise AssertionError


@pass_environment
def printable(sandbox: Sandbox, value: Any) -> Any:
    """What is written for a value: the value itself, counted."""
    sandbox.meter.write(sandbox.meter.weigh(value))
    return value
