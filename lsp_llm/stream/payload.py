"""The JSON of one event as a typed value; it never skips what it cannot read.

msgspec is strict and fast. The standard parser is asked only when msgspec declines: it alone takes half a
surrogate pair, raw control characters in a string, and the NaN that some hosts put among log probabilities, and it
tells where the fault is.
"""

from __future__ import annotations

import json
from typing import Generic, TypeVar

import msgspec

from lsp_llm.errors import BadResponse
from lsp_llm.stream.snippet import snippet_near

T = TypeVar("T")

_HINT = "The host may not speak this dialect: check the provider's dialect and base_url."


class MalformedJson(BadResponse):
    """These bytes are no JSON: broken by the host, or cut."""


class Payload(Generic[T]):
    """Decodes JSON into one type."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._decode = msgspec.json.Decoder(kind).decode

    def decode(self, data: bytes) -> T:
        """The value; raises MalformedJson, or BadResponse where the JSON has another shape."""
        try:
            return self._decode(data)
        except (ValueError, RecursionError):
            return self._decode_loosely(data)

    def _decode_loosely(self, data: bytes) -> T:
        value = loose_json(data)
        try:
            return msgspec.convert(value, self._kind)
        except msgspec.ValidationError as error:
            raise BadResponse(f"The host sent an event of an unknown shape: {error}.", _HINT) from None


def loose_json(data: bytes) -> object:
    """What the standard parser makes of it, lone surrogates, control characters and NaN included.

    Raises MalformedJson.
    """
    try:
        return json.loads(data.decode("utf-8"), strict=False)
    except UnicodeDecodeError as error:
        raise _malformed(data.decode("utf-8", "replace"), error.start, "byte") from None
    except json.JSONDecodeError as error:
        raise _malformed(error.doc, error.pos, "character") from None
    except (ValueError, RecursionError):  # A number or a nesting beyond the interpreter's own limits.
        raise _malformed(data.decode("utf-8"), 0, "character") from None


def _malformed(text: str, offset: int, unit: str) -> MalformedJson:
    sentence = f"The host sent JSON that is malformed at {unit} {offset}, near: {snippet_near(text, offset)}"
    return MalformedJson(sentence, _HINT)
