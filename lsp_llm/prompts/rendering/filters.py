"""jinja2's filters, each checked before where it could make much of little, counted, and weighed after.

Some are left out: what is made for web pages (a few of them take quadratic time, and prompts are no web pages), and
`random`, because the same values must make the same prompt. Tests that compare are counted as operators are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from lsp_llm.prompts.meter import LimitReached, Meter

FILTERS_LEFT_OUT = frozenset({"random", "striptags", "urlize", "xmlattr"})
SLOW_FILTER_CHARACTERS_A_ROUND: Mapping[str, int] = {"wordwrap": 4}
FILTER_CHARACTERS_A_ROUND = 256
COMPARING_TESTS = frozenset(
    {"in", "eq", "equalto", "ne", "lt", "lessthan", "le", "gt", "greaterthan", "ge", "==", "!=", "<", "<=", ">", ">="}
)

Filter = Callable[..., Any]


def metered_filters(filters: Mapping[str, Filter]) -> dict[str, Filter]:
    """The filters by name, without those that are left out."""
    return {name: _metered(name, run) for name, run in filters.items() if name not in FILTERS_LEFT_OUT}


def metered_tests(tests: Mapping[str, Filter]) -> dict[str, Filter]:
    """The tests by name: those that read their values are counted."""
    return {name: _counted(run) if name in COMPARING_TESTS else run for name, run in tests.items()}


def _metered(name: str, run: Filter) -> Filter:
    # How jinja2 marks that a filter wants more than the value: `pass_context` and its like.
    wanted = getattr(getattr(run, "jinja_pass_arg", None), "name", "")
    check = _CHECKS.get(name)
    pace = SLOW_FILTER_CHARACTERS_A_ROUND.get(name, FILTER_CHARACTERS_A_ROUND)

    # One that takes the context is never worked out while a template is compiled, where nothing counts.
    @pass_context
    def metered(context: Context, value: Any, *arguments: Any, **named: Any) -> Any:
        meter: Meter = context.environment.meter  # type: ignore[attr-defined]
        meter.spend(1)
        # What comes from `map` and its like has to be there before it can be counted.
        value = list(value) if name == "join" else value
        meter.weigh(value)
        meter.count_reading(value, pace)
        if check is not None:
            check(meter, value, arguments, named)
        result = run(*_passed(wanted, context), value, *arguments, **named)
        meter.weigh(result)
        return result

    return metered


def _counted(run: Filter) -> Filter:
    @pass_context
    def counted(context: Context, *values: Any) -> Any:
        meter: Meter = context.environment.meter  # type: ignore[attr-defined]
        meter.weigh(values)
        return run(*values)

    return counted


def _passed(wanted: str, context: Context) -> tuple[Any, ...]:
    passed: Mapping[str, tuple[Any, ...]] = {
        "context": (context,),
        "eval_context": (context.eval_ctx,),
        "environment": (context.environment,),
    }
    return passed.get(wanted, ())


_Arguments = Sequence[Any]
_Named = Mapping[str, Any]


def _check_padding(meter: Meter, value: Any, arguments: _Arguments, named: _Named) -> None:
    given = [*arguments, *named.values()]
    meter.before_padding(given)
    widths = [len(width) if isinstance(width, str) else width for width in given if isinstance(width, str | int)]
    if isinstance(value, str) and widths:
        meter.before_repeating(value.count("\n") + 1, " " * max(widths))


def _check_replace(meter: Meter, value: Any, arguments: _Arguments, named: _Named) -> None:
    given = {**dict(zip(("old", "new"), arguments, strict=False)), **named}
    meter.before_replacing(str(value), str(given.get("old", "")), str(given.get("new", "")))


def _check_join(meter: Meter, value: Any, arguments: _Arguments, named: _Named) -> None:
    meter.before_joining(_longest_text(arguments, named), value)


def _check_format(meter: Meter, value: Any, arguments: _Arguments, named: _Named) -> None:
    meter.before_formatting(str(value), [*arguments, *named.values()])


def _check_sum(_meter: Meter, _value: Any, arguments: _Arguments, named: _Named) -> None:
    if any(isinstance(start, list | tuple) for start in [*arguments, *named.values()]):
        raise LimitReached("sum adds numbers; for lists there is `+`")


def _check_wrap(meter: Meter, value: Any, arguments: _Arguments, named: _Named) -> None:
    if isinstance(value, str):
        meter.before_repeating(_longest_text(arguments, named), len(value))


def _longest_text(arguments: _Arguments, named: _Named) -> str:
    return max((part for part in [*arguments, *named.values()] if isinstance(part, str)), key=len, default="")


_CHECKS: Mapping[str, Callable[[Meter, Any, _Arguments, _Named], None]] = {
    **dict.fromkeys(("batch", "center", "indent", "round", "slice", "tojson"), _check_padding),
    "replace": _check_replace,
    "join": _check_join,
    "format": _check_format,
    "sum": _check_sum,
    "wordwrap": _check_wrap,
}
