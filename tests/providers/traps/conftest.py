from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from tests.fakes.host import FakeHost
from tests.providers.traps.desk import Desk


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A random wait is the shortest one: none."""
    monkeypatch.setattr("random.random", lambda: 0.0)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with FakeHost() as host:
        desk = Desk(host)
        yield desk
        await desk.hosts.close()


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits before further attempts, which take no time."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    # Only there: servers of other tests may be asleep in this process.
    without_waits = SimpleNamespace(**{**vars(asyncio), "sleep": sleep})
    monkeypatch.setattr("lsp_llm.providers.asking.asyncio", without_waits)
    return waits
