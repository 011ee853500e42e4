"""HttpTransport against a host driven by hand, over real sockets."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from lsp_llm.errors import BadResponse, Disconnected, LspLlmError, ProviderError, Timeout, Unavailable, UserError
from lsp_llm.providers import transport as transport_module
from lsp_llm.providers.base import HttpRequest
from lsp_llm.providers.transport import HttpTransport, our_error
from tests.fakes.host import Exchange, FakeHost
from tests.fakes.proxy import TunnelProxy
from tests.turns import until

FAKES = Path(__file__).parents[1] / "fakes"
LOOPBACK_PEM, ELSEWHERE_PEM = FAKES / "loopback.pem", FAKES / "elsewhere.pem"
SECRET = "sk-very-secret"


@pytest.fixture
async def host() -> AsyncIterator[FakeHost]:
    async with FakeHost() as host:
        yield host


@pytest.fixture(params=["connections of ours", "httpx's own"])
async def transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HttpTransport]:
    if request.param == "httpx's own":
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port()}")
    transport = HttpTransport()
    yield transport
    await transport.close()


def to(base_url: str, body: bytes = b"{}") -> HttpRequest:
    return HttpRequest(f"{base_url}/chat/completions?key={SECRET}", {"Authorization": f"Bearer {SECRET}"}, body)


async def whole_answer(transport: HttpTransport, request: HttpRequest) -> bytes:
    async with transport.send(request) as response:
        return b"".join([chunk async for chunk in response.chunks()])


async def failure(transport: HttpTransport, request: HttpRequest) -> LspLlmError:
    with pytest.raises(LspLlmError) as caught:
        await whole_answer(transport, request)
    assert SECRET not in "".join(traceback.format_exception(caught.value)) + getattr(caught.value, "hint", "")
    return caught.value


def netloc(url: str) -> str:
    return urlsplit(url).netloc


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_importing_it_does_not_import_httpx() -> None:
    code = "import lsp_llm.providers.transport, sys; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=20, check=False).returncode == 0


async def test_the_request_arrives_as_it_was_encoded(host: FakeHost, transport: HttpTransport) -> None:
    async with asyncio.TaskGroup() as group:
        sent = group.create_task(whole_answer(transport, to(host.base_url, b'{"model": "m"}')))
        exchange = await host.request()
        await exchange.answer(200, "fine")
    assert (exchange.method, exchange.path) == ("POST", f"/v1/chat/completions?key={SECRET}")
    assert exchange.json == {"model": "m"}
    assert exchange.headers["authorization"] == f"Bearer {SECRET}"
    assert exchange.headers["accept-encoding"] == "identity"
    assert exchange.headers["content-type"] == "application/json"
    assert sent.result() == b'"fine"'


async def test_a_list_is_fetched_with_get(host: FakeHost, transport: HttpTransport) -> None:
    async with asyncio.TaskGroup() as group:
        sent = group.create_task(whole_answer(transport, HttpRequest(f"{host.base_url}/models", {}, b"", "GET")))
        exchange = await host.request()
        await exchange.answer(200, [])
    assert (exchange.method, exchange.path, exchange.body) == ("GET", "/v1/models", b"")
    assert sent.result() == b"[]"


async def test_a_header_of_the_request_stands_above_ours(host: FakeHost, transport: HttpTransport) -> None:
    async with asyncio.TaskGroup() as group:
        request = HttpRequest(host.base_url, {"content-type": "application/x-www-form-urlencoded"}, b"a=b")
        group.create_task(whole_answer(transport, request))
        exchange = await host.request()
        await exchange.answer(200, "")
    assert exchange.headers["content-type"] == "application/x-www-form-urlencoded"


async def test_each_chunk_is_there_before_the_next_is_sent(host: FakeHost, transport: HttpTransport) -> None:
    async with asyncio.TaskGroup() as group:
        exchange_task = group.create_task(answered_head(host))
        async with transport.send(to(host.base_url)) as response:
            exchange = await exchange_task
            chunks = response.chunks()
            for sent in (b"data: \xe6", b"\x97\xa5\n", b"\n"):
                await exchange.send(sent)
                assert await anext(chunks) == sent
            await exchange.end()
            assert [chunk async for chunk in chunks] == []
    assert response.status == 200
    assert response.headers["content-type"] == "text/event-stream"


async def answered_head(host: FakeHost) -> Exchange:
    exchange = await host.request()
    await exchange.start()
    return exchange


async def test_compression_nobody_asked_for_is_undone(host: FakeHost, transport: HttpTransport) -> None:
    async with asyncio.TaskGroup() as group:
        answer = group.create_task(whole_answer(transport, to(host.base_url)))
        exchange = await host.request()
        await exchange.start(200, {"Content-Encoding": "gzip"})
        await exchange.send(gzip.compress(b"data: hello\n\n"))
        await exchange.end()
    assert answer.result() == b"data: hello\n\n"


async def test_a_body_that_is_not_what_it_says_is_a_bad_response(host: FakeHost, transport: HttpTransport) -> None:
    async with asyncio.TaskGroup() as group:
        failed = group.create_task(failure(transport, to(host.base_url)))
        exchange = await host.request()
        await exchange.start(200, {"Content-Encoding": "gzip"})
        await exchange.send(b"this is no gzip")
    assert isinstance(failed.result(), BadResponse)


async def test_a_cancelled_stream_is_closed_at_once(host: FakeHost, transport: HttpTransport) -> None:
    running = asyncio.create_task(whole_answer(transport, to(host.base_url)))
    exchange = await host.request()
    await exchange.say("Hello")
    running.cancel()
    await exchange.closed()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_request_cancelled_before_its_answer_is_closed_at_once(
    host: FakeHost, transport: HttpTransport
) -> None:
    running = asyncio.create_task(whole_answer(transport, to(host.base_url)))
    exchange = await host.request()
    running.cancel()
    await exchange.closed()


async def test_leaving_an_unfinished_answer_closes_it_at_once(host: FakeHost, transport: HttpTransport) -> None:
    exchange_task = asyncio.create_task(answered_head(host))
    async with transport.send(to(host.base_url)):
        exchange = await exchange_task
    await exchange.closed()


async def test_a_connection_broken_in_the_body_is_disconnected(host: FakeHost, transport: HttpTransport) -> None:
    async with asyncio.TaskGroup() as group:
        failed = group.create_task(failure(transport, to(host.base_url)))
        exchange = await host.request()
        await exchange.say("Hello")
        exchange.break_connection()
    assert isinstance(failed.result(), Disconnected)
    assert str(failed.result()) == f"{netloc(host.base_url)} broke the connection before the answer was whole."


async def test_a_new_connection_broken_before_the_head_is_disconnected(
    host: FakeHost, transport: HttpTransport
) -> None:
    async with asyncio.TaskGroup() as group:
        failed = group.create_task(failure(transport, to(host.base_url)))
        (await host.request()).break_connection()
    assert isinstance(failed.result(), Disconnected)


async def test_a_kept_connection_that_the_host_closed_is_replaced(host: FakeHost, transport: HttpTransport) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(whole_answer(transport, to(host.base_url)))
        await (await host.request()).answer(200, "first")
    async with asyncio.TaskGroup() as group:
        second = group.create_task(whole_answer(transport, to(host.base_url)))
        (await host.request()).break_connection()
        await (await host.request()).answer(200, "second")
    assert second.result() == b'"second"'


async def test_answers_read_to_the_end_share_one_connection(host: FakeHost, transport: HttpTransport) -> None:
    for _ in range(3):
        async with asyncio.TaskGroup() as group:
            group.create_task(whole_answer(transport, to(host.base_url)))
            await (await host.request()).answer(200, "fine")
    assert host.connection_count == 1


async def test_only_so_many_connections_are_kept(
    host: FakeHost, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, "MOST_KEPT", 3)
    answers = [asyncio.create_task(whole_answer(transport, to(host.base_url))) for _ in range(6)]
    for exchange in [await host.request() for _ in answers]:
        await exchange.answer(200, {})
    await asyncio.gather(*answers)
    await until(lambda: host.connection_count == 3)


async def test_answers_at_the_same_time_do_not_mix(host: FakeHost, transport: HttpTransport) -> None:
    async with asyncio.TaskGroup() as group:
        first = group.create_task(whole_answer(transport, to(host.base_url)))
        one = await host.request()
        second = group.create_task(whole_answer(transport, to(host.base_url)))
        two = await host.request()
        await two.answer(200, "two")
        await one.answer(200, "one")
    assert (first.result(), second.result()) == (b'"one"', b'"two"')


async def test_a_redirect_is_a_status_and_the_key_stays_here(host: FakeHost, transport: HttpTransport) -> None:
    async with FakeHost() as elsewhere, asyncio.TaskGroup() as group:
        exchange_task = group.create_task(host.request())
        answer_task = group.create_task(redirect(exchange_task, elsewhere.base_url))
        async with transport.send(to(host.base_url)) as response:
            assert response.status == 307
            assert response.headers["location"] == elsewhere.base_url
        await answer_task
        assert elsewhere.connection_count == 0


async def redirect(exchange_task: asyncio.Task[Exchange], location: str) -> None:
    await (await exchange_task).answer(307, None, {"Location": location})


async def test_an_error_status_is_handed_over_with_its_body(host: FakeHost, transport: HttpTransport) -> None:
    async with asyncio.TaskGroup() as group:
        answer = group.create_task(whole_answer(transport, to(host.base_url)))
        await (await host.request()).answer(429, {"error": "slow down"}, {"Retry-After": "2"})
    assert answer.result() == b'{"error": "slow down"}'


async def test_a_closed_port_is_unavailable_and_named(transport: HttpTransport) -> None:
    port = closed_port()
    error = await failure(transport, to(f"http://127.0.0.1:{port}/v1"))
    assert isinstance(error, Unavailable)
    assert str(error) == f"127.0.0.1:{port} refused the connection."
    assert "base_url" in error.hint


async def test_a_plain_host_spoken_to_in_tls_is_unavailable(transport: HttpTransport) -> None:
    async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        error = await failure(transport, to(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"))
    assert isinstance(error, Unavailable)
    assert "does not answer in TLS" in str(error)


async def test_a_private_certificate_needs_its_ca_file() -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(LOOPBACK_PEM)
    async with FakeHost(tls) as host:
        strict, trusting = HttpTransport(), HttpTransport(str(LOOPBACK_PEM))
        error = await failure(strict, to(host.base_url))
        assert isinstance(error, Unavailable)
        assert "is not trusted" in str(error)
        assert "ca_file" in error.hint
        async with asyncio.TaskGroup() as group:
            answer = group.create_task(whole_answer(trusting, to(host.base_url)))
            await (await host.request()).answer(200, "fine")
        assert answer.result() == b'"fine"'
        await strict.close()
        await trusting.close()


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_bad_ca_file_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    error = await failure(HttpTransport(str(path)), to("https://127.0.0.1:1/v1"))
    assert isinstance(error, UserError)
    assert str(path) in str(error)


@pytest.mark.parametrize("odd", ["\n", "\u00fc"], ids=["newline", "letter beyond ASCII"])
async def test_a_key_that_no_header_can_carry_is_the_users_to_mend(
    host: FakeHost, transport: HttpTransport, odd: str
) -> None:
    request = HttpRequest(host.base_url, {"Authorization": f"Bearer {SECRET}{odd}"}, b"")
    error = await failure(transport, request)
    assert isinstance(error, UserError)
    assert "key" in str(error)


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:1/?key={SECRET}\n",
        f"http://127.0.0.1:99999/?key={SECRET}",
        f"127.0.0.1:1/?key={SECRET}",
        f"ftp://{SECRET}@127.0.0.1:1/",
    ],
    ids=["newline", "port", "no scheme", "other scheme"],
)
async def test_a_url_that_is_none_is_the_users_to_mend(transport: HttpTransport, url: str) -> None:
    assert isinstance(await failure(transport, HttpRequest(url, {}, b"")), UserError)


async def test_a_proxy_is_taken_from_the_environment_unless_no_proxy_names_the_host(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 127.0.0.2 stands for a host out there; nothing listens on it.
    monkeypatch.setenv("HTTP_PROXY", f"http://{netloc(host.base_url)}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    outside = to("http://127.0.0.2:1/v1")
    through_proxy, directly = HttpTransport(), HttpTransport()
    async with asyncio.TaskGroup() as group:
        group.create_task(whole_answer(through_proxy, outside))
        exchange = await host.request()
        await exchange.answer(200, "fine")
    assert exchange.path == outside.url
    monkeypatch.setenv("NO_PROXY", "127.0.0.2")
    assert isinstance(await failure(directly, outside), Unavailable)
    await through_proxy.close()
    await directly.close()


@pytest.fixture
async def elsewhere(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeHost]:
    """A host in TLS by the name of models.example, which no name server knows."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(ELSEWHERE_PEM)
    async with FakeHost(tls) as host:
        yield host


async def test_a_proxy_for_https_gets_a_tunnel_and_sees_no_key(
    elsewhere: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with TunnelProxy(urlsplit(elsewhere.base_url).port or 0) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        transport = HttpTransport(str(ELSEWHERE_PEM))
        async with asyncio.TaskGroup() as group:
            answer = group.create_task(whole_answer(transport, to("https://models.example/v1")))
            exchange = await elsewhere.request()
            await exchange.answer(200, "fine")
        assert answer.result() == b'"fine"'
        # The certificate is the host's: the proxy carries bytes that it cannot read.
        assert (proxy.targets, exchange.headers["authorization"]) == (["models.example:443"], f"Bearer {SECRET}")
        await transport.close()


@pytest.mark.parametrize("exempt", ["models.example", ".example", "other.test,models.example"])
async def test_no_proxy_goes_around_the_proxy_for_https(
    elsewhere: FakeHost, monkeypatch: pytest.MonkeyPatch, exempt: str
) -> None:
    async with TunnelProxy(1) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", exempt)
        transport = HttpTransport(str(ELSEWHERE_PEM))
        # Without the proxy the name is looked up here, and is not found.
        with monkeypatch.context() as patched:
            patched.setattr(socket, "getaddrinfo", unknown_name)
            error = await failure(transport, to("https://models.example/v1"))
        assert str(error) == "The name of models.example:443 cannot be resolved."
        assert proxy.targets == []
        await transport.close()


def unknown_name(*_: object, **__: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "not known")


async def test_loopback_never_goes_through_a_proxy(
    host: FakeHost, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with asyncio.TaskGroup() as group:
        group.create_task(whole_answer(transport, to(host.base_url)))
        await (await host.request()).answer(200, "fine")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        # No free connection is our own limit: it must not look like the host's fault, or fallbacks would begin.
        (httpx.PoolTimeout(""), Timeout),
        (httpx.ConnectTimeout(""), Unavailable),
        (httpx.ProxyError("407"), Unavailable),
        (httpx.ReadError(""), Disconnected),
        (httpx.RemoteProtocolError(""), Disconnected),
    ],
)
def test_each_error_of_httpx_has_one_meaning(error: Exception, kind: type[ProviderError]) -> None:
    assert type(our_error(error, "host:1")) is kind
    assert "host:1" in str(our_error(error, "host:1"))
