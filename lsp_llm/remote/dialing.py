"""Connects to a server that is reached over a network, once; who wants to try again does that himself."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Final

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidStatus

from lsp_llm.errors import UserError
from lsp_llm.lsp.link import Link
from lsp_llm.remote.addresses import Address, bracketed, is_loopback
from lsp_llm.remote.admission import with_token
from lsp_llm.remote.limits import CLOSE_SECONDS, MOST_BYTES, OPEN_SECONDS, PING_SECONDS
from lsp_llm.remote.stream_link import StreamLink
from lsp_llm.remote.websocket_link import WebSocketLink

_SHOWN_BYTES: Final = 300
"""How much of a refusal is shown: a server that is none of ours may answer with a page."""

Dial = Callable[[], Awaitable[Link]]


class Unreachable(UserError):
    """Nobody is there, or not now: another attempt may help."""


class NotAdmitted(UserError):
    """The server is there and does not let us in: another attempt would be refused as well."""


async def dial(address: Address, token: str) -> Link:
    """A link to a server; `token` stands above that of the address. Raises Unreachable or NotAdmitted."""
    token = token or address.token.reveal()
    try:
        return await (_websocket(address, token) if address.is_websocket else _stream(address, token))
    except InvalidStatus as refusal:
        raise _refused(address, refusal) from None
    except (InvalidHandshake, EOFError) as error:
        if isinstance(error.__cause__, EOFError):
            # So does a tunnel whose other end is not there now.
            raise Unreachable(f"{address} ends the connection before it has answered") from None
        raise NotAdmitted(f"{address} is no lsp-llm: it does not answer as a WebSocket does") from None
    except TimeoutError:
        raise Unreachable(f"{address} does not answer within {OPEN_SECONDS:g} s") from None
    except ssl.SSLError as error:
        raise NotAdmitted(f"{address}: there is no TLS with it ({_reason(error)})") from None
    except OSError as error:
        # Only asyncio's word for an end in the middle of the TLS handshake is empty.
        reason = said(error) or "it ends the connection where TLS would begin: does it speak TLS?"
        raise Unreachable(f"{address} cannot be reached: {reason}") from None


async def _websocket(address: Address, token: str) -> Link:
    connection = await connect(
        f"{address.scheme}://{bracketed(address.host)}:{address.port}{address.target}",
        additional_headers={"Authorization": f"Bearer {token}"} if token else None,
        compression=None,
        # A proxy leads out; what is on this machine is not there.
        proxy=None if is_loopback(address.host) else True,
        user_agent_header=None,
        max_size=MOST_BYTES,
        open_timeout=OPEN_SECONDS,
        ping_interval=PING_SECONDS,
        ping_timeout=PING_SECONDS,
        close_timeout=CLOSE_SECONDS,
    )
    return WebSocketLink(connection)


async def _stream(address: Address, token: str) -> Link:
    tls = ssl.create_default_context() if address.is_encrypted else None
    async with asyncio.timeout(OPEN_SECONDS):
        reader, writer = await asyncio.open_connection(address.host, address.port, ssl=tls)
    return _Introduced(StreamLink(reader, writer, MOST_BYTES), token)


def _refused(address: Address, refusal: InvalidStatus) -> UserError:
    status = refusal.response.status_code
    said = (refusal.response.body or b"")[:_SHOWN_BYTES].decode("utf-8", "replace").strip()
    # What stands before a server says so while the server is not there.
    kind = Unreachable if status >= 500 else NotAdmitted
    return kind(f"{address} refuses (HTTP {status}): {said or 'it gives no reason'}")


def said(error: OSError) -> str:
    """What the system says of a connection, "" for nothing; asyncio's own words for it are for programmers."""
    if error.errno is None or isinstance(error, socket.gaierror):
        return str(error.strerror or error).lower()
    return os.strerror(error.errno).lower()


def _reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}; SSL_CERT_FILE may name one that is"
    return (error.reason or str(error)).lower().replace("_", " ")


class _Introduced:
    """A link whose initialize gets the token, which has no other place over TCP."""

    def __init__(self, link: Link, token: str) -> None:
        self._link = link
        self._token = token

    async def receive(self) -> bytes | None:
        return await self._link.receive()

    async def send(self, message: bytes) -> None:
        if self._token:
            message, self._token = with_token(message, self._token), ""
        await self._link.send(message)

    async def close(self) -> None:
        await self._link.close()
