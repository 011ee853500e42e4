"""Takes from untyped values what fits the settings, key by key, and says what is wrong with the rest.

It never raises for a bad value, knows nothing of files or layers, and passes a good neighbour of a bad key.
"""

from __future__ import annotations

import datetime
import functools
import math
import re
from collections.abc import Mapping
from typing import Any, get_args, get_origin

import msgspec
from msgspec import UNSET, UnsetType

from lsp_llm.config.nearest import known_names
from lsp_llm.config.problems import Fault, KeyPath
from lsp_llm.config.wording import SECRET_LITERAL, mismatch

# Deeper nesting has no use in settings, and without a bound it would exhaust the stack.
MAX_DEPTH = 32

# What a JSON reader of 64 bits takes; Python refuses to print far larger numbers at all.
LARGEST = 2**63 - 1

HALF_CHARACTER = "holds half of a character (a lone surrogate)"

SECRET_KEY = re.compile(r"api[-_]?key$|secret$|password$|^(?:(?:auth|access|bearer)[-_]?)?token$|^key$", re.IGNORECASE)


def accept(kind: type[msgspec.Struct], values: Mapping[str, object]) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """The part of `values` that fits the table `kind`, as plain values, and what is wrong with the rest."""
    faults: list[Fault] = []
    accepted = _struct(kind, values, (), faults)
    return accepted, tuple(faults)


def _value(kind: Any, value: object, path: KeyPath, faults: list[Fault]) -> Any:
    if value is None:
        # An editor sends null for a setting that is offered but not set.
        return UNSET
    if kind is Any:
        return _free(value, path, faults)
    if get_origin(kind) is dict or _is_struct(kind):
        return _table(kind, value, path, faults)
    if _holds_lone_surrogate(value):
        faults.append(Fault(path, HALF_CHARACTER))
        return UNSET
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        faults.append(Fault(path, mismatch(kind, value)))
        return UNSET
    return value


def _table(kind: Any, value: object, path: KeyPath, faults: list[Fault]) -> dict[str, Any] | UnsetType:
    if value == []:
        # Lua has one empty table for lists and maps, and Neovim sends it as a list.
        return {}
    if not isinstance(value, dict):
        faults.append(Fault(path, mismatch(dict, value)))
        return UNSET
    if _is_struct(kind):
        return _struct(kind, value, path, faults)
    return _named(kind, value, path, faults)


def _struct(
    kind: type[msgspec.Struct], values: Mapping[str, object], path: KeyPath, faults: list[Fault]
) -> dict[str, Any]:
    kinds = _kinds(kind)
    accepted: dict[str, Any] = {}
    for key, value in values.items():
        if key not in kinds:
            faults.append(Fault((*path, key), _unknown(key, kinds)))
        elif (taken := _value(kinds[key], value, (*path, key), faults)) is not UNSET:
            accepted[key] = taken
    return accepted


@functools.cache
def _kinds(kind: type[msgspec.Struct]) -> Mapping[str, Any]:
    """The type of each field; worked out once, because it is the better part of reading settings."""
    return {field.name: field.type for field in msgspec.structs.fields(kind)}


def _named(kind: Any, values: Mapping[str, object], path: KeyPath, faults: list[Fault]) -> dict[str, Any]:
    key_kind, value_kind = get_args(kind)
    accepted: dict[str, Any] = {}
    for key, value in values.items():
        if _value(key_kind, key, (*path, key), faults) is UNSET:
            continue
        if (taken := _value(value_kind, value, (*path, key), faults)) is not UNSET:
            accepted[key] = taken
    return accepted


def _free(value: object, path: KeyPath, faults: list[Fault], depth: int = 0) -> Any:
    """A value that is the user's own and may be anything that JSON can carry; TOML's dates become texts."""
    match value:
        case datetime.date() | datetime.time():
            return value.isoformat()
        case float() if not math.isfinite(value):
            faults.append(Fault(path, "must be a finite number"))
            return UNSET
        case str() | dict() if _holds_lone_surrogate(value):
            faults.append(Fault(path, HALF_CHARACTER))
            return UNSET
        case int() if not -LARGEST <= value <= LARGEST:
            faults.append(Fault(path, "is a number too large to be sent"))
            return UNSET
        case dict() | list() if depth == MAX_DEPTH:
            faults.append(Fault(path, f"is nested more than {MAX_DEPTH} levels deep"))
            return UNSET
        case dict():
            inside = {key: _free(item, (*path, key), faults, depth + 1) for key, item in value.items()}
            return {key: item for key, item in inside.items() if item is not UNSET}
        case list():
            items = [_free(item, path, faults, depth + 1) for item in value]
            # A list with a hole would mean something else, so that one bad entry takes the list with it.
            return UNSET if UNSET in items else items
        case _:
            return value


def _unknown(key: str, kinds: Mapping[str, Any]) -> str:
    if SECRET_KEY.search(key):
        return SECRET_LITERAL
    return f"there is no such setting; {known_names(key, kinds)}"


def _holds_lone_surrogate(value: object) -> bool:
    """Whether a text, one in a list, or a key holds what JSON can spell and UTF-8 cannot."""
    match value:
        case str():
            return any("\ud800" <= character <= "\udfff" for character in value)
        case list() | dict():
            return any(isinstance(entry, str) and _holds_lone_surrogate(entry) for entry in value)
        case _:
            return False


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
