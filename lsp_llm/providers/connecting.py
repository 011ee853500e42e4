"""Opens a connection to a host that may have several addresses (RFC 8305); it sends nothing.

asyncio has the same race, but a stop at the wrong moment leaves a socket open there (Python 3.11 to 3.13).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from typing import Final

from lsp_llm.providers.http_connection import HttpConnection

NEXT_ADDRESS_SECONDS: Final = 0.25
"""So long an address is tried before the next one is tried beside it."""

_Attempt = asyncio.Task[HttpConnection]


async def connect(host: str, port: int, trust: ssl.SSLContext | None) -> HttpConnection:
    """The first connection that stands; raises OSError where no address takes one."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    name = host if trust else None
    attempts: list[_Attempt] = []
    winner: _Attempt | None = None
    try:
        for *_, address in found:
            attempts.append(loop.create_task(_attempt(str(address[0]), port, trust, name)))
            if (winner := await _winner(attempts, NEXT_ADDRESS_SECONDS)) is not None:
                return winner.result()
        winner = await _winner(attempts, None)
        return (winner or attempts[0]).result()
    finally:
        for attempt in attempts:
            if attempt is not winner:
                attempt.cancel()
                attempt.add_done_callback(_close)


async def _attempt(address: str, port: int, trust: ssl.SSLContext | None, name: str | None) -> HttpConnection:
    create = asyncio.get_running_loop().create_connection
    _, connection = await create(HttpConnection, address, port, ssl=trust, server_hostname=name)
    return connection


async def _winner(attempts: Sequence[_Attempt], limit_seconds: float | None) -> _Attempt | None:
    """The first that succeeds; None where all have failed, or nothing happens for so long."""
    waiting = {attempt for attempt in attempts if not attempt.done()}
    while waiting:
        done, waiting = await asyncio.wait(waiting, timeout=limit_seconds, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            return None
        for attempt in done:
            if attempt.exception() is None:
                return attempt
    return None


def _close(attempt: _Attempt) -> None:
    """Close what has come about although it is not wanted any more."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().abort()
