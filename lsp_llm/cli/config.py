"""`lsp-llm config`: the settings in force and where each comes from, and what is wrong with their files.

Nothing that is secret, or looks so, is shown. It writes no file and asks no host.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from lsp_llm.cli.columns import as_json, printable
from lsp_llm.cli.configured import Configured, configured
from lsp_llm.cli.exit_codes import DONE, FAILED
from lsp_llm.cli.toml_text import toml_text
from lsp_llm.config.origins import Source, leaves, origins
from lsp_llm.config.problems import KeyPath, Problem, dotted
from lsp_llm.config.redactor import Redactor
from lsp_llm.config.settings import HIDDEN, Settings
from lsp_llm.config.validation import SECRET_KEY
from lsp_llm.errors import UserError
from lsp_llm.prompts.secret_scan import find_secrets
from lsp_llm.providers.registry import resolve

_DEFAULT: Final = Source("default")
_SHOWN_INSTEAD: Final = "<hidden>"
_NAMED: Final[tuple[KeyPath, ...]] = (("providers",), ("presets",), ("tools", "mcp"))
"""Tables of tables with names of the user's: of these only what is set is shown, there are dozens."""


class ShownSource(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a setting comes from."""

    source: str
    line: int | None = None


class Shown(msgspec.Struct, frozen=True):
    """Settings by their dotted names."""

    settings: Mapping[str, Any]
    sources: Mapping[str, ShownSource]


class Check(msgspec.Struct, frozen=True):
    """What is wrong with the files, and which were read."""

    ok: bool
    files: tuple[str, ...]
    problems: tuple[Problem, ...]


def config(options: argparse.Namespace) -> int:
    """Show or check; gives the exit code. Raises UserError."""
    found = configured(options.config)
    match options.look:
        case "check":
            return _check(found, as_data=options.json)
        case _:
            return _show(found, as_data=options.json)


def _show(found: Configured, *, as_data: bool) -> int:
    sources = origins(found.layers)
    values = dict(_shown(found.settings, sources, Redactor(os.environ)))
    from_where = {path: sources.get(path, _DEFAULT) for path in values}
    if as_data:
        named = {dotted(path): ShownSource(source.name, source.line) for path, source in from_where.items()}
        print(as_json(Shown(_nested(values), named)))
    else:
        print(toml_text(values, {path: printable(str(source)) for path, source in from_where.items()}), end="")
    return DONE


def _shown(
    settings: Settings, sources: Mapping[KeyPath, Source], redacted: Callable[[str], str]
) -> Iterator[tuple[KeyPath, Any]]:
    """What is set, and the defaults but those of each provider and preset."""
    for path, value in leaves(msgspec.to_builtins(settings)):
        is_named = any(path[: len(table)] == table for table in _NAMED)
        if value is not None and (path in sources or not is_named):
            yield path, _without_secrets(path, value, redacted)


def _without_secrets(path: KeyPath, value: Any, redacted: Callable[[str], str]) -> Any:
    match value:
        case str() if value and (HIDDEN.intersection(path) or SECRET_KEY.search(path[-1])):
            return _SHOWN_INSTEAD
        case str():
            for start, end in reversed(find_secrets(value)):
                value = value[:start] + _SHOWN_INSTEAD + value[end:]
            return redacted(value)
        case list() | tuple():
            return [_without_secrets(path, item, redacted) for item in value]
        case dict():
            return {key: _without_secrets((*path, key), item, redacted) for key, item in value.items()}
        case _:
            return value


def _nested(values: Mapping[KeyPath, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for path, value in values.items():
        table = nested
        for key in path[:-1]:
            table = table.setdefault(key, {})
        table[path[-1]] = value
    return nested


def _check(found: Configured, *, as_data: bool) -> int:
    problems = (*found.problems, *_unusable(found.settings, origins(found.layers)))
    files = tuple(str(path) for path in found.files if path.is_file())
    if as_data:
        print(as_json(Check(not problems, files, problems)))
    elif problems:
        print("\n".join(printable(str(problem)) for problem in problems))
    else:
        print(f"nothing is wrong with {printable(' and '.join(files))}" if files else "there is no file of settings")
    return FAILED if problems else DONE


def _unusable(settings: Settings, sources: Mapping[KeyPath, Source]) -> Iterator[Problem]:
    """What fits by itself and names something that is not there."""
    wanted: list[tuple[str, KeyPath]] = [(name, ("presets", name, "provider")) for name in settings.presets]
    if settings.preset and settings.preset not in settings.presets:
        wanted.append((settings.preset, ("preset",)))
    for name, path in wanted:
        try:
            resolve(settings, name)
        except UserError as error:
            source = sources.get(path, _DEFAULT)
            yield Problem(source.name, source.line, dotted(path), str(error))
