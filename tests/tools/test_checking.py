from typing import Any

import pytest

from lsp_llm.tools.base import BadArguments
from lsp_llm.tools.checking import checked

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "unit": {"enum": ["C", "F"]},
        "days": {"type": "array", "items": {"type": "integer"}},
        "where": {"type": "object", "properties": {"lat": {"type": "number"}}, "required": ["lat"]},
    },
    "required": ["city"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("{}", "$.city is missing"),
        ('{"city": 3}', "$.city must be of type string"),
        ('{"city": "x", "unit": "K"}', '$.unit must be one of ["C","F"]'),
        ('{"city": "x", "days": [1, "2"]}', "$.days[1] must be of type integer"),
        ('{"city": "x", "days": [true]}', "$.days[0] must be of type integer"),
        ('{"city": "x", "where": {}}', "$.where.lat is missing"),
        ('{"city": "x", "town": "y"}', "$.town is not known"),
        ("[1]", "are no JSON object"),
        ("{", "are no JSON object"),
        ('{"city": "\\ud800"}', "are no JSON object"),
    ],
)
def test_what_cannot_be_meant_is_told_by_its_field(arguments: str, said: str) -> None:
    with pytest.raises(BadArguments, match="weather") as told:
        checked("weather", SCHEMA, arguments)
    assert said in str(told.value)


@pytest.mark.parametrize(
    "arguments",
    ['{"city": "x"}', '{"city": "x", "days": [1, 2.0], "unit": "C", "where": {"lat": 1, "other": null}}'],
)
def test_what_fits_passes(arguments: str) -> None:
    assert checked("weather", SCHEMA, arguments)["city"] == "x"


@pytest.mark.parametrize(
    "schema",
    [{}, {"type": ["object", "null"]}, {"properties": {"a": {"anyOf": [{"type": "string"}]}}}, {"required": "a"}],
)
def test_what_is_not_understood_passes(schema: dict[str, Any]) -> None:
    assert checked("any", schema, '{"a": 1}') == {"a": 1}


def test_no_arguments_are_an_empty_object() -> None:
    assert checked("any", {}, "") == {}
