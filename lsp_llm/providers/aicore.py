"""What is particular to SAP AI Core: a service key, and an address for each deployment; it asks no model anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lsp_llm.errors import UserError
from lsp_llm.providers.base import HttpRequest, Transport
from lsp_llm.providers.faults import error_of_answer
from lsp_llm.providers.json_call import LIMIT_SECONDS, call, json_object
from lsp_llm.stream.payload import MalformedJson

SERVICE_KEY: Final = "AICORE_SERVICE_KEY"
# Where a service key has what SAP's own tools also read from a variable each.
_PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "AICORE_CLIENT_ID": ("clientid",),
    "AICORE_CLIENT_SECRET": ("clientsecret",),
    "AICORE_AUTH_URL": ("url",),
    "AICORE_BASE_URL": ("serviceurls", "AI_API_URL"),
}


def with_service_key(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment, with a variable for each part of the service key that it holds as JSON; set ones stay."""
    text = environ.get(SERVICE_KEY, "").strip()
    if not text:
        return environ
    try:
        key = json_object(text.encode("utf-8", "replace"))
    except MalformedJson:
        # Without a `from`: the error shows what is near the fault.
        raise UserError(f"{SERVICE_KEY} is no JSON: it must hold the whole service key") from None
    parts = {variable: _at(key, path) for variable, path in _PLACES.items()}
    return {**{variable: value for variable, value in parts.items() if value}, **environ}


async def find_deployment(
    transport: Transport, api_url: str, headers: Mapping[str, str], model: str, limit_seconds: float = LIMIT_SECONDS
) -> str:
    """The id of a running deployment that serves the model; `headers` carry the token and the resource group.

    Raises UserError that names the models which are served, ProviderError where the host declines or cannot be reached.
    """
    request = HttpRequest(f"{api_url}/v2/lm/deployments?status=RUNNING", headers, b"", "GET")
    status, answer_headers, body = await call(transport, request, limit_seconds)
    if not 200 <= status < 300:
        raise error_of_answer(status, answer_headers, body)
    served = dict(_served(json_object(body)))
    if model not in served:
        there = ", ".join(sorted(served)) or "none"
        raise UserError(f'no running deployment of SAP AI Core serves "{model}"; those that run serve: {there}')
    return served[model]


def _served(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Model and id of each deployment; the first of a model comes last, so that a table keeps it."""
    deployments = answer.get("resources")
    for deployment in reversed(deployments if isinstance(deployments, list) else []):
        # The host has written this name in both ways.
        for name in ("backendDetails", "backend_details"):
            model, key = _at(deployment, ("details", "resources", name, "model", "name")), _at(deployment, ("id",))
            if model and key:
                yield model, key


def _at(value: Any, path: tuple[str, ...]) -> str:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
