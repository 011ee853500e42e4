"""HttpConnection over real sockets, against a host that says exactly these bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.providers.http_connection import MAX_BARE_BYTES, MAX_UNREAD_BYTES, HttpConnection

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
REQUEST = b"GET / HTTP/1.1\r\n\r\n"


class Pair:
    """A connection, and the host's end of it."""

    def __init__(self, connection: HttpConnection, host: asyncio.StreamWriter) -> None:
        self.connection = connection
        self.host = host

    async def answer(self, said: bytes) -> tuple[int, bytes]:
        """What is made of these bytes."""
        self.host.write(said)
        status, _ = await self.connection.exchange(REQUEST)
        return status, await self.rest()

    async def rest(self) -> bytes:
        return b"".join([piece async for piece in self.connection.body()])


@asynccontextmanager
async def connected() -> AsyncIterator[Pair]:
    accepted: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
    async with await asyncio.start_server(lambda _, writer: accepted.set_result(writer), "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        _, connection = await asyncio.get_running_loop().create_connection(HttpConnection, host, port)
        writer = await accepted
        yield Pair(connection, writer)
        connection.abort()
        await connection.closed()
        writer.transport.abort()


@pytest.mark.parametrize(
    ("said", "body", "can_serve"),
    [
        (HEAD + b"Content-Length: 5\r\n\r\nhello", b"hello", True),
        (CHUNKED + b"3\r\nhel\r\n2;note=1\r\nlo\r\n0\r\n\r\n", b"hello", True),
        (CHUNKED + b"5\r\nhello\r\n0\r\nAfter: all\r\n\r\n", b"hello", True),
        (HEAD + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello", b"hello", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"hello", False),
        (b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", b"hello", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b"", True),
        (b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\n" + HEAD + b"Content-Length: 2\r\n\r\nhi", b"hi", True),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", b"hi", True),
    ],
    ids=["length", "chunks", "trailer", "close", "HTTP/1.0", "bare line ends", "no body", "interim", "no reason"],
)
async def test_an_answer_ends_where_its_framing_says(said: bytes, body: bytes, can_serve: bool) -> None:
    async with connected() as pair:
        status, found = await pair.answer(said)
        assert (found, pair.connection.can_serve) == (body, can_serve)
        assert status == (204 if body == b"" else 200)


async def test_headers_come_as_they_were_with_names_in_lower_case() -> None:
    async with connected() as pair:
        pair.host.write(b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + HEAD + b"X-One: a\r\nx-one:  B \r\n" + b"\r\n")
        _, headers = await pair.connection.exchange(REQUEST)
        assert headers == [(b"x-one", b"a"), (b"x-one", b"B")]


async def test_a_body_without_framing_ends_with_the_connection() -> None:
    async with connected() as pair:
        pair.host.write(HEAD + b"\r\nhel")
        assert (await pair.connection.exchange(REQUEST))[0] == 200
        pair.host.write(b"lo")
        pair.host.close()
        assert await pair.rest() == b"hello"
        assert not pair.connection.can_serve


@pytest.mark.parametrize(
    "said",
    [b"", b"HTTP/1.1 200", HEAD + b"Content-Length: 9\r\n\r\nhello", CHUNKED + b"5\r\nhello\r\n", CHUNKED + b"5\r\nhe"],
    ids=["nothing", "half a head", "length", "no last chunk", "half a chunk"],
)
async def test_an_answer_that_is_not_whole_is_an_error(said: bytes) -> None:
    async with connected() as pair:
        pair.host.write(said)
        pair.host.close()
        with pytest.raises(ConnectionError):
            await pair.answer(b"")


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH\r\n",
        CHUNKED + b"not a size\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
    ids=["another protocol", "no chunk", "upgrade"],
)
async def test_what_is_no_http_ends_it(said: bytes) -> None:
    async with connected() as pair:
        with pytest.raises(ConnectionError, match="no HTTP"):
            await pair.answer(said)
        await pair.connection.closed()


@pytest.mark.parametrize("before", [HEAD, CHUNKED + b"1\r\na\r\n0\r\n"], ids=["head", "trailer"])
async def test_headers_without_an_end_end_it(before: bytes) -> None:
    async with connected() as pair:
        pair.host.write(before + b"Endless: " + b"x" * 2 * MAX_BARE_BYTES)
        with pytest.raises(ConnectionError, match="without an end"):
            await pair.answer(b"")


async def test_what_came_before_a_break_is_still_read() -> None:
    async with connected() as pair:
        pair.host.write(CHUNKED + b"5\r\nhello\r\n")
        await pair.connection.exchange(REQUEST)
        pair.host.close()
        await pair.connection.closed()
        body = pair.connection.body()
        assert await anext(body) == b"hello"
        with pytest.raises(ConnectionError):
            await anext(body)


async def test_one_connection_serves_many_exchanges() -> None:
    async with connected() as pair:
        for body in (b"one", b"two", b"three"):
            assert await pair.answer(HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)) == (200, body)


async def test_an_answer_that_nobody_asked_for_ends_it() -> None:
    async with connected() as pair:
        whole = HEAD + b"Content-Length: 2\r\n\r\nhi"
        assert await pair.answer(whole) == (200, b"hi")
        pair.host.write(whole)
        await pair.connection.closed()
        assert not pair.connection.can_serve
        with pytest.raises(ConnectionError):
            await pair.connection.exchange(REQUEST)


async def test_an_answer_that_is_not_read_to_its_end_cannot_be_followed() -> None:
    async with connected() as pair:
        pair.host.write(HEAD + b"Content-Length: 2\r\n\r\nhi")
        await pair.connection.exchange(REQUEST)
        assert not pair.connection.can_serve


async def test_a_reader_that_is_slow_holds_the_host_back() -> None:
    size = 64 * MAX_UNREAD_BYTES
    async with connected() as pair:
        pair.host.write(HEAD + b"Content-Length: %d\r\n\r\n" % size + b"x" * size)
        await pair.connection.exchange(REQUEST)
        body = pair.connection.body()
        first = len(await anext(body))
        assert first < 4 * MAX_UNREAD_BYTES
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await pair.host.drain()
        assert sum([len(piece) async for piece in body]) == size - first


async def test_a_reader_that_waits_is_stopped_by_abort() -> None:
    async with connected() as pair:
        waiting = asyncio.create_task(pair.connection.exchange(REQUEST))
        await asyncio.sleep(0)
        pair.connection.abort()
        with pytest.raises(ConnectionError):
            await waiting


@given(body=st.binary(max_size=200), cuts=st.lists(st.integers(0, 300)), sizes=st.lists(st.integers(1, 20)))
def test_where_the_bytes_are_cut_changes_nothing(body: bytes, cuts: list[int], sizes: list[int]) -> None:
    said = CHUNKED + _chunks(body, sizes)
    places = sorted({0, len(said), *(cut for cut in cuts if cut < len(said))})

    async def fed() -> tuple[bytes, bool]:
        connection = HttpConnection()
        connection.connection_made(_NoTransport())
        asking = asyncio.create_task(connection.exchange(REQUEST))
        await asyncio.sleep(0)
        found = b""
        for start, end in pairwise(places):
            connection.data_received(said[start:end])
        await asking
        async for piece in connection.body():
            found += piece
        return found, connection.can_serve

    assert asyncio.run(fed()) == (body, True)


def _chunks(body: bytes, sizes: list[int]) -> bytes:
    said, rest = b"", body
    for size in sizes:
        piece, rest = rest[:size], rest[size:]
        said += b"%x\r\n%s\r\n" % (len(piece), piece) if piece else b""
    return said + (b"%x\r\n%s\r\n" % (len(rest), rest) if rest else b"") + b"0\r\n\r\n"


class _NoTransport(asyncio.Transport):
    def write(self, data: object) -> None: ...
    def resume_reading(self) -> None: ...
    def abort(self) -> None:
        raise AssertionError("it was closed")
