"""`serve --ws` and `serve --tcp`: one process for many clients, from the line that says where it listens to its end."""

from __future__ import annotations

import asyncio
import re
import secrets
import ssl
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from lsp_llm.app.serving import SWITCH_SECONDS, load_for_good, stop_on_signals
from lsp_llm.app.shared import ServeOptions, shared_parts
from lsp_llm.config.secrets import Secret
from lsp_llm.errors import UserError
from lsp_llm.lsp.trace import TraceFile
from lsp_llm.remote.addresses import Place, listening_line
from lsp_llm.remote.clients import Clients
from lsp_llm.remote.dialing import said
from lsp_llm.remote.listening_stream import StreamListener
from lsp_llm.remote.listening_websocket import WebSocketListener

TOKEN_VARIABLE: Final = "LSP_LLM_TOKEN"
SHORTEST_TOKEN: Final = 16
"""A shorter one could be tried out."""
_TOKEN: Final = re.compile(rf"[\x21-\x7e]{{{SHORTEST_TOKEN},}}")
_TOKEN_BYTES: Final = 32


class Listener(Protocol):
    """One place that is listened on."""

    async def listen(self, place: Place, tls: ssl.SSLContext | None) -> Place:
        """Begin, and give the place as it is; raises OSError."""
        ...

    def stop(self) -> None:
        """Let nobody in any more."""
        ...

    async def wait_closed(self) -> None:
        """Wait until all connections are closed."""
        ...


@dataclass(frozen=True, slots=True)
class Network:
    """How clients reach the server: `listener` makes what listens, of the name of its scheme without TLS."""

    scheme: str
    place: Place
    listener: Callable[[Clients, str], Listener]
    tls: ssl.SSLContext | None


def websocket(place: Place, tls: ssl.SSLContext | None) -> Network:
    """Clients connect with WebSockets."""
    return Network("wss" if tls else "ws", place, WebSocketListener, tls)


def stream(place: Place, tls: ssl.SSLContext | None) -> Network:
    """Clients connect over TCP."""
    return Network("tcps" if tls else "tcp", place, StreamListener, tls)


def serve_network(
    options: ServeOptions, network: Network, environ: Mapping[str, str], tell: Callable[[str], None]
) -> int:
    """Serve until a signal ends it; `tell` is given the line that says where. Raises UserError if it cannot begin."""
    given = given_token(environ)
    token = given or secrets.token_urlsafe(_TOKEN_BYTES)
    options.redactor.also(lambda: (Secret(token),))
    trace = TraceFile(options.trace_file, options.redactor) if options.trace_file else None
    sys.setswitchinterval(SWITCH_SECONDS)

    def listening(place: Place) -> None:
        tell(listening_line(network.scheme, place, "" if given else token))

    try:
        asyncio.run(_serve(options, network, token, trace, listening))
    finally:
        if trace is not None:
            trace.close()
    return 0


async def _serve(
    options: ServeOptions, network: Network, token: str, trace: TraceFile | None, listening: Callable[[Place], None]
) -> None:
    ended = asyncio.Event()
    stop_on_signals(ended.set)
    shared = shared_parts(options)
    clients = Clients(shared, trace)
    listener = network.listener(clients, token)
    try:
        place = await listener.listen(network.place, network.tls)
    except OSError as error:
        wanted = f"{network.place.host}:{network.place.port}"
        raise UserError(f"{wanted} cannot be listened on: {said(error)}") from None
    try:
        load_for_good()
        listening(place)
        await ended.wait()
    finally:
        listener.stop()
        await clients.close()
        await listener.wait_closed()
        await shared.hosts.close()


def given_token(environ: Mapping[str, str]) -> str:
    """The token of the environment, "" where there is none; raises UserError for one that is no good."""
    token = environ.get(TOKEN_VARIABLE, "").strip()
    if token and not _TOKEN.fullmatch(token):
        raise UserError(
            f"{TOKEN_VARIABLE} is no token: it needs at least {SHORTEST_TOKEN} letters, digits or signs of ASCII"
        )
    return token


def tls_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """What TLS needs, None where no certificate is named; raises UserError. The key may be in the same file."""
    if certificate is None:
        if key is not None:
            raise UserError("--tls-key wants --tls-cert beside it")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        # Without a password of its own, the library would ask on the terminal.
        context.load_cert_chain(certificate, key, password="")
    except OSError as error:
        # A file that is not PEM is an SSLError, whose text says little.
        reason = error.strerror if not isinstance(error, ssl.SSLError) else "no certificate with its key, in PEM"
        raise UserError(f"--tls-cert: {certificate} cannot be used: {reason}") from None
    return context
