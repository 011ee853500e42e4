from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lsp_llm.config.settings import Preset, Provider, Remote, Settings
from lsp_llm.config.validation import accept

SECRET = "sk-live-0123456789"


def test_the_defaults_pass_their_own_checks() -> None:
    assert accept(Settings, msgspec.to_builtins(Settings()))[1] == ()


HOLDERS = [
    Provider(headers={"X-Key": SECRET}),
    Provider(query={"key": SECRET}),
    Preset(provider="o", headers={"X-Key": SECRET}),
    Remote(url=f"ws://host/?token={SECRET}"),
]


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
def test_a_repr_names_what_may_hold_a_secret_and_does_not_show_it(holder: Any) -> None:
    for shown in (repr(holder), str(holder), f"{holder}", repr(list(holder.__rich_repr__()))):
        assert SECRET not in shown
        assert "<hidden>" in shown


def test_a_repr_shows_the_rest() -> None:
    assert "base_url='http://host'" in repr(Settings(providers={"o": Provider(base_url="http://host")}))
