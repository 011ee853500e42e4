"""The schema takes what the settings take, refuses what they refuse, and knows what is the user's own to say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import msgspec
import pytest

from lsp_llm.config.schema import SCOPE, settings_schema
from lsp_llm.config.settings import Settings
from lsp_llm.config.validation import accept
from lsp_llm.providers.registry import builtin_values

SCHEMA = settings_schema()
CHECKER = jsonschema.Draft202012Validator(SCHEMA)


def test_it_is_a_schema_and_stands_alone() -> None:
    CHECKER.check_schema(SCHEMA)
    assert "$ref" not in json.dumps(SCHEMA)


@pytest.mark.parametrize("values", [{}, msgspec.to_builtins(Settings()), builtin_values()], ids=["none", "all", "ours"])
def test_what_is_right_is_taken(values: dict[str, Any]) -> None:
    # As JSON: tuples are lists there.
    assert list(CHECKER.iter_errors(json.loads(json.dumps(values)))) == []


@pytest.mark.parametrize(
    "values",
    [
        {"presett": "openai"},
        {"preset": 1},
        {"edits": {"mode": "never"}},
        {"context": {"max_tokens": 0}},
        {"providers": {"o": {"base_url": "ftp://host"}}},
        {"providers": {"o": {"headers": {"two words": "x"}}}},
        {"presets": {"o": {"price": {"input": -1}}}},
        {"tools": {"mcp": {"time": {"command": "one text"}}}},
    ],
)
def test_what_the_settings_refuse_is_refused(values: dict[str, Any]) -> None:
    assert accept(Settings, values)[1]
    assert not CHECKER.is_valid(values)


def test_a_preset_that_is_built_in_need_not_name_its_provider_again() -> None:
    assert CHECKER.is_valid({"presets": {"openai": {"model": "another"}}})


def marked(node: Any, path: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        if SCOPE in node:
            yield path
        for name, inner in node.get("properties", {}).items():
            yield from marked(inner, f"{path}.{name}".lstrip("."))
        yield from marked(node.get("additionalProperties"), f"{path}.*")


def test_where_text_goes_with_which_key_and_what_runs_is_the_users_own_to_say() -> None:
    found = set(marked(SCHEMA))
    assert {
        "providers.*.base_url",
        "providers.*.headers",
        "providers.*.api_key_command",
        "presets.*.headers",
        "context.project_dirs",
        "context.ignore",
        "context.secrets",
        "chat.directory",
        "tools.approve",
        "tools.also",
        "tools.mcp",
        "remote.url",
    } <= found
    assert found.isdisjoint({"preset", "edits", "edits.mode", "presets.*.model", "status.level", "tools.enabled"})
