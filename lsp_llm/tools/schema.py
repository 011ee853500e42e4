"""JSON schemas as every dialect takes them: no references, no titles, no defaults; pure, and it checks no value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

_LOCAL: Final = ("#/$defs/", "#/definitions/")
_DROPPED: Final = frozenset({"$defs", "definitions", "$schema", "$id", "title", "default"})
_NAMED: Final = frozenset({"properties", "patternProperties"})
"""Below these the keys are names that somebody chose, not words of the schema's language."""
_DEEPEST_LEVELS: Final = 32


def schema_of(arguments: type[msgspec.Struct]) -> dict[str, Any]:
    """The schema of an argument object."""
    return flattened(msgspec.json.schema(arguments))


def flattened(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object with its references replaced by what they mean; one that goes round allows anything."""
    flat = _flat(schema, schema, ())
    return {"type": "object", "properties": {}, **flat} if isinstance(flat, dict) else {"type": "object"}


def _flat(node: Any, root: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    match node:
        case {"$ref": str(reference)}:
            rest = {key: value for key, value in node.items() if key != "$ref"}
            meant = _meant(reference, root)
            if meant is None or reference in inside or len(inside) >= _DEEPEST_LEVELS:
                return _flat(rest, root, inside)
            return {**_flat(meant, root, (*inside, reference)), **_flat(rest, root, inside)}
        case Mapping():
            return {
                key: _each(value, root, inside) if key in _NAMED else _flat(value, root, inside)
                for key, value in node.items()
                if key not in _DROPPED
            }
        case list():
            return [_flat(item, root, inside) for item in node]
        case _:
            return node


def _each(named: Any, root: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    return {name: _flat(value, root, inside) for name, value in named.items()} if isinstance(named, Mapping) else {}


def _meant(reference: str, root: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for start in _LOCAL:
        known = root.get(start.strip("#/"))
        name = reference.removeprefix(start)
        if reference.startswith(start) and isinstance(known, Mapping) and isinstance(known.get(name), Mapping):
            meant: Mapping[str, Any] = known[name]
            return meant
    return None
