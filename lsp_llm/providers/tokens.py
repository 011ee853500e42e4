"""A key that is fetched and kept for as long as it holds; it knows no way of fetching and writes nothing down."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from lsp_llm.config.secrets import Secret

# A token must still hold when the request that carries it arrives.
EARLY_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Token:
    """A key as it was given, None for none; `lasts_seconds` counts from then on."""

    secret: Secret | None
    lasts_seconds: float = math.inf

    @property
    def value(self) -> str:
        """What is sent, "" for nothing."""
        return self.secret.reveal() if self.secret else ""


class KeptToken:
    """A `Credential` that asks for its token when there is none, or none that holds for another minute."""

    def __init__(self, fetch: Callable[[], Awaitable[Token]], now: Callable[[], float]) -> None:
        """`now`: a clock in seconds that never goes back."""
        self._fetch = fetch
        self._now = now
        self._token: Token | None = None
        self._given: Token | None = None
        self._good_until = 0.0
        self._fetching = asyncio.Lock()

    async def key(self) -> str:
        """The token, fetched once for all who ask at the same time; raises what fetching raises."""
        async with self._fetching:
            if self._token is not None and self._now() < self._good_until:
                return self._token.value
            return (await self._renew()).value

    async def refresh(self) -> bool:
        """The host did not take the token: ask for another; whether it is another."""
        # Another one may be asking already: what was refused is what was given last.
        refused = self._given
        async with self._fetching:
            token = self._token
            if token is None or token is refused:
                token = await self._renew()
            return refused is None or token.value != refused.value

    async def _renew(self) -> Token:
        # Forgotten first: where fetching fails, the old one must not come back.
        self._token = None
        self._token = self._given = token = await self._fetch()
        self._good_until = self._now() + token.lasts_seconds - EARLY_SECONDS
        return token
