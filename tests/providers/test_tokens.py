from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from lsp_llm.config.secrets import Secret
from lsp_llm.errors import Auth
from lsp_llm.providers.tokens import KeptToken, Token


class Service:
    """Gives what the test lines up, and counts how often it is asked."""

    def __init__(self, *tokens: Token | Exception) -> None:
        self.asked = 0
        self._tokens: Iterator[Token | Exception] = iter(tokens)

    async def fetch(self) -> Token:
        self.asked += 1
        await asyncio.sleep(0)
        token = next(self._tokens)
        if isinstance(token, Exception):
            raise token
        return token


def token(value: str, lasts_seconds: float = 3600) -> Token:
    return Token(Secret(value), lasts_seconds)


async def test_a_token_is_kept_until_a_minute_before_its_end() -> None:
    service, now = Service(token("a", 300), token("b")), [0.0]
    kept = KeptToken(service.fetch, lambda: now[0])
    for now[0], value in [(0.0, "a"), (239.9, "a"), (240.0, "b"), (241.0, "b")]:
        assert await kept.key() == value
    assert service.asked == 2


async def test_a_token_that_never_lasts_a_minute_is_fetched_each_time() -> None:
    service = Service(token("a", 59), token("b", 59))
    kept = KeptToken(service.fetch, lambda: 0.0)
    assert [await kept.key(), await kept.key()] == ["a", "b"]


async def test_those_who_ask_at_once_share_one_fetch() -> None:
    service = Service(token("a"))
    kept = KeptToken(service.fetch, lambda: 0.0)
    assert await asyncio.gather(kept.key(), kept.key(), kept.key()) == ["a"] * 3
    assert service.asked == 1


async def test_none_is_a_key_too() -> None:
    service = Service(Token(None))
    kept = KeptToken(service.fetch, lambda: 0.0)
    assert [await kept.key(), await kept.key()] == ["", ""]
    assert service.asked == 1


@pytest.mark.parametrize(("second", "is_another"), [("b", True), ("a", False)])
async def test_a_refused_token_is_asked_for_again(second: str, is_another: bool) -> None:
    kept = KeptToken(Service(token("a"), token(second)).fetch, lambda: 0.0)
    await kept.key()
    assert await kept.refresh() is is_another
    assert await kept.key() == second


async def test_two_who_were_refused_the_same_token_ask_once() -> None:
    service = Service(token("a"), token("b"))
    kept = KeptToken(service.fetch, lambda: 0.0)
    await kept.key()
    assert await asyncio.gather(kept.refresh(), kept.refresh()) == [True, True]
    assert service.asked == 2


async def test_a_failed_fetch_leaves_nothing_behind() -> None:
    service = Service(token("a"), Auth("no"), token("b"))
    kept = KeptToken(service.fetch, lambda: 0.0)
    await kept.key()
    with pytest.raises(Auth):
        await kept.refresh()
    assert await kept.key() == "b"


async def test_one_who_leaves_does_not_hold_up_the_others() -> None:
    service = Service(token("a"), token("b"))
    kept = KeptToken(service.fetch, lambda: 0.0)
    leaving = asyncio.create_task(kept.key())
    await asyncio.sleep(0)
    leaving.cancel()
    assert await kept.key() == "a"
    assert service.asked == 2


def test_a_token_does_not_show() -> None:
    assert "sk-1" not in repr(token("sk-1"))
