"""What every entry of the table has to keep; docs/providers.md shows each of them at work."""

from __future__ import annotations

import msgspec
import pytest

from lsp_llm.config.settings import Provider
from lsp_llm.providers.provider_table import LOCAL, PROVIDERS, BuiltInProvider


def settings_of(provider: BuiltInProvider) -> Provider:
    return msgspec.convert(dict(provider.settings), Provider)


def by_name(name: str) -> BuiltInProvider:
    return next(provider for provider in PROVIDERS if provider.name == name)


def test_no_name_stands_twice() -> None:
    names = [provider.name for provider in PROVIDERS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_an_entry_has_its_address_and_a_place_for_its_key(provider: BuiltInProvider) -> None:
    settings = settings_of(provider)
    assert bool(settings.base_url) is (provider.name != LOCAL)
    assert not settings.base_url.endswith("/")
    is_hosted = settings.base_url.startswith("https://") or provider.name in {"azure", "aicore"}
    takes_key = settings.auth not in {"none", "google"}
    assert bool(provider.key_env) is (is_hosted and takes_key)
    # Only a server on this machine can do without the name of a model.
    assert provider.model_is or not is_hosted


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_a_key_goes_out_encrypted_or_stays_on_this_machine(provider: BuiltInProvider) -> None:
    base_url = settings_of(provider).base_url
    assert base_url.startswith(("https://", "http://127.0.0.1:", "{")) or provider.name == LOCAL


@pytest.mark.parametrize("name", ["ollama", "llamacpp", "vllm", "lmstudio", LOCAL, "openai", "azure", "xai"])
def test_models_that_load_or_think_for_minutes_get_them(name: str) -> None:
    assert settings_of(by_name(name)).first_token_timeout_seconds == 300


@pytest.mark.parametrize("name", ["mistral", "codestral", "deepseek-beta"])
def test_hosts_that_mark_the_beginning_of_an_answer_say_how(name: str) -> None:
    assert settings_of(by_name(name)).prefill == {"prefix": True}
