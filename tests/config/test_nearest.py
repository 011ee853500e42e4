from __future__ import annotations

import pytest

from lsp_llm.config.nearest import known_names, nearest


@pytest.mark.parametrize(
    ("name", "near"), [("opnai", "openai"), ("OpenAI", "openai"), ("ollam", "Ollama"), ("zzz", None), ("", None)]
)
def test_the_nearest_name(name: str, near: str | None) -> None:
    assert nearest(name, ["openai", "Ollama"]) == near


def test_what_a_message_says() -> None:
    assert known_names("opnai", ["openai", "ollama"]) == 'did you mean "openai"?'
    assert known_names("zzz", ["openai", "ollama"]) == "known: ollama, openai"
    assert known_names("zzz", []) == "none is known"
