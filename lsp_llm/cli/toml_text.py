"""Values as TOML, each with a comment behind it; what it writes, tomllib reads back. It reads nothing itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from lsp_llm.config.problems import BARE_KEY, KeyPath


def toml_text(values: Mapping[KeyPath, Any], comments: Mapping[KeyPath, str]) -> str:
    """A table for each path above a value, those at the top first; values of a table keep their order."""
    ordered = sorted(values, key=lambda path: (len(path) > 1, path[:-1]))
    return "\n".join(_tables(ordered, values, comments))


def _tables(ordered: list[KeyPath], values: Mapping[KeyPath, Any], comments: Mapping[KeyPath, str]) -> Iterator[str]:
    for table, paths in groupby(ordered, lambda path: path[:-1]):
        header = f"[{'.'.join(map(_key, table))}]\n" if table else ""
        lines = (f"{_key(path[-1])} = {toml_value(values[path])}  # {comments[path]}\n" for path in paths)
        yield header + "".join(lines)


def toml_value(value: Any) -> str:
    """One value on one line."""
    match value:
        case str():
            # JSON's escapes are TOML's too, but that JSON leaves DEL as it is.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list():
            return f"[{', '.join(map(toml_value, value))}]"
        case dict():
            return f"{{{', '.join(f'{_key(key)} = {toml_value(item)}' for key, item in value.items())}}}"
        case _:
            return json.dumps(value)


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else toml_value(key)
