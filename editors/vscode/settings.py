"""Writes the server's settings into package.json: python editors/vscode/settings.py

Types, defaults and scopes come from `lsp-llm config schema`, the words from PROTOCOL.md. What a project may not set
freely has the scope `machine`: VS Code then takes it from the user alone, and never from a folder's settings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lsp_llm.config.schema import SCOPE, settings_schema

HERE = Path(__file__).parent
PACKAGE = HERE / "package.json"
PROTOCOL = HERE.parents[1] / "PROTOCOL.md"
SECTION = "lsp-llm."
OWN = ("lsp-llm.path",)
"""Settings of the extension itself."""
PLANNED = "**planned**"
TOLD_OTHERWISE = frozenset({"default", "title", "description"})


def contributed() -> dict[str, Any]:
    """The properties of `contributes.configuration` that are the server's."""
    meanings = dict(_meanings(PROTOCOL.read_text(encoding="utf-8")))
    properties = {}
    for key, node in _leaves(settings_schema()["properties"], ""):
        meaning = meanings.get(key) or meanings.get(key.rpartition(".")[0]) or ""
        if meaning != PLANNED:
            properties[SECTION + key] = _property(node, meaning)
    return properties


def _leaves(properties: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """What is a line in the settings; a table with names of the user's is one."""
    for name, node in properties.items():
        if "properties" in node:
            yield from _leaves(node["properties"], f"{prefix}{name}.")
        else:
            yield prefix + name, node


def _property(node: dict[str, Any], meaning: str) -> dict[str, Any]:
    """One setting; not set is null, because a default here would stand above the user's `config.toml`."""
    default = node["default"]
    told = f"{meaning}. Default: `{json.dumps(default)}`" if default not in (None, "", [], {}) else meaning
    shape = {
        key: inner for key, inner in _without_scope(node).items() if key not in {"default", "title", "description"}
    }
    scope = "machine" if _is_bound(node) else "window"
    return {"default": None, "scope": scope, "markdownDescription": told, **_nullable(shape)}


def _nullable(shape: dict[str, Any]) -> dict[str, Any]:
    match shape:
        case {"enum": [*choices]}:
            return {"type": ["string", "null"], "enum": [*choices, None]}
        case {"type": str(kind)}:
            return {**shape, "type": [kind, "null"]}
        case _:
            return shape


def _is_bound(node: Any) -> bool:
    match node:
        case dict():
            return SCOPE in node or any(map(_is_bound, node.values()))
        case _:
            return False


def _without_scope(node: Any) -> Any:
    match node:
        case dict():
            return {key: _without_scope(inner) for key, inner in node.items() if key != SCOPE}
        case _:
            return node


def _meanings(protocol: str) -> Iterator[tuple[str, str]]:
    """The dotted keys of the table of settings, with what stands there about them."""
    section = protocol.split("\n## Settings\n")[1].split("\n## ")[0]
    for row in re.findall(r"^\|( `.*)\|$", section, re.MULTILINE):
        keys, _, meaning = re.split(r"(?<!\\)\|", row)
        names = re.findall(r"`([^`]*)`", keys)
        table = names.pop(0).strip("[]").removesuffix(".NAME") if names[0].startswith("[") else ""
        for name in names or [""]:
            yield f"{table}.{name}".strip("."), _plain(meaning)


def _plain(meaning: str) -> str:
    """Without the links, which lead to other places of that document."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", meaning).replace("\\|", "|").strip()


def main() -> None:
    """Write the file anew, with the extension's own settings first."""
    package = json.loads(PACKAGE.read_text(encoding="utf-8"))
    configuration = package["contributes"]["configuration"]
    configuration["properties"] = {**{key: configuration["properties"][key] for key in OWN}, **contributed()}
    PACKAGE.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
