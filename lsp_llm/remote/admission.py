"""Who is let in: the token in each place where one may stand, and requests that are none of a client's.

It is pure. Two tokens are compared in a time that tells nothing about them.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

_BEARER: Final = "bearer "
BAD_TOKEN: Final = (
    "wrong token: it is in the line that lsp-llm printed when it began to listen, or in LSP_LLM_TOKEN there"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a client is not let in: an HTTP status, and a sentence."""

    status: int
    sentence: str


def upgrade_refusal(target: str, headers: Mapping[str, str], token: str) -> Refusal | None:
    """Why a request to open a WebSocket is refused, None where it is welcome; `headers` ignore upper and lower case."""
    if "origin" in headers:
        # Any page of any site may try to reach a port of its reader's machine; no editor sends this header.
        return Refusal(403, "browser pages are not let in: this is a language server for editors")
    if headers.get("upgrade", "").lower() != "websocket":
        return Refusal(426, "this is a language server: connect to it as a WebSocket, ws:// or wss://")
    said = [*_bearer(headers.get("authorization", "")), *parse_qs(target.partition("?")[2]).get("token", [])]
    if not said:
        return Refusal(401, "no token: send it as Authorization: Bearer TOKEN, or as ?token=TOKEN in the address")
    return None if all(is_same(given, token) for given in said) else Refusal(401, BAD_TOKEN)


def initialize_refusal(body: bytes, token: str) -> str:
    """Why a first message is refused, "" where it is an initialize with the token in its initializationOptions."""
    message = _object(_decoded(body))
    if message.get("method") != "initialize":
        return "the first message must be initialize, with the token in its initializationOptions"
    given = _object(_object(message.get("params")).get("initializationOptions")).get("token")
    if not isinstance(given, str):
        return "no token: it belongs in initializationOptions.token, where lsp-llm puts that of ?token= in an address"
    return "" if is_same(given, token) else BAD_TOKEN


def with_token(body: bytes, token: str) -> bytes:
    """An initialize with the token in its initializationOptions; any other message, and one with a token, as it is."""
    message = _decoded(body)
    if not isinstance(message, dict) or message.get("method") != "initialize" or not token:
        return body
    params = _object(message.get("params"))
    # An editor in Lua sends an empty list where it means an empty object.
    options = params.get("initializationOptions") or {}
    if not isinstance(options, dict) or "token" in options:
        return body
    return json.dumps({**message, "params": {**params, "initializationOptions": {**options, "token": token}}}).encode()


def request_id(body: bytes) -> int | str | None:
    """The id of a request, None for whatever is none."""
    found = _object(_decoded(body)).get("id")
    return found if isinstance(found, str) or type(found) is int else None


def is_same(given: str, token: str) -> bool:
    """Whether two tokens are the same, in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), token.encode("utf-8", "surrogatepass"))


def _bearer(header: str) -> list[str]:
    return [header[len(_BEARER) :].strip()] if header.lower().startswith(_BEARER) else []


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
