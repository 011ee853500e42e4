"""One short exchange in JSON with a service beside the model hosts, within a time limit; it keeps nothing."""

from __future__ import annotations

import asyncio
from typing import Any, Final
from urllib.parse import urlsplit

from lsp_llm.errors import BadResponse, Timeout
from lsp_llm.providers.base import HttpRequest, Transport
from lsp_llm.stream.payload import loose_json

LIMIT_SECONDS: Final = 20.0
_MAX_BYTES: Final = 4 * 1024 * 1024


async def call(
    transport: Transport, request: HttpRequest, limit_seconds: float = LIMIT_SECONDS
) -> tuple[int, dict[str, str], bytes]:
    """The status, headers and whole body of the answer; raises ProviderError where there is none in time."""
    host = urlsplit(request.url).netloc
    try:
        async with asyncio.timeout(limit_seconds), transport.send(request) as response:
            body = bytearray()
            async for chunk in response.chunks():
                body += chunk
                if len(body) > _MAX_BYTES:
                    raise BadResponse(f"{host} answered with more than {_MAX_BYTES:,} bytes.")
            return response.status, dict(response.headers), bytes(body)
    except TimeoutError:
        raise Timeout(
            f"{host} did not answer within {limit_seconds:g} s.", "Check the network, or try again."
        ) from None


def json_object(body: bytes) -> dict[str, Any]:
    """The body as a JSON object; an empty one where it is none."""
    value = loose_json(body)
    return value if isinstance(value, dict) else {}
