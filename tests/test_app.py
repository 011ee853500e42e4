"""What the composition root does itself; that the parts fit together is shown by tests/lsp/test_server.py."""

from __future__ import annotations

import pytest

from lsp_llm.app import redact_environment


def test_what_the_environment_calls_a_key_is_taken_out_of_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MY_API_KEY", "MY_TOKEN", "MY_SECRET", "MY_PASSWORD"):
        monkeypatch.setenv(name, f"value of {name}")
        assert redact_environment(f"it is value of {name}!") == "it is [redacted]!"


@pytest.mark.parametrize(("name", "value"), [("MY_API_KEY", "short"), ("MY_KEYBOARD", "a long german layout")])
def test_what_is_no_secret_stays(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A key of a few letters would take words out of every text."""
    monkeypatch.setenv(name, value)
    assert redact_environment(f"say {value}") == f"say {value}"
