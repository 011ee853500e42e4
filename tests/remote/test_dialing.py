"""Servers that do not let us in, over real sockets: what is said, and whether another attempt can help."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from lsp_llm.lsp.framing import FrameDecoder
from lsp_llm.remote import dialing
from lsp_llm.remote.addresses import read_address
from lsp_llm.remote.admission import initialize_refusal
from lsp_llm.remote.dialing import NotAdmitted, Unreachable, dial

CERTIFICATE = Path(__file__).parents[1] / "fakes" / "loopback.pem"


@asynccontextmanager
async def answering(answer: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that says the same to everybody; its port."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


def tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.mark.parametrize("scheme", ["ws", "tcp"])
async def test_where_nobody_listens_another_attempt_may_help(scheme: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"{scheme}://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(Unreachable, match=f"^{address} cannot be reached: connection refused$"):
            await dial(read_address(f"{address}/?token=s3cret"), "")


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        (
            b"HTTP/1.1 401 No\r\nContent-Length: 11\r\n\r\nwrong token",
            NotAdmitted,
            r"refuses \(HTTP 401\): wrong token$",
        ),
        (b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", NotAdmitted, r"refuses \(HTTP 404\): it gives no reason$"),
        (b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n", Unreachable, r"refuses \(HTTP 502\)"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", NotAdmitted, "is no lsp-llm"),
        (b"", Unreachable, "ends the connection before it has answered"),
    ],
)
async def test_what_a_server_says_is_told(answer: bytes, kind: type[Exception], sentence: str) -> None:
    async with answering(answer) as port:
        with pytest.raises(kind, match=sentence):
            await dial(read_address(f"ws://127.0.0.1:{port}"), "")


async def test_a_server_that_never_answers_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialing, "OPEN_SECONDS", 0.05)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(Unreachable, match=r"does not answer within 0\.05 s"):
            await dial(read_address(f"ws://127.0.0.1:{silent.getsockname()[1]}"), "")


@pytest.mark.parametrize("scheme", ["wss", "tcps"])
async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(scheme: str) -> None:
    async with answering(b"", tls()) as port:
        with pytest.raises(NotAdmitted, match=r"certificate is not trusted: .*SSL_CERT_FILE"):
            await dial(read_address(f"{scheme}://127.0.0.1:{port}"), "")


@pytest.mark.parametrize("scheme", ["wss", "tcps"])
async def test_a_server_without_tls_is_told(scheme: str) -> None:
    async with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        with pytest.raises(NotAdmitted, match="there is no TLS with it"):
            await dial(read_address(f"{scheme}://127.0.0.1:{port}"), "")


@pytest.mark.parametrize("scheme", ["wss", "tcps"])
async def test_an_end_where_tls_would_begin_is_told(scheme: str) -> None:
    async with answering(b"") as port:
        with pytest.raises(Unreachable, match="it ends the connection where TLS would begin: does it speak TLS"):
            await dial(read_address(f"{scheme}://127.0.0.1:{port}"), "")


@pytest.mark.parametrize(
    ("target", "token", "sent"), [("/", "mine", "Bearer mine"), ("/?token=its", "", "Bearer its"), ("/", "", None)]
)
async def test_over_a_websocket_the_token_is_in_a_header_and_not_in_the_address(
    target: str, token: str, sent: str | None
) -> None:
    seen: list[tuple[str, str | None]] = []

    def note(connection: ServerConnection, request: Request) -> Response | None:
        seen.append((request.path, request.headers.get("Authorization")))
        return None

    async def idle(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async with serve(idle, "127.0.0.1", 0, process_request=note) as server:
        link = await dial(read_address(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}{target}"), token)
        await link.close()
    assert seen == [("/", sent)]


async def test_over_a_stream_the_first_message_gets_it_and_no_other() -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = FrameDecoder()
        while data := await reader.read(4096):
            for body in frames.push(data):
                assert isinstance(body, bytes)
                heard.put_nowait(body)
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        link = await dial(read_address(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"), "mine")
        initialize = b'{"id":1,"method":"initialize","params":{}}'
        for _ in range(2):
            await link.send(initialize)
        assert initialize_refusal(await heard.get(), "mine") == ""
        assert await heard.get() == initialize
        await link.close()
