"""A model host driven by hand: a real HTTP/1.1 server on 127.0.0.1 that says nothing until the test says so.

    async with FakeHost() as host:
        exchange = await host.request()     # the next request, whole
        await exchange.say("Hello")         # one event of the OpenAI chat dialect, sent at once
        await exchange.done()

Each request is an exchange of its own, in the order of arrival; any number may be open at once, and a connection is
kept alive between them. Nothing here waits for time: `request` and `closed` await what the client does.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from typing import Any, Self

LIMIT_SECONDS = 60
"""A client that does not do what a test waits for fails the test; it does not hang it."""
EVENT_STREAM = {"Content-Type": "text/event-stream"}


class Exchange:
    """One request of the client and the answer that the test gives to it."""

    def __init__(self, head: str, body: bytes, writer: asyncio.StreamWriter) -> None:
        self.method, self.path, _ = head.partition("\r\n")[0].split(" ")
        self.headers = _headers(head)
        self.body = body
        self.started = False
        self._writer = writer
        self.gone = asyncio.Event()

    @property
    def json(self) -> Any:
        """The body of the request."""
        return json.loads(self.body)

    async def start(self, status: int = 200, headers: Mapping[str, str] = EVENT_STREAM) -> None:
        """Send the head of the answer."""
        self.started = True
        lines = [f"HTTP/1.1 {status} Status", "Transfer-Encoding: chunked"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        await self._write("\r\n".join([*lines, "", ""]).encode())

    async def send(self, data: bytes) -> None:
        """Send bytes of the body, as one chunk."""
        # A chunk of no bytes would end the body.
        if data:
            await self._write(b"%x\r\n%b\r\n" % (len(data), data))

    async def end(self) -> None:
        """End the body; the connection stays open for the next request."""
        await self._write(b"0\r\n\r\n")

    async def answer(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        """A whole answer in JSON: an error, for instance."""
        await self.start(status, {"Content-Type": "application/json", **(headers or {})})
        await self.send(json.dumps(body).encode())
        await self.end()

    async def say(self, text: str) -> None:
        """Send one delta of an OpenAI chat answer; the first one sends the head too."""
        await self._event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})

    async def done(self, finish_reason: str = "stop") -> None:
        """End an OpenAI chat answer as a healthy host does: reason, usage, [DONE]."""
        await self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": finish_reason}]})
        await self._event({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}})
        await self.send(b"data: [DONE]\n\n")
        await self.end()

    def break_connection(self) -> None:
        """Reset the connection, wherever the answer is."""
        self._writer.transport.abort()

    async def closed(self) -> None:
        """Return when the client has closed the connection."""
        await asyncio.wait_for(self.gone.wait(), LIMIT_SECONDS)

    async def _event(self, payload: object) -> None:
        if not self.started:
            await self.start()
        await self.send(b"data: " + json.dumps(payload).encode() + b"\n\n")

    async def _write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()


class FakeHost:
    """The server; leaving the context breaks every connection that is still open."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls

    async def __aenter__(self) -> Self:
        self._requests: asyncio.Queue[Exchange] = asyncio.Queue()
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._accept_no_more()
        for writer in self._connections.values():
            writer.transport.abort()
        await asyncio.gather(*self._connections)
        await self._server.wait_closed()

    async def _accept_no_more(self) -> None:
        """Close the server; asyncio leaks a connection that is half accepted then, so these come in first."""
        for listening in self._server.sockets:
            asyncio.get_running_loop().remove_reader(listening.fileno())
        for _ in range(3):
            await asyncio.sleep(0)
        self._server.close()

    @property
    def base_url(self) -> str:
        """What a configuration names as `base_url`."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    @property
    def connection_count(self) -> int:
        """Connections that are open now."""
        return len(self._connections)

    async def request(self) -> Exchange:
        """The next request that no one has taken yet, as soon as it is whole."""
        return await asyncio.wait_for(self._requests.get(), LIMIT_SECONDS)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections[task] = writer
        task.add_done_callback(self._connections.pop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read requests until the client closes; reading on during an answer is how a close is noticed."""
        exchange = None
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                body = await reader.readexactly(int(_headers(head).get("content-length", 0)))
                exchange = Exchange(head, body, writer)
                self._requests.put_nowait(exchange)
        except (asyncio.IncompleteReadError, ConnectionError):
            if exchange is not None:
                exchange.gone.set()
        finally:
            writer.close()


def _headers(head: str) -> dict[str, str]:
    """The header fields of a request's head, names in lower case."""
    fields = (line.partition(":") for line in head.rstrip().split("\r\n")[1:])
    return {name.lower(): value.strip() for name, _, value in fields}
