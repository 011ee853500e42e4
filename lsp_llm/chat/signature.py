"""The comment below a turn that Markdown does not show: its id, what it cost, how it ended; pure.

A note is such a comment too, for the reader alone: what is going on, or why there is no answer.

It is one line of JSON in a comment of HTML. It stands below the turn, where an answer ends anyway, so writing it is one
more insertion at the place of the last one. It is short: what a dialect wants back word for word may be very long and
means nothing to a reader, so it lies beside the document, and here is only its key.
"""

from __future__ import annotations

import re
from dataclasses import asdict

import msgspec

from lsp_llm.chat.conversation import Turn, TurnStatus
from lsp_llm.exchange.outcome import Usage
from lsp_llm.stream.surrogates import json_of

_NOTE = re.compile(r" {0,3}<!-- lsp-llm: ")
_COMMENT = re.compile(r" {0,3}<!-- lsp-llm[ \t]+(?P<json>\{.*\})[ \t]*-->[ \t]*[\r\n]*\Z")


class _Usage(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0


class Signature(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What stands in the comment; `closed` names the parts at whose end a fence was closed that the model left open.

    `model` is there only where the heading cannot name it, and `gap` only where the text was cut off between two lines.
    """

    message_id: str = ""
    timestamp: str = ""
    model: str = ""
    usage: _Usage | None = None
    status: TurnStatus = "done"
    replay: str = ""
    closed: tuple[str, ...] = ()
    gap: str = ""


_decoder = msgspec.json.Decoder(Signature)


def signature_of(turn: Turn, model: str, closed: tuple[str, ...]) -> Signature:
    """What is said below this turn."""
    counts = None if turn.usage is None else _Usage(**asdict(turn.usage))
    return Signature(turn.message_id, turn.timestamp, model, counts, turn.status, turn.replay_key, closed, turn.gap)


def usage_in(signature: Signature) -> Usage | None:
    """The tokens of the answer, None where nothing is said of them."""
    counts = signature.usage
    return None if counts is None else Usage(*msgspec.structs.astuple(counts))


def signature_line(signature: Signature) -> str:
    """The comment, without a line end."""
    # In a comment nothing may look like its end; JSON says the same by a number.
    content = json_of(signature).decode("utf-8").replace(">", "\\u003e")
    return f"<!-- lsp-llm {content} -->"


def read_signature(line: str) -> Signature | None:
    """What a comment says, None if it cannot be read."""
    found = _COMMENT.match(line)
    if found is None:
        return None
    try:
        return _decoder.decode(found["json"])
    except (ValueError, UnicodeEncodeError):
        return None


def note_line(words: str) -> str:
    """A note, in one line without a line end."""
    return f"<!-- lsp-llm: {' '.join(words.split()).replace('--', '- -')} -->"


def is_note(line: str) -> bool:
    """Whether a line is a note, of which nothing is read."""
    return _NOTE.match(line) is not None
