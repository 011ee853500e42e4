"""What a template may do: jinja2's immutable sandbox, and a meter on everything that could run or grow without end.

Loops count their rounds, also recursive ones and those with a condition; calls, filters and includes count as well.
Literals, operators, calls and filters are weighed, so that a small template cannot make a large value out of little.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, KeysView, ValuesView
from posixpath import dirname, join
from types import BuiltinFunctionType, MethodType
from typing import Any, NoReturn

from jinja2 import Template, Undefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lsp_llm.prompts.meter import Meter
from lsp_llm.prompts.rendering.counting_code import CountingCode
from lsp_llm.prompts.rendering.filters import metered_filters, metered_tests
from lsp_llm.prompts.rendering.sources import MacroTemplate, PlainNamespace, Sources, printable

METHODS_LEFT_OUT = frozenset({"encode", "expandtabs", "maketrans", "striptags", "to_bytes", "translate"})
PADDING_METHODS = frozenset({"center", "ljust", "rjust", "zfill"})
INCLUDE_ROUNDS = 10
"""An include binds a template to its variables; that takes about as long as ten rounds of a loop."""


class Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox that says no (jinja's own renders an unsafe attribute as nothing), and that counts."""

    code_generator_class = CountingCode
    template_class = MacroTemplate
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, sources: Sources) -> None:
        super().__init__(trim_blocks=True, lstrip_blocks=True, loader=sources, finalize=printable)
        self.meter = Meter()
        self.sources = sources
        self.filters = metered_filters(self.filters)
        # jinja2 names the type of a test "function", which nothing but a `def` is.
        self.tests = metered_tests(self.tests)  # type: ignore[assignment, arg-type]
        # What fills a page with nonsense is of no use here, and its length has no bound.
        del self.globals["lipsum"]
        self.globals["namespace"] = PlainNamespace

    def metered(self, meter: Meter, undefined: type[Undefined]) -> Sandbox:
        """The same sandbox for one rendering."""
        sandbox = self.overlay(undefined=undefined)
        assert isinstance(sandbox, Sandbox)
        sandbox.meter = meter
        return sandbox

    def join_path(self, template: Any, parent: str) -> Any:
        """A name that is not there is one beside the template that asks for it."""
        # An unknown variable is no name; looking for it tells so.
        if not isinstance(template, str) or template in self.sources.texts:
            return template
        beside = join(dirname(parent), template)
        return beside if beside in self.sources.texts else template

    def get_template(self, name: str | Template, parent: str | None = None, globals: Any = None) -> Template:
        """A template for an include, an import or an extends, counted."""
        template = super().get_template(name, parent, globals)
        self._count_include(template)
        return template

    def select_template(
        self, names: Iterable[str | Template], parent: str | None = None, globals: Any = None
    ) -> Template:
        """The first template that there is of several, counted."""
        template = super().select_template(names, parent, globals)
        self._count_include(template)
        return template

    def _count_include(self, template: Template) -> None:
        self.meter.spend(INCLUDE_ROUNDS)
        self.meter.write(len(self.sources.texts.get(template.name or "", "")))

    def count_round(self, characters: int) -> bool:
        """Count a round of a loop that writes so many characters of its own; true, so that a condition can ask."""
        self.meter.spend(1)
        self.meter.write(characters)
        return True

    def weighed(self, value: Any) -> Any:
        """The same value, unless it is too heavy."""
        self.meter.weigh(value)
        return value

    def concatenated(self, parts: tuple[Any, ...]) -> str:
        """The texts of the parts in a row."""
        self.meter.weigh(parts)
        return "".join(map(str, parts))

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Nothing with an underscore, nothing that changes a value, nothing that makes bytes or tables of text."""
        return attr not in METHODS_LEFT_OUT and super().is_safe_attribute(obj, attr, value)

    def unsafe_undefined(self, obj: Any, attribute: str) -> NoReturn:
        """Refuse the attribute."""
        raise SecurityError(f"a template may not use {attribute!r} of a {type(obj).__name__}")

    def call(self, context: Context, called: Any, /, *arguments: Any, **named: Any) -> Any:
        """A call, checked before where it could make much of little, and weighed after."""
        self.meter.spend(1 + len(arguments) + len(named))
        # Methods of a text that was called safe are no built-in ones.
        if isinstance(called, BuiltinFunctionType | MethodType):
            arguments = self._before_method(called.__name__, called.__self__, arguments)
        result = super().call(context, called, *arguments, **named)
        # A view prints as all that it looks at, and weighs nothing by itself.
        plain = list(result) if isinstance(result, KeysView | ItemsView | ValuesView) else result
        return self.weighed(plain)

    def _before_method(self, method: str, value: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, where a method of a text, a list or a number may have them."""
        # Also a method that only searches reads it all.
        self.meter.weigh(value)
        match value, method, arguments:
            case str(), "replace", (str() as old, str() as new, *_):
                self.meter.before_replacing(value, old, new)
            case str(), "join", (items,):
                arguments = (list(items),)
                self.meter.before_joining(value, arguments[0])
            case str(), _, _ if method in PADDING_METHODS:
                self.meter.before_padding(arguments)
            case _:
                pass
        return arguments

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """`format` and `format_map` of a text, checked before."""
        formatting = super().wrap_str_format(value)
        if formatting is None:
            return None

        def checked(*arguments: Any, **named: Any) -> str:
            self.meter.before_formatting(value.__self__, [*arguments, *named.values()])
            return formatting(*arguments, **named)

        return checked

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """An operator, checked before and weighed after."""
        match operator:
            case "*":
                self.meter.before_repeating(left, right)
            case "**":
                self.meter.before_power(left, right)
            case "%" if isinstance(left, str):
                self.meter.before_formatting(left, right if isinstance(right, tuple) else (right,))
            case "+":
                self.meter.weigh((left, right))
            case _:
                pass
        return self.weighed(super().call_binop(context, operator, left, right))
