from __future__ import annotations

import msgspec
import pytest

from lsp_llm.errors import BadResponse
from lsp_llm.stream.payload import MalformedJson, Payload


class Thing(msgspec.Struct):
    text: str = ""
    extra: float | None = None


THING = Payload(Thing)


@pytest.mark.parametrize(
    ("data", "thing"),
    [
        (b'{"text": "a", "new": [1]}', Thing("a")),
        (rb'{"text": "\ud83d"}', Thing("\ud83d")),
        (rb'{"text": "\ude00 \ud83d\ude00"}', Thing("\ude00 😀")),
        ('{"text": "a\u2028\x7f"}'.encode(), Thing("a\u2028\x7f")),
        (b'{"text": "a\v\fb"}', Thing("a\v\fb")),
        (b'{"text": "a", "logprobs": [NaN, -Infinity]}', Thing("a")),
    ],
)
def test_what_can_be_read(data: bytes, thing: Thing) -> None:
    assert THING.decode(data) == thing


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'{"text": "a"', 'The host sent JSON that is malformed at character 12, near: {"text": "a"'),
        (b'{"text": oops}', 'The host sent JSON that is malformed at character 9, near: {"text": oops}'),
        (b'{"text": "\xff"}', 'The host sent JSON that is malformed at byte 10, near: {"text": "\ufffd"}'),
        (b'{"key": "sk-abcdef123", }', 'The host sent JSON that is malformed at character 24, near: {"*****'),
    ],
)
def test_trap_26_malformed_json_is_named_with_its_place(data: bytes, sentence: str) -> None:
    with pytest.raises(MalformedJson) as caught:
        THING.decode(data)
    assert str(caught.value).startswith(sentence)
    assert "sk-abcdef" not in str(caught.value)


@pytest.mark.parametrize("tower", [b"[" * 100_000, b"9" * 5_000 + b", NaN"])
def test_what_is_beyond_the_interpreter_is_malformed_too(tower: bytes) -> None:
    with pytest.raises(MalformedJson):
        THING.decode(b'{"new": ' + tower)


@pytest.mark.parametrize("data", [b'{"text": 1}', b"[]", rb'{"text": 1, "a": "\ud83d"}'])
def test_another_shape_is_a_bad_response_but_not_malformed(data: bytes) -> None:
    with pytest.raises(BadResponse, match="The host sent an event of an unknown shape") as caught:
        THING.decode(data)
    assert not isinstance(caught.value, MalformedJson)
