from __future__ import annotations

import pytest

from lsp_llm.config.layers import Layer, Origin, merge
from lsp_llm.config.secrets import find_key
from lsp_llm.config.settings import Preset, Settings
from lsp_llm.errors import UserError
from lsp_llm.providers.registry import (
    LOCAL,
    PRESETS,
    PROVIDERS,
    builtin_values,
    choose_preset,
    default_key_env,
    resolve,
)


def settings_with(**values: object) -> Settings:
    built_in = Layer("built in", Origin.BUILT_IN, builtin_values())
    settings, problems = merge([built_in, Layer("config.toml", Origin.USER, values)])
    assert problems == ()
    return settings


def test_the_tables_are_sound_and_whole() -> None:
    settings = settings_with()
    assert list(settings.providers) == [provider.name for provider in PROVIDERS]
    assert list(settings.presets) == list(PRESETS)
    for name in PRESETS:
        assert resolve(settings, name).provider_name == name


def test_a_caller_cannot_change_the_tables() -> None:
    builtin_values()["providers"]["openai"]["base_url"] = "http://elsewhere"
    assert builtin_values()["providers"]["openai"]["base_url"] == "https://api.openai.com/v1"


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_a_hosted_provider_has_a_key_and_a_local_one_has_time(provider: object) -> None:
    name = provider.name  # type: ignore[attr-defined]
    built = settings_with().providers[name]
    on_this_machine = not built.base_url.startswith("https://")
    assert bool(default_key_env(name)) is not on_this_machine
    assert built.first_token_timeout_seconds == (300 if on_this_machine else 60)
    assert not built.base_url.endswith("/")
    if on_this_machine:
        assert find_key(name, built, default_key_env(name), {}) is None


def test_every_preset_but_the_local_one_names_its_model() -> None:
    assert [name for name, preset in settings_with().presets.items() if not preset.model] == [LOCAL]


@pytest.mark.parametrize(
    ("values", "environ", "name", "reason"),
    [
        ({}, {}, "local", 'no preset is set and no API key of a built-in preset is there: using "local"'),
        ({}, {"OPENAI_API_KEY": " "}, "local", "no preset is set and no API key"),
        ({}, {"OPENAI_API_KEY": "k"}, "openai", 'no preset is set and OPENAI_API_KEY is there: using "openai"'),
        ({}, {"MISTRAL_API_KEY": "k", "OPENAI_API_KEY": "k"}, "openai", "no preset is set and OPENAI_API_KEY"),
        ({}, {"GROQ_API_KEY": "k"}, "local", "no preset is set and no API key"),
        ({"preset": "mistral"}, {"OPENAI_API_KEY": "k"}, "mistral", 'the settings choose the preset "mistral"'),
        ({"preset": "typo"}, {}, "typo", 'the settings choose the preset "typo"'),
        (
            {"providers": {"openai": {"api_key_env": "WORK_KEY"}}},
            {"WORK_KEY": "k", "MISTRAL_API_KEY": "k"},
            "openai",
            "no preset is set and WORK_KEY is there",
        ),
        (
            {"providers": {"openai": {"api_key_env": "WORK_KEY"}}},
            {"OPENAI_API_KEY": "k", "MISTRAL_API_KEY": "k"},
            "mistral",
            "no preset is set and MISTRAL_API_KEY is there",
        ),
    ],
)
def test_which_preset_is_chosen_and_why(
    values: dict[str, object], environ: dict[str, str], name: str, reason: str
) -> None:
    chosen, said = choose_preset(settings_with(**values), environ)
    assert chosen == name
    assert said.startswith(reason)


def test_bare_settings_choose_the_local_preset() -> None:
    assert choose_preset(Settings(), {"OPENAI_API_KEY": "k"})[0] == LOCAL


def test_a_users_preset_and_provider_resolve() -> None:
    settings = settings_with(
        providers={"mine": {"base_url": "http://127.0.0.1:9/v1"}}, presets={"fast": {"provider": "mine", "model": "m"}}
    )
    resolved = resolve(settings, "fast")
    assert (resolved.preset.model, resolved.provider_name) == ("m", "mine")
    assert resolved.provider.base_url == "http://127.0.0.1:9/v1"


def test_a_built_in_preset_takes_the_users_changes() -> None:
    resolved = resolve(settings_with(presets={"openai": {"model": "other"}}), "openai")
    assert (resolved.preset.model, resolved.provider_name) == ("other", "openai")


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(UserError) as raised:
        resolve(settings_with(), "opnai")
    assert str(raised.value) == 'there is no preset "opnai"; did you mean "openai"?'


def test_an_unknown_provider_names_the_preset_and_the_nearest() -> None:
    settings = settings_with(presets={"p": {"provider": "olama"}})
    assert settings.presets["p"] == Preset(provider="olama")
    with pytest.raises(UserError) as raised:
        resolve(settings, "p")
    assert str(raised.value) == 'preset "p": there is no provider "olama"; did you mean "ollama"?'


def test_an_unknown_name_far_from_all_lists_them() -> None:
    with pytest.raises(UserError, match="known: deepseek, gemini, local, mistral, openai, openrouter"):
        resolve(settings_with(), "zzzzz")
