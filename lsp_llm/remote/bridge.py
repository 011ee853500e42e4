"""Joins an editor on standard input and output to a server elsewhere; it changes no message but for the token.

Where there is no server, the editor is told why in the answer to what it asks, because most show that to their users.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import msgspec

from lsp_llm.lsp.framed import Framed
from lsp_llm.lsp.link import Link
from lsp_llm.lsp.linked import Linked
from lsp_llm.lsp.messages import Envelope, ErrorAnswer, Notification, ResponseError
from lsp_llm.lsp.wire import REQUEST_FAILED
from lsp_llm.remote.backoff import Backoff
from lsp_llm.remote.dialing import Dial, NotAdmitted, Unreachable
from lsp_llm.remote.reconnecting import Connection, Reconnecting, State
from lsp_llm.stream.surrogates import json_of

_log = logging.getLogger(__name__)
_envelope = msgspec.json.Decoder(Envelope)

DRAIN_SECONDS: Final = 2.0
_EXIT_BYTES: Final = 100
"""Longer than any `exit`, and shorter than what a user may have written."""
_ERROR, _WARNING = 1, 2
"""MessageType."""


async def bridge(editor: Framed, dial: Dial, backoff: Backoff, shown: str) -> int:
    """Carry messages until one side has gone; gives an exit code. `shown` is the server's address."""

    def tell(state: State) -> None:
        if isinstance(state, Reconnecting) and state.wait_seconds:
            attempt = f"attempt {state.attempt} of {state.of} is in {state.wait_seconds:.0f} s"
            editor.send(_shown(_WARNING, f"{shown} cannot be reached; {attempt}"))

    connection = Connection(dial, backoff, tell)
    try:
        link = await connection.link()
    except (Unreachable, NotAdmitted) as error:
        return await _excuse(editor, str(error))
    return await _carry(editor, link, shown)


async def _carry(editor: Framed, link: Link, shown: str) -> int:
    server = Linked(link)
    onward = _Onward(server)
    inward = asyncio.create_task(editor.run(onward))
    outward = asyncio.create_task(server.run(_Back(editor)))
    # Either may end it: the editor by leaving, the server by going away.
    await asyncio.wait({inward, outward}, return_when=asyncio.FIRST_COMPLETED)
    is_lost = not inward.done() and not onward.has_said_exit
    if is_lost:
        editor.send(_shown(_ERROR, f"the connection to {shown} is lost; restart the language server to connect again"))
    editor.stop()
    server.stop()
    await asyncio.gather(inward, outward)
    await server.drain(DRAIN_SECONDS)
    await editor.drain(DRAIN_SECONDS)
    return int(is_lost)


async def _excuse(editor: Framed, sentence: str) -> int:
    """Answer every request with the reason until the editor has gone."""
    _log.error("%s", sentence)
    editor.send(_shown(_ERROR, sentence))
    await editor.run(_Excusing(editor, sentence))
    await editor.drain(DRAIN_SECONDS)
    return 1


class _Onward:
    """What the editor says."""

    def __init__(self, server: Linked) -> None:
        self._server = server
        self.has_said_exit = False

    def take(self, body: bytes) -> None:
        self._server.send(body)
        if len(body) < _EXIT_BYTES and b'"exit"' in body:
            self.has_said_exit = True

    def misframed(self, beginning: bytes) -> None:
        _log.warning("a broken frame was skipped; it begins with %r", beginning)


class _Back:
    """What the server says."""

    def __init__(self, editor: Framed) -> None:
        self._editor = editor

    def take(self, body: bytes) -> None:
        self._editor.send(body)


class _Excusing:
    """What the editor says while nobody is there."""

    def __init__(self, editor: Framed, sentence: str) -> None:
        self._editor = editor
        self._sentence = sentence

    def take(self, body: bytes) -> None:
        try:
            message = _envelope.decode(body)
        except msgspec.DecodeError:
            return
        if message.method == "exit":
            self._editor.stop()
        elif message.method is not msgspec.UNSET and isinstance(message.id, (int, str)):
            self._editor.send(json_of(ErrorAnswer(message.id, ResponseError(REQUEST_FAILED, self._sentence))))

    def misframed(self, beginning: bytes) -> None:
        _log.warning("a broken frame was skipped; it begins with %r", beginning)


def _shown(kind: int, sentence: str) -> bytes:
    return json_of(Notification("window/showMessage", {"type": kind, "message": f"LLM: {sentence}"}))
