"""Fetches a token for a client with its own id and secret (RFC 6749, 4.4); it keeps none and shows no part of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

from lsp_llm.config.problems import dotted
from lsp_llm.config.secrets import Secret, as_key
from lsp_llm.config.settings import OAuth
from lsp_llm.errors import Auth, BadResponse, ProviderError, Unavailable, UserError
from lsp_llm.providers.base import HttpRequest, Transport
from lsp_llm.providers.json_call import LIMIT_SECONDS, call, json_object
from lsp_llm.providers.tokens import Token

# What a token of unknown life is taken to last: the life is optional in the RFC.
_USUAL_SECONDS: Final = 300.0
# The RFC's own codes are words like this; a longer text might repeat what was sent.
_CODE: Final = re.compile(r"[a-z_]{1,40}")
_HEADERS: Final[Mapping[str, str]] = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}


async def client_token(
    name: str, oauth: OAuth, secret: Secret | None, transport: Transport, limit_seconds: float = LIMIT_SECONDS
) -> Token:
    """A token for the provider `name`.

    Raises UserError for a setting that is missing, ProviderError where no token is given.
    """
    for key in ("token_url", "client_id"):
        if not getattr(oauth, key):
            raise UserError(f'provider "{name}" has auth = "oauth" and no {key}: set it in [{_table(name)}]')
    if secret is None:
        raise UserError(f'provider "{name}" has auth = "oauth": api_key_env or api_key_command must give its secret')
    status, _, body = await call(transport, _request(oauth, secret), limit_seconds)
    host = urlsplit(oauth.token_url).netloc
    if not 200 <= status < 300:
        raise _declined(name, host, status, body)
    return _token(host, json_object(body))


def _request(oauth: OAuth, secret: Secret) -> HttpRequest:
    form = {
        "grant_type": "client_credentials",
        "client_id": oauth.client_id,
        "client_secret": secret.reveal(),
        **({"scope": oauth.scope} if oauth.scope else {}),
    }
    return HttpRequest(oauth.token_url, _HEADERS, urlencode(form).encode())


def _token(host: str, answer: dict[str, object]) -> Token:
    value = answer.get("access_token")
    if not isinstance(value, str):
        raise BadResponse(f"{host} gave no access_token.", "Check token_url.")
    try:
        return Token(as_key(value, f"what {host} gave"), _seconds(answer.get("expires_in")))
    except UserError as error:
        raise BadResponse(f"{error}.") from None


def _seconds(given: object) -> float:
    """Some services write the number as a text."""
    try:
        return float(given) if isinstance(given, int | float | str) else _USUAL_SECONDS
    except ValueError:
        return _USUAL_SECONDS


def _declined(name: str, host: str, status: int, body: bytes) -> ProviderError:
    if status == 429 or status >= 500:
        return Unavailable(f"{host}, which gives tokens for {name}, is out of order ({status}).", "Try again later.")
    return Auth(f"{host} gives no token for {name}: {_code(body) or status}.", "Check client_id and its secret.")


def _code(body: bytes) -> str:
    try:
        code = json_object(body).get("error")
    except BadResponse:
        return ""
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _table(name: str) -> str:
    return dotted(("providers", name, "oauth"))
