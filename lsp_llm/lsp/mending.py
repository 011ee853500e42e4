"""Messages that are not quite JSON in UTF-8, made readable; it knows no message.

VS Code sends half a surrogate pair when a change cuts a character in two, and some editors send the bytes of a file
as they are. A didChange that was dropped for that would leave the replica behind for good. What cannot be read becomes
U+FFFD, which is one UTF-16 unit like the half that it stands for, so that columns still count the same.
"""

from __future__ import annotations

import json

from lsp_llm.stream.surrogates import well_formed


def in_utf8(body: bytes) -> bytes:
    """The body itself, or with U+FFFD where it is not UTF-8."""
    if body.isascii():
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace").encode("utf-8")
    return body


def without_half_characters(body: bytes) -> bytes:
    """JSON whose strings hold no lone surrogates; raises ValueError where it is no JSON at all."""
    return well_formed(json.dumps(json.loads(body), ensure_ascii=False)).encode("utf-8")
