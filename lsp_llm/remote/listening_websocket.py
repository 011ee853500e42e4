"""Lets clients in over WebSockets; the token is looked at before there is a socket, and nothing else is answered."""

from __future__ import annotations

import ssl

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from lsp_llm.remote.addresses import Place
from lsp_llm.remote.admission import Refusal, upgrade_refusal
from lsp_llm.remote.clients import FULL, Clients
from lsp_llm.remote.limits import CLOSE_SECONDS, MOST_BYTES, OPEN_SECONDS, PING_SECONDS
from lsp_llm.remote.websocket_link import WebSocketLink


class WebSocketListener:
    """One place that is listened on."""

    def __init__(self, clients: Clients, token: str) -> None:
        self._clients = clients
        self._token = token
        self._server: Server

    async def listen(self, place: Place, tls: ssl.SSLContext | None) -> Place:
        """Begin, and give the place as it is, with its port; raises OSError."""
        self._server = await serve(
            self._serve,
            place.host,
            place.port,
            ssl=tls,
            process_request=self._refusal,
            # Edits are short and many; on this machine and the next one, time is what is scarce.
            compression=None,
            server_header=None,
            max_size=MOST_BYTES,
            open_timeout=OPEN_SECONDS,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            close_timeout=CLOSE_SECONDS,
        )
        return Place(place.host, self._server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Let nobody in any more."""
        self._server.close(close_connections=False)

    async def wait_closed(self) -> None:
        """Wait until all connections are closed."""
        await self._server.wait_closed()

    async def _serve(self, connection: ServerConnection) -> None:
        await self._clients.serve(WebSocketLink(connection), str(connection.remote_address))

    def _refusal(self, connection: ServerConnection, request: Request) -> Response | None:
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        refusal = upgrade_refusal(request.path, headers, self._token)
        if refusal is None and not self._clients.has_room:
            refusal = Refusal(503, FULL)
        if refusal is None:
            return None
        response = connection.respond(refusal.status, f"{refusal.sentence}\n")
        if refusal.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        if refusal.status == 426:
            response.headers["Upgrade"] = "websocket"
        return response
