from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from lsp_llm.providers.hosts import ModelHosts


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A random wait is the shortest one: none."""
    monkeypatch.setattr("random.random", lambda: 0.0)


@pytest.fixture
async def hosts() -> AsyncIterator[ModelHosts]:
    hosts = ModelHosts({"MOCK_KEY": "sk-mock"})
    yield hosts
    await hosts.close()
