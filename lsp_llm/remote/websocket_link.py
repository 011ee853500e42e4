"""A link over a WebSocket, on either side: a message of JSON-RPC is a message of the socket, text or binary."""

from __future__ import annotations

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed


class WebSocketLink:
    """A `Link`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def receive(self) -> bytes | None:
        """The next message, None when the socket is closed."""
        try:
            return bytes(await self._connection.recv(decode=False))
        except ConnectionClosed:
            return None

    async def send(self, message: bytes) -> None:
        """Send one message; raises ConnectionError once the socket is closed."""
        try:
            await self._connection.send(message, text=True)
        except ConnectionClosed:
            raise ConnectionResetError("the WebSocket is closed") from None

    async def close(self) -> None:
        """Close the socket."""
        await self._connection.close()
