"""The real program over real sockets; the client is that of the websockets library, or frames by hand."""

from __future__ import annotations

import asyncio
import json
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from lsp_llm.lsp.framing import FrameDecoder, frame
from lsp_llm.remote.addresses import read_address
from lsp_llm.remote.dialing import dial
from tests.cli.calling import called
from tests.fakes.host import FakeHost
from tests.fakes.link_client import LinkClient
from tests.fakes.lsp_client import host_options
from tests.remote.program import Program

URI = "file:///project/shop.py"
PLACE = {"uri": URI, "range": {"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}}}
TOKEN = "a-token-of-the-environment"
CERTIFICATE = Path(__file__).parents[1] / "fakes" / "loopback.pem"


def initialize(token: str | None = None) -> bytes:
    options = {} if token is None else {"token": token}
    params = {"processId": 1, "capabilities": {}, "initializationOptions": options}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).encode()


async def answer_of(socket: ClientConnection) -> Any:
    return json.loads(await asyncio.wait_for(socket.recv(), 60))


def upgrade(token: str) -> bytes:
    """The request that opens a WebSocket (RFC 6455, 1.3)."""
    lines = [
        f"GET /?token={token} HTTP/1.1",
        "Host: localhost",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


class Stream:
    """Frames over TCP, by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def rest(self) -> list[Any]:
        """All messages up to the end of the stream."""
        data = await asyncio.wait_for(self._reader.read(), 60)
        self._writer.close()
        return [json.loads(body) for body in FrameDecoder().push(data) if isinstance(body, bytes)]


async def stream_to(program: Program) -> Stream:
    return Stream(*await asyncio.open_connection("127.0.0.1", program.port))


@pytest.mark.parametrize("way", ["--ws", "--tcp"])
async def test_a_client_is_served_from_beginning_to_end(tmp_path: Path, way: str) -> None:
    async with FakeHost() as host, Program(tmp_path, way, ":0") as program:
        link = await dial(read_address(program.url), program.token)
        async with LinkClient(link, options=host_options(host.base_url)) as client:
            assert client.server_info["serverInfo"]["name"] == "lsp-llm"
            client.open(URI, "one\ntwo\n")
            job = await client.command("replace", PLACE)
            exchange = await host.request()
            await exchange.say("uno\n")
            await exchange.done()
            assert (await client.ended(job["jobId"]))["kind"] == "finished"
            assert client.buffers[URI].text == "one\nuno\n"
            assert client.messages() == []
    assert program.process.returncode == 0
    assert program.said == program.said.splitlines(keepends=True)[0], "one line, and nothing else"


async def test_another_implementation_is_served_with_the_token_in_the_address(tmp_path: Path) -> None:
    async with (
        Program(tmp_path, "--ws", "127.0.0.1:0") as program,
        connect(f"{program.url}/?token={program.token}") as socket,
    ):
        await socket.send(initialize().decode())
        assert (await answer_of(socket))["result"]["serverInfo"]["name"] == "lsp-llm"
        await socket.send(b'{"jsonrpc":"2.0","id":2,"method":"shutdown"}')
        assert (await answer_of(socket))["id"] == 2
        await socket.send('{"jsonrpc":"2.0","method":"exit"}')
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1000


@pytest.mark.parametrize(
    ("target", "headers", "status", "sentence"),
    [
        ("/", {}, 401, "no token"),
        ("/?token=wrong", {}, 401, "wrong token"),
        ("/", {"Authorization": "Bearer wrong"}, 401, "wrong token"),
        ("/?token=TOKEN", {"Origin": "https://example.org"}, 403, "browser pages are not let in"),
        ("/?token=TOKEN", {"Origin": "null"}, 403, "browser pages are not let in"),
    ],
)
async def test_who_may_not_come_in_is_told_why(
    tmp_path: Path, target: str, headers: dict[str, str], status: int, sentence: str
) -> None:
    async with Program(tmp_path, "--ws", ":0", environ={"LSP_LLM_TOKEN": TOKEN}) as program:
        assert program.token == ""
        url = program.url + target.replace("TOKEN", TOKEN)
        with pytest.raises(InvalidStatus) as refused:
            await connect(url, additional_headers=headers)
        response = refused.value.response
        assert response.status_code == status
        assert (response.body or b"").decode().startswith(sentence)
        assert (status == 401) is (response.headers.get("WWW-Authenticate") == "Bearer")
    assert TOKEN not in program.said


async def test_an_http_client_is_told_what_this_is(tmp_path: Path) -> None:
    async with Program(tmp_path, "--ws", ":0") as program:
        stream = await asyncio.open_connection("127.0.0.1", program.port)
        stream[1].write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        said = (await asyncio.wait_for(stream[0].read(), 60)).decode()
        stream[1].close()
        assert said.startswith("HTTP/1.1 426 ")
        assert said.endswith("this is a language server: connect to it as a WebSocket, ws:// or wss://\n")


@pytest.mark.parametrize("way", ["--ws", "--tcp"])
async def test_garbage_costs_the_one_who_sent_it_his_connection_and_nobody_else_anything(
    tmp_path: Path, way: str
) -> None:
    async with Program(tmp_path, way, ":0") as program:
        link = await dial(read_address(program.url), program.token)
        async with LinkClient(link) as client:
            for garbage in (bytes(range(256)) * 64, b"GET /" + b"a" * 100_000, b"\x16\x03\x01\x02\x00\x01\x00"):
                reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
                writer.write(garbage)
                writer.write_eof()
                with suppress(ConnectionError):
                    await asyncio.wait_for(reader.read(), 60)
                writer.close()
            assert (await client.command("cancel")) == {"cancelled": []}
    assert program.process.returncode == 0


@pytest.mark.parametrize(
    ("sent", "answer_id", "sentence"),
    [
        (frame(initialize("wrong")), 1, "wrong token"),
        (frame(initialize()), 1, "no token"),
        (frame(b'{"jsonrpc":"2.0","id":7,"method":"shutdown"}'), 7, "the first message must be initialize"),
        (frame(b"{}"), None, "the first message must be initialize"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", None, "broken frame"),
        (b"Content-Length: 99999999\r\n\r\n", None, "broken frame"),
    ],
)
async def test_over_tcp_a_stranger_gets_one_answer(
    tmp_path: Path, sent: bytes, answer_id: int | None, sentence: str
) -> None:
    async with Program(tmp_path, "--tcp", ":0") as program:
        stream = await stream_to(program)
        await stream.send(sent)
        (answer,) = await stream.rest()
        assert answer["id"] == answer_id
        assert answer["error"]["message"].startswith(sentence)


async def test_a_frame_that_is_too_long_ends_its_connection(tmp_path: Path) -> None:
    async with Program(tmp_path, "--tcp", ":0") as program:
        stream = await stream_to(program)
        await stream.send(frame(initialize(program.token)))
        await stream.send(b"Content-Length: 99999999\r\n\r\n")
        answers = await stream.rest()
        assert answers[-1]["error"]["message"].startswith("broken frame")


async def test_a_websocket_message_that_is_too_long_ends_its_connection(tmp_path: Path) -> None:
    async with Program(tmp_path, "--ws", ":0") as program:
        reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
        writer.write(upgrade(program.token))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        # The head of a masked binary message of a little more than 64 MiB.
        writer.write(b"\x82\xff" + struct.pack("!Q", (64 << 20) + 1) + bytes(4))
        closing = await asyncio.wait_for(reader.read(), 60)
        writer.close()
        assert closing[:1] == b"\x88"
        assert struct.unpack("!H", closing[2:4]) == (1009,)


async def test_the_end_of_the_program_stops_jobs_and_closes_links(tmp_path: Path) -> None:
    async with FakeHost() as host, Program(tmp_path, "--ws", ":0") as program:
        link = await dial(read_address(program.url), program.token)
        client = LinkClient(link, options=host_options(host.base_url))
        await client.__aenter__()
        client.open(URI, "one\ntwo\n")
        await client.command("replace", PLACE)
        exchange = await host.request()
        await exchange.say("uno\n")
        await client.until(lambda: "uno" in client.buffers[URI].text)
        program.process.terminate()
        await exchange.closed()
        await client.gone()
        assert [status["reason"] for status in client.statuses("cancelled")] == ["the server is shutting down"]
        await client.vanish()
        assert await program.ended() == 0


async def test_a_client_that_vanishes_takes_its_jobs_with_it(tmp_path: Path) -> None:
    async with FakeHost() as host, Program(tmp_path, "--tcp", ":0") as program:
        client = LinkClient(await dial(read_address(program.url), program.token), options=host_options(host.base_url))
        await client.__aenter__()
        client.open(URI, "one\ntwo\n")
        await client.command("replace", PLACE)
        exchange = await host.request()
        await exchange.say("uno\n")
        await client.vanish()
        await exchange.closed()


async def test_an_interrupt_ends_it_as_every_command(tmp_path: Path) -> None:
    async with Program(tmp_path, "--tcp", ":0") as program:
        program.interrupt()
        assert await program.ended() == 130
        assert "Traceback" not in program.said


async def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    async with Program(tmp_path, "--tcp", ":0") as program:
        for way in ("--ws", "--tcp"):
            ended = await called(tmp_path, "serve", way, f":{program.port}")
            assert ended.code == 1
            assert ended.errors == f"lsp-llm: 127.0.0.1:{program.port} cannot be listened on: address already in use\n"


@pytest.mark.parametrize("way", ["--ws", "--tcp"])
async def test_tls(tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    async with Program(tmp_path, way, ":0", "--tls-cert", str(CERTIFICATE)) as program:
        assert program.scheme in ("wss", "tcps")
        async with LinkClient(await dial(read_address(program.url), program.token)) as client:
            assert (await client.command("cancel")) == {"cancelled": []}


async def test_the_token_is_in_no_log_and_no_trace(tmp_path: Path) -> None:
    log, trace = tmp_path / "log", tmp_path / "trace"
    arguments = ("--log-file", str(log), "--log-level", "debug", "--trace", str(trace))
    async with (
        Program(tmp_path, *arguments, "--tcp", ":0") as program,
        LinkClient(await dial(read_address(program.url), program.token)) as client,
    ):
        await client.command("cancel")
    assert "client-1 has come from" in log.read_text(encoding="utf-8")
    lines = trace.read_text(encoding="utf-8").splitlines()
    assert [line.split()[1:3] for line in lines[:2]] == [["client-1", "->"], ["client-1", "<-"]]
    for path in (log, trace):
        assert program.token not in path.read_text(encoding="utf-8")
