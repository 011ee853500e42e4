"""Answers initialize before anything heavy is imported, so that the editor goes on while the server loads.

Only a first message that is a plain initialize is answered. Whatever else comes, and whatever comes behind it, is left
to the wire, which answers the same with more care. What this module imports is the time that an editor waits.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from lsp_llm.lsp.clients import client_row
from lsp_llm.lsp.framing import BrokenFrame, FrameDecoder, frame
from lsp_llm.lsp.handshake import Misshapen, answer, read_facts

READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Greeting:
    """What was read of the input: the initialize that has its answer, empty for none, and the bytes behind it."""

    initialize: bytes = b""
    rest: bytes = b""


NO_GREETING = Greeting()


def greet(read_fd: int, write_fd: int) -> Greeting:
    """Wait for the first message and answer it if it is a plain initialize."""
    frames, data = FrameDecoder(), bytearray()
    try:
        while chunk := os.read(read_fd, READ_BYTES):
            data += chunk
            if bodies := frames.push(chunk):
                return _greet(bodies[0], bytes(data), write_fd)
    except OSError:
        # Closed, or not to be waited for: the transport knows what to do.
        pass
    return Greeting(rest=bytes(data))


def _greet(body: bytes | BrokenFrame, data: bytes, write_fd: int) -> Greeting:
    if isinstance(body, BrokenFrame) or (said := _answer_to(body)) is None:
        return Greeting(rest=data)
    os.write(write_fd, frame(said))
    return Greeting(body, data.partition(body)[2])


def _answer_to(body: bytes) -> bytes | None:
    """The answer to a plain initialize, None to anything else."""
    try:
        message = json.loads(body)
        if message["jsonrpc"] != "2.0" or message["method"] != "initialize" or type(message["id"]) not in (int, str):
            return None
        facts = read_facts(message["params"])
    except (ValueError, TypeError, KeyError, RecursionError, Misshapen):
        return None
    result = answer(facts, client_row(facts.name, facts.version))
    return json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
