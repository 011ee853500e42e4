from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDKs obey the machine's proxy; the fake host is not behind it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
