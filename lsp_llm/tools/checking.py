"""Checks arguments against a JSON schema that a client or an MCP server gave; pure. It knows the common words alone.

What it does not know it lets pass: whoever offers the tool checks again. It spares the user a question about a call
that cannot be meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from lsp_llm.tools.base import BadArguments


def checked(name: str, schema: Mapping[str, Any], arguments: str) -> dict[str, Any]:
    """The argument object. Raises BadArguments with what is wrong, by the path of the field."""
    try:
        value = msgspec.json.decode(arguments or "{}", type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise BadArguments(f"The arguments of {name} are no JSON object: {error}.") from None
    problem = next(_problems(schema, value, "$"), "")
    if problem:
        raise BadArguments(f"The arguments of {name} do not fit: {problem}.")
    return value


def _problems(schema: Any, value: Any, at: str) -> Iterator[str]:
    if not isinstance(schema, Mapping):
        return
    wanted = schema.get("type")
    if isinstance(wanted, str) and not _is(wanted, value):
        yield f"{at} must be of type {wanted}"
        return
    if isinstance(allowed := schema.get("enum"), list) and value not in allowed:
        yield f"{at} must be one of {msgspec.json.encode(allowed).decode()}"
    match value:
        case dict():
            yield from _object_problems(schema, value, at)
        case list():
            for position, item in enumerate(value):
                yield from _problems(schema.get("items"), item, f"{at}[{position}]")
        case _:
            pass


def _object_problems(schema: Mapping[str, Any], value: Mapping[str, Any], at: str) -> Iterator[str]:
    fields = schema.get("properties")
    known: Mapping[str, Any] = fields if isinstance(fields, Mapping) else {}
    required = schema.get("required")
    for name in required if isinstance(required, list) else ():
        if name not in value:
            yield f"{at}.{name} is missing"
    for name, item in value.items():
        if name in known:
            yield from _problems(known[name], item, f"{at}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}.{name} is not known"


def _is(wanted: str, value: Any) -> bool:
    match wanted:
        case "object":
            return isinstance(value, dict)
        case "array":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return not isinstance(value, bool) and (isinstance(value, int) or _is_whole(value))
        case "number":
            return not isinstance(value, bool) and isinstance(value, int | float)
        case "null":
            return value is None
        case _:
            return True


def _is_whole(value: Any) -> bool:
    # JSON schema counts 2.0 as an integer, and some hosts write all numbers so.
    return isinstance(value, float) and value.is_integer()
