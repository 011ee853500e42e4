from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.providers.gemini_arguments import PartialArguments


def put_together(*pieces: object, **begun: Any) -> PartialArguments:
    arguments = PartialArguments(begun)
    for piece in pieces:
        arguments.add(piece)
    return arguments


def at(path: str, **value: Any) -> dict[str, Any]:
    return {"jsonPath": path, **value}


def test_values_find_their_places() -> None:
    arguments = put_together(
        at("$.city", stringValue="Par", willContinue=True),
        at("$.city", stringValue="is"),
        at("$.days[0].hot", boolValue=False),
        at("$.days[0].high", numberValue=31.5),
        at("$.days[1]", nullValue="NULL_VALUE"),
        at("$['it\\'s'][\"a.b\"]", numberValue=1),
        unit="C",
    )
    assert arguments.is_sound
    assert arguments.value == {
        "unit": "C",
        "city": "Paris",
        "days": [{"hot": False, "high": 31.5}, None],
        "it's": {"a.b": 1},
    }


@pytest.mark.parametrize(
    "piece",
    [
        at("$", stringValue="x"),
        at("city", stringValue="x"),
        at("$.days[1]", stringValue="x"),
        at("$.a[", stringValue="x"),
        at("$[0]", stringValue="x"),
        at("$.name.first", stringValue="x"),
        at("$.name[0]", stringValue="x"),
        at("$" + ".a" * 5_000, stringValue="x"),
        {"stringValue": "x"},
        None,
    ],
)
def test_a_piece_without_a_place_spoils_the_call(piece: object) -> None:
    assert not put_together(at("$.name", stringValue="N"), piece, at("$.more", numberValue=1)).is_sound


@pytest.mark.parametrize("value", [{}, {"a": [1]}])
def test_unfinished_arguments_are_no_json(value: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(PartialArguments(value).unfinished_text())


NAMES = st.text(min_size=1, max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(NAMES, inner, min_size=1, max_size=3),
    max_leaves=8,
)


def streamed(path: str, value: object) -> list[dict[str, Any]]:
    """The pieces in which a host would send a value; a string in single characters."""
    match value:
        case dict():
            places = [(f"['{name.replace(chr(92), chr(92) * 2).replace(chr(39), chr(92) + chr(39))}']", inner)
                      for name, inner in value.items()]  # fmt: skip
            return [piece for step, inner in places for piece in streamed(path + step, inner)]
        case list():
            return [piece for number, inner in enumerate(value) for piece in streamed(f"{path}[{number}]", inner)]
        case str():
            return [at(path, stringValue=letter) for letter in value or [""]]
        case bool():
            return [at(path, boolValue=value)]
        case None:
            return [at(path, nullValue="NULL_VALUE")]
        case _:
            return [at(path, numberValue=value)]


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_any_arguments_arrive_as_they_were_sent(value: dict[str, Any]) -> None:
    arguments = put_together(*streamed("$", value))
    assert arguments.is_sound
    assert arguments.value == value
