"""Where to listen and where to connect, read from what the user wrote; nothing is looked up or opened here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from lsp_llm.config.secrets import Secret
from lsp_llm.errors import UserError

LOOPBACK: Final = "127.0.0.1"
SCHEMES: Final = ("ws", "wss", "tcp", "tcps")
_LOOPBACK_NAMES: Final = frozenset({"localhost", "::1", ""})


@dataclass(frozen=True, slots=True)
class Place:
    """A host and a port to listen on; port 0 is any that is free."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class Address:
    """A server to connect to; `target` is the path of a WebSocket, and `token` what the address itself carries."""

    scheme: str
    host: str
    port: int
    target: str = "/"
    token: Secret = field(default_factory=lambda: Secret(""))

    @property
    def is_encrypted(self) -> bool:
        """Whether TLS is spoken."""
        return self.scheme in ("wss", "tcps")

    @property
    def is_websocket(self) -> bool:
        """Whether it is no plain stream of bytes."""
        return self.scheme in ("ws", "wss")

    def __str__(self) -> str:
        """The address as a user may see it, without what it asks for."""
        return f"{self.scheme}://{bracketed(self.host)}:{self.port}{self.target.rstrip('/')}"


def read_place(text: str) -> Place:
    """`HOST:PORT`, `:PORT` or `PORT`; without a host it is this machine alone. Raises UserError."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    # "localhost" may be two addresses, which would be given two different free ports.
    host = LOOPBACK if host in ("", "localhost") else host
    if not (port.isascii() and port.isdigit() and int(port) < 1 << 16):
        raise UserError(
            f"{text} is no place to listen on; write HOST:PORT, as in 127.0.0.1:4000 (port 0: any free one)"
        )
    return Place(host, int(port))


def read_address(text: str) -> Address:
    """`ws://HOST:PORT/…`, also with wss, tcp and tcps, and with `?token=`. Raises UserError, which shows no token."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise UserError("the address of the server is not one: write ws://HOST:PORT or tcp://HOST:PORT") from None
    if parts.scheme not in SCHEMES or not host:
        raise UserError("the address of the server must begin with ws://, wss://, tcp:// or tcps://, and name a host")
    if port is None:
        if parts.scheme in ("tcp", "tcps"):
            raise UserError(f"the address {parts.scheme}://{bracketed(host)} names no port")
        port = 443 if parts.scheme == "wss" else 80
    token = parse_qs(parts.query).get("token", [""])[-1]
    return Address(parts.scheme, host, port, parts.path or "/", Secret(token))


def listening_line(scheme: str, place: Place, token: str) -> str:
    """The line that says where a server listens; an empty token is one that is not to be shown."""
    where = f"{scheme}://{bracketed(place.host)}:{place.port}"
    if scheme in ("ws", "wss"):
        return f"listening on {where}/" + (f"?token={quote(token, safe='')}" if token else "")
    return f"listening on {where}" + (f" token={token}" if token else "")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name."""
    return host in _LOOPBACK_NAMES or host.startswith("127.")


def bracketed(host: str) -> str:
    """A host as it stands before a port."""
    return f"[{host}]" if ":" in host else host
