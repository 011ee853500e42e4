"""Where each provider's key comes from, and what has to be asked before a request can be addressed.

Keys are looked for or fetched once and kept while the server runs; a host that does not accept one has it asked anew.
It sends no request to a model.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, assert_never

import msgspec

from lsp_llm.config.secrets import Secret, find_key
from lsp_llm.config.settings import Provider
from lsp_llm.errors import Timeout
from lsp_llm.providers.aicore import find_deployment, with_service_key
from lsp_llm.providers.base import Credential, Transport
from lsp_llm.providers.google_credentials import google_token
from lsp_llm.providers.oauth import client_token
from lsp_llm.providers.provider_table import DEPLOYMENT
from lsp_llm.providers.registry import ResolvedPreset, default_key_env, placed
from lsp_llm.providers.tokens import KeptToken, Token

_DEPLOYMENT_BLANK: Final = f"{{{DEPLOYMENT}}}"
_GOOGLE_LIMIT_SECONDS: Final = 60.0
# Deployments are stopped and made anew now and then.
_DEPLOYMENT_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class Access:
    """A preset whose provider has no blanks left, and the provider's key."""

    resolved: ResolvedPreset
    credential: Credential


class Credentials:
    """The keys of all providers, one `Credential` for each; all jobs share it."""

    def __init__(
        self,
        environ: Mapping[str, str],
        transport: Callable[[Provider], Transport],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`transport` carries what has to be asked for a provider; `now`: a clock in seconds that never goes back."""
        self._environ = environ
        self._transport = transport
        self._now = now
        self._kept: dict[str, tuple[Provider, KeptToken]] = {}
        self._deployments: dict[tuple[str, str], tuple[str, float]] = {}
        self._secrets: dict[str, Secret] = {}

    async def access(self, resolved: ResolvedPreset) -> Access:
        """What a request for the preset needs; no key is looked for yet, but where the host must say its own address.

        Raises UserError for what is missing in settings or environment, ProviderError where a host must be asked.
        """
        whole = placed(resolved, with_service_key(self._environ))
        name, provider = whole.provider_name, whole.provider
        credential = self._credential(name, provider)
        if _DEPLOYMENT_BLANK in provider.base_url:
            whole = replace(whole, provider=await self._deployed(whole, credential))
        return Access(whole, credential)

    def secrets(self) -> tuple[Secret, ...]:
        """Every key that was found or fetched so far, for those who take secrets out of texts."""
        return tuple(self._secrets.values())

    def _credential(self, name: str, provider: Provider) -> Credential:
        known = self._kept.get(name)
        if known is not None and known[0] == provider:
            return known[1]
        kept = KeptToken(lambda: self._fetch(name, provider), self._now)
        self._kept[name] = provider, kept
        return kept

    async def _fetch(self, name: str, provider: Provider) -> Token:
        match provider.auth:
            case "oauth":
                token = await client_token(
                    name, provider.oauth, await self._find(name, provider), self._transport(provider)
                )
            case "google":
                token = await _from_google()
            case "bearer" | "x-api-key" | "x-goog-api-key" | "api-key" | "none":
                token = Token(await self._find(name, provider))
            case _:
                assert_never(provider.auth)
        self._note(token.secret)
        return token

    async def _find(self, name: str, provider: Provider) -> Secret | None:
        # A command or a keyring may take seconds, in which everything else goes on.
        environ = with_service_key(self._environ)
        secret = await asyncio.to_thread(find_key, name, provider, default_key_env(name), environ)
        self._note(secret)
        return secret

    def _note(self, secret: Secret | None) -> None:
        if secret is not None:
            self._secrets[secret.reveal()] = secret

    async def _deployed(self, resolved: ResolvedPreset, credential: Credential) -> Provider:
        """The provider with the address of the model's deployment."""
        provider, model = resolved.provider, resolved.preset.model
        api_url = provider.base_url.partition("/v2/")[0]
        deployment, until = self._deployments.get((api_url, model), ("", 0.0))
        if not deployment or self._now() >= until:
            headers = {**provider.headers, "authorization": f"Bearer {await credential.key()}"}
            deployment = await find_deployment(self._transport(provider), api_url, headers, model)
            self._deployments[api_url, model] = deployment, self._now() + _DEPLOYMENT_SECONDS
        return msgspec.structs.replace(provider, base_url=provider.base_url.replace(_DEPLOYMENT_BLANK, deployment))


async def _from_google() -> Token:
    try:
        async with asyncio.timeout(_GOOGLE_LIMIT_SECONDS):
            return await asyncio.to_thread(google_token)
    except TimeoutError:
        said = f"Google's library gave no token within {_GOOGLE_LIMIT_SECONDS:g} s."
        raise Timeout(said, "Check the network and HTTPS_PROXY.") from None
