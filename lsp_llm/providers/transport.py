"""HTTP for all dialects, and the only module that knows httpx; it never looks into a body and never judges a status.

httpx is imported when the first request is sent, so that starting the server does not pay for it. A redirect is not
followed: a 3xx is handed over as a status like any other, because a key must not travel to another host. Silence is
no error here: the runner counts meaningful events, which keep-alive bytes are not. Proxies come from HTTPS_PROXY,
HTTP_PROXY, ALL_PROXY and NO_PROXY; loopback hosts are always spoken to directly.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import lsp_llm
from lsp_llm.errors import BadResponse, Disconnected, LspLlmError, Timeout, Unavailable, UserError
from lsp_llm.providers.base import HttpRequest

if TYPE_CHECKING:
    import httpx

CONNECT_TIMEOUT_SECONDS = 10
POOL_TIMEOUT_SECONDS = 10
# Long enough that the next question of a conversation finds the connection still open.
KEEP_ALIVE_SECONDS = 60
# httpcore looks at every kept connection, for each of them, whenever a request begins or ends: many clients at once
# would pay for hundreds with most of a core.
MOST_KEPT = 32
_REACH_HINT = "Is it running, and is base_url right?"
_LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")


class HttpTransport:
    """The `Transport` of providers/base over one httpx client, whose connections stay warm between answers."""

    def __init__(self, ca_file: str = "") -> None:
        """`ca_file`: a PEM file with authorities to trust beside those of the system."""
        self._ca_file = ca_file
        self._client: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def send(self, request: HttpRequest) -> AsyncIterator[HttpResponse]:
        """Send it and hand over the answer once its head is there; leaving closes an unfinished answer at once.

        Raises Unavailable (cannot be reached), Disconnected (closed before it answered), Timeout (no free connection)
        and UserError (the request itself cannot be sent).
        """
        host = _host(request.url)
        client = self._warm_client()
        with _our_errors(host):
            built = client.build_request(
                request.method, request.url, headers=dict(request.headers), content=request.body
            )
            response = await _answer_head(client, built)
        try:
            yield HttpResponse(response, host)
        finally:
            await response.aclose()

    async def close(self) -> None:
        """Close all connections; a later send opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _warm_client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = _new_client(_trust(self._ca_file))
        return self._client


class HttpResponse:
    """An answer whose head has arrived; `headers` has lower-case names."""

    def __init__(self, response: httpx.Response, host: str) -> None:
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = dict(response.headers)
        self._response = response
        self._host = host

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes off the wire; raises Disconnected when the connection breaks.

        Read to the end, it leaves the connection to the next request.
        """
        response = self._response
        # Decoding costs time per chunk, and only a host that ignores "Accept-Encoding: identity" needs it.
        body = response.aiter_bytes() if "content-encoding" in self.headers else response.aiter_raw()
        with _our_errors(self._host):
            async for chunk in body:
                yield chunk


async def _answer_head(client: httpx.AsyncClient, built: httpx.Request) -> httpx.Response:
    """Send it, again if need be: a kept connection may turn out to be closed by the host, a new one may not.

    llama.cpp offers keep-alive and yet closes after each stream, so the race between its close and our next request
    is common; any host does the same when its idle time is over. Each failure uses up one kept connection.
    """
    import httpx

    events: set[str] = set()

    async def note(event: str, _: object) -> None:
        events.add(event)

    built.extensions["trace"] = note
    while True:
        events.clear()
        try:
            return await client.send(built, stream=True)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            if "connection.connect_tcp.started" in events:
                raise


def _new_client(trust: ssl.SSLContext) -> httpx.AsyncClient:
    from urllib.request import getproxies

    import httpx

    from lsp_llm.providers.direct import DirectTransport

    # Where the environment names a proxy, httpx's own transport knows the way through it.
    direct = (
        None
        if getproxies().keys() & {"http", "https", "all"}
        else DirectTransport(trust, MOST_KEPT, KEEP_ALIVE_SECONDS)
    )
    try:
        return httpx.AsyncClient(
            transport=direct,
            verify=trust,
            headers={
                "User-Agent": f"lsp-llm/{lsp_llm.__version__}",
                "Content-Type": "application/json",
                # Compression makes proxies hold a stream back until a block is full.
                "Accept-Encoding": "identity",
            },
            timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT_SECONDS, pool=POOL_TIMEOUT_SECONDS),
            limits=httpx.Limits(max_keepalive_connections=MOST_KEPT, keepalive_expiry=KEEP_ALIVE_SECONDS),
            mounts=dict.fromkeys(_LOOPBACK),
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise UserError(f"The proxy that the environment names cannot be used: {type(error).__name__}.") from None


def _trust(ca_file: str) -> ssl.SSLContext:
    trust = ssl.create_default_context()
    if not trust.cert_store_stats()["x509_ca"]:
        import httpx

        # The Python of python.org has no authorities on macOS; httpx brings some along.
        trust = httpx.create_ssl_context()
        trust.load_default_certs()
    if ca_file:
        try:
            trust.load_verify_locations(cafile=ca_file)
        except OSError as error:
            raise UserError(f"ca_file {ca_file} cannot be read as PEM certificates: {error}") from None
    return trust


def _host(url: str) -> str:
    """`host:port` for messages; any other part of a URL may hold a key."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise UserError("base_url is not a URL; it should look like https://host:port/v1.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError("base_url must begin with http:// or https:// and name a host.")
    return f"{parts.hostname}:{port}"


@contextmanager
def _our_errors(host: str) -> Iterator[None]:
    """Turn httpx's errors into ours; their cause is dropped, because some quote a header and with it the key."""
    import httpx

    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError) as error:
        raise our_error(error, host) from None


def our_error(error: Exception, host: str) -> LspLlmError:
    """What an error of httpx means for the user; `host` is the only part of the request that a message names."""
    import httpx

    match error:
        case httpx.ConnectTimeout():
            return Unavailable(f"{host} took no connection within {CONNECT_TIMEOUT_SECONDS} s.", _REACH_HINT)
        case httpx.PoolTimeout():
            return Timeout(f"Too many answers of {host} are running here at once.", "Stop one and try again.")
        case httpx.ConnectError():
            return _unreachable(error, host)
        case httpx.ProxyError():
            return Unavailable(f"The proxy did not let the request through to {host}.", "Check HTTPS_PROXY, NO_PROXY.")
        case httpx.DecodingError():
            return BadResponse(f"{host} sent a body that its content-encoding does not describe.")
        case httpx.NetworkError() | httpx.RemoteProtocolError() | httpx.TimeoutException():
            return Disconnected(f"{host} broke the connection before the answer was whole.")
        case _:
            return UserError(f"The URL, the headers or the key for {host} hold a character that HTTP does not allow.")


def _unreachable(error: Exception, host: str) -> Unavailable:
    """Tell a bad certificate, a wrong name and a closed port apart by what lies beneath."""
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                reason = f"{host} is not trusted: {cause.verify_message}."
                return Unavailable(reason, "Behind a company proxy, set ca_file to its certificate.")
            case ssl.SSLError():
                return Unavailable(f"{host} does not answer in TLS.", "Should base_url begin with http:// instead?")
            case socket.gaierror():
                return Unavailable(f"The name of {host} cannot be resolved.", "Check base_url and the network.")
            case _:
                continue
    return Unavailable(f"{host} refused the connection.", _REACH_HINT)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause = error.__cause__ or error.__context__
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
