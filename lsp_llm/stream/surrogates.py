"""Text that stays valid Unicode although a host cuts UTF-16 pairs in two; it never passes a lone surrogate on."""

from __future__ import annotations

import json

import msgspec

REPLACEMENT = "\ufffd"

_encode = msgspec.json.Encoder().encode


def well_formed(text: str) -> str:
    """The same text with surrogate pairs joined and every lone surrogate replaced by U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def json_of(value: object) -> bytes:
    """A value as JSON in UTF-8, also one with a half character, such as the name of a file that is not UTF-8."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return well_formed(json.dumps(msgspec.to_builtins(value), ensure_ascii=False)).encode("utf-8")


class SurrogateJoin:
    """Deltas in, well formed text out; a high surrogate at the end waits for its other half."""

    def __init__(self) -> None:
        self._held = ""

    def push(self, delta: str) -> str:
        """Take the next delta."""
        if not self._held and delta.isascii():
            return delta
        text, self._held = self._held + delta, ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, self._held = text[:-1], text[-1]
        return well_formed(text)

    def finish(self) -> str:
        """The text is whole: a half that waits in vain becomes U+FFFD."""
        held, self._held = self._held, ""
        return REPLACEMENT if held else ""
