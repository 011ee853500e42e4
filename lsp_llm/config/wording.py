"""Says in plain words what a setting must be and what was found; it never shows a text that was found.

A text in the wrong place is often a key, and a message ends up in a log.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import msgspec
from msgspec.inspect import BoolType, FloatType, IntType, LiteralType, Metadata, StrType, UnionType, VarTupleType

from lsp_llm.config.nearest import nearest

SECRET_LITERAL = (
    "a secret does not belong in the settings: put the name of an environment variable into api_key_env, "
    "or a command that prints the key into api_key_command"
)


def wanted(kind: Any) -> str:
    """What a value of this type looks like, as in "must be …"."""
    return _wanted(msgspec.inspect.type_info(kind))


def mismatch(kind: Any, value: object) -> str:
    """The sentence for a value that is not of this type."""
    info = _bare(msgspec.inspect.type_info(kind))
    sentence = f"must be {wanted(kind)}"
    match info, value:
        case LiteralType(values=choices), str():
            near = nearest(value, [str(choice) for choice in choices])
            return sentence if near is None else f"{sentence}; did you mean {json.dumps(near)}?"
        case StrType(), str():
            return sentence
        case VarTupleType(item_type=LiteralType(values=choices)), list():
            return f"{sentence}, but {_odd_entry(value, choices)}"
        case VarTupleType(), list():
            return f"{sentence}, but {_odd_entry(value)}"
        case _:
            return f"{sentence}, not {found(value)}"


def found(value: object) -> str:
    """What kind of thing a value is; numbers are shown, texts are not."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return "a text"
        case float():
            return f"{value:.15g}"
        case int():
            return _number(value)
        case list():
            return "a list"
        case dict():
            return "a table"
        case None:
            return "null"
        case _:
            return "a date or time"


def _number(value: int) -> str:
    # Python refuses to print an integer of thousands of digits, and nobody would read it.
    return str(value) if -(10**15) < value < 10**15 else "a number this large"


def _wanted(info: msgspec.inspect.Type) -> str:
    match info:
        case Metadata(extra_json_schema={"description": str(description)}):
            return description
        case UnionType() | Metadata():
            return _wanted(_bare(info))
        case LiteralType(values=values):
            return "one of " + ", ".join(json.dumps(value) for value in values)
        case VarTupleType(item_type=LiteralType(values=values)):
            return f"a list of {', '.join(json.dumps(value) for value in values)}"
        case VarTupleType():
            return 'a list of texts such as ["…", "…"]'
        case BoolType():
            return "true or false"
        case IntType() | FloatType():
            return _wanted_number(info)
        case StrType():
            return "a text in quotes"
        case _:
            return "a table"  # Nothing else is left in the settings.


def _wanted_number(info: IntType | FloatType) -> str:
    bounds = (("above", info.gt), ("of at least", info.ge), ("and at most", info.le))
    words = [f"{word} {bound}" for word, bound in bounds if bound is not None]
    return " ".join(["a whole number" if isinstance(info, IntType) else "a number", *words])


def _bare(info: msgspec.inspect.Type) -> msgspec.inspect.Type:
    match info:
        case Metadata(type=inner):
            return _bare(inner)
        case UnionType(types=types):
            return _bare(next(kind for kind in types if not isinstance(kind, msgspec.inspect.NoneType)))
        case _:
            return info


def _odd_entry(entries: list[object], choices: Collection[object] = ()) -> str:
    """The first entry that is no text, or none of the choices where there are any."""
    odd = ((index, entry) for index, entry in enumerate(entries, start=1) if _is_odd(entry, choices))
    index, entry = next(odd)
    return f"entry {index} is {'another text' if isinstance(entry, str) else found(entry)}"


def _is_odd(entry: object, choices: Collection[object]) -> bool:
    return not isinstance(entry, str) or (bool(choices) and entry not in choices)
