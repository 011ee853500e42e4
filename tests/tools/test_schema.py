import json
from typing import Any

import pytest

from lsp_llm.tools.registry import ALWAYS, WHEN_NAMED
from lsp_llm.tools.schema import flattened

# What the most particular dialect (Gemini's `parametersJsonSchema`) documents, as far as ours need it.
WORDS = {"type", "description", "properties", "required", "additionalProperties", "items", "enum", "minimum", "maximum"}


@pytest.mark.parametrize("tool", [*ALWAYS, *WHEN_NAMED], ids=lambda tool: tool.spec.name)
def test_our_own_schemas_use_words_that_every_dialect_knows(tool: Any) -> None:
    schema = tool.spec.parameters
    assert schema["type"] == "object"
    assert set(schema) <= WORDS
    for field in schema["properties"].values():
        assert set(field) <= WORDS
        assert field["type"] in {"string", "integer", "boolean"}
        assert field["description"]
    assert schema["additionalProperties"] is False


def test_references_are_replaced_by_what_they_mean() -> None:
    schema = {
        "$defs": {"Place": {"title": "Place", "type": "object", "properties": {"title": {"type": "string"}}}},
        "type": "object",
        "properties": {
            "at": {"$ref": "#/$defs/Place", "description": "where"},
            "more": {"type": "array", "items": {"$ref": "#/$defs/Place"}, "default": []},
        },
    }
    place = {"type": "object", "properties": {"title": {"type": "string"}}}
    assert flattened(schema) == {
        "type": "object",
        "properties": {"at": {**place, "description": "where"}, "more": {"type": "array", "items": place}},
    }


def test_a_reference_that_goes_round_or_nowhere_allows_anything() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}, "odd": {"$ref": "http://x/y"}}}
    flat = flattened({"$defs": {"Node": node}, "$ref": "#/$defs/Node"})
    assert flat["properties"] == {"next": {}, "odd": {}}
    assert "$ref" not in json.dumps(flat)


@pytest.mark.parametrize("odd", [{}, {"$defs": 3}, {"properties": []}, {"$ref": "#/$defs/X", "$defs": {"X": 1}}])
def test_an_odd_schema_is_one_of_an_object(odd: dict[str, Any]) -> None:
    assert flattened(odd) == {"type": "object", "properties": {}}


def test_many_references_into_each_other_end() -> None:
    deep = {f"N{at}": {"properties": {"a": {"$ref": f"#/$defs/N{at + 1}"}}} for at in range(200)}
    assert flattened({"$defs": deep, "$ref": "#/$defs/N0"})["type"] == "object"
