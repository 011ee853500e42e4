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


@pytest.mark.parametrize("address", ["https://host", "http://{region}.host/v1", "{endpoint}/openai/v1", ""])
def test_an_address_may_hold_blanks(address: str) -> None:
    assert accept(Settings, {"providers": {"o": {"base_url": address}}})[1] == ()


@pytest.mark.parametrize(
    "address", ["host", "ftp://host", "{Endpoint}/v1", "x{endpoint}", "https://a b", "{endpoint}\n"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert accept(Settings, {"providers": {"o": {"base_url": address}}})[1]


def test_a_clients_secret_does_not_belong_in_the_settings() -> None:
    (fault,) = accept(Settings, {"providers": {"o": {"oauth": {"client_secret": SECRET}}}})[1]
    assert "api_key_env" in fault.message
    assert SECRET not in fault.message
