"""The settings as a JSON schema, made from their types, so that editors can complete and check them.

It reads no file and checks no value: that is validation's work, which says more than a schema can.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from lsp_llm.config.problems import KeyPath
from lsp_llm.config.project_rules import is_bound
from lsp_llm.config.settings import Settings

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCOPE, USER = "x-scope", "user"
"""A keyword of ours: what has it is the user's own to say, and a project's file may not, or not freely."""

_REFERENCE = "#/$defs/"


def settings_schema() -> dict[str, Any]:
    """The schema of everything that a file of settings may hold, without a reference in it."""
    made = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(Settings)))
    return {"$schema": DIALECT, **_node({"$ref": made["$ref"]}, made["$defs"], ())}


def _node(node: Mapping[str, Any], definitions: Mapping[str, Any], path: KeyPath) -> dict[str, Any]:
    """A part of the schema with its definitions put in, and with what is true of its path."""
    whole = dict(node)
    if (reference := whole.pop("$ref", None)) is not None:
        whole = {**definitions[reference.removeprefix(_REFERENCE)], **whole}
    # A table that is built in is completed key by key, so that none needs to be whole.
    whole.pop("required", None)
    if path and is_bound(path):
        whole[SCOPE] = USER
    if "pattern" in whole:
        whole["pattern"] = _pattern(whole["pattern"])
    if "properties" in whole:
        inside = whole["properties"].items()
        whole["properties"] = {name: _node(inner, definitions, (*path, name)) for name, inner in inside}
    for keyword in ("additionalProperties", "propertyNames"):
        if isinstance(whole.get(keyword), dict):
            whole[keyword] = _node(whole[keyword], definitions, (*path, "*"))
    return whole


def _pattern(pattern: str) -> str:
    r"""A pattern of ours in the words of JSON schema, whose `^` and `$` mean what our `\A` and `\Z` do."""
    return pattern.removeprefix(r"\A").removesuffix(r"\Z").join("^$")
