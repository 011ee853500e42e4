from __future__ import annotations

import pytest

from lsp_llm.config.layers import Layer, Origin, merge
from lsp_llm.config.settings import Preset, Settings
from lsp_llm.errors import UserError
from lsp_llm.providers.registry import (
    LOCAL,
    PRESETS,
    PROVIDERS,
    builtin_values,
    choose_preset,
    default_key_env,
    placed,
    resolve,
)


def settings_with(**values: object) -> Settings:
    built_in = Layer("built in", Origin.BUILT_IN, builtin_values())
    settings, problems = merge([built_in, Layer("config.toml", Origin.USER, values)])
    assert problems == ()
    return settings


def test_the_tables_are_taken_whole() -> None:
    settings = settings_with()
    assert list(settings.providers) == [provider.name for provider in PROVIDERS]
    assert list(settings.presets) == list(PRESETS)
    for name in PRESETS:
        assert resolve(settings, name).provider_name == settings.presets[name].provider


def test_a_caller_cannot_change_the_tables() -> None:
    builtin_values()["providers"]["openai"]["base_url"] = "http://elsewhere"
    assert builtin_values()["providers"]["openai"]["base_url"] == "https://api.openai.com/v1"


def test_where_a_key_usually_is() -> None:
    assert default_key_env("openai") == "OPENAI_API_KEY"
    assert default_key_env("vllm") == default_key_env("mine") == ""


@pytest.mark.parametrize(
    ("values", "environ", "name", "reason"),
    [
        ({}, {}, "local", 'no preset is set and no API key of a built-in preset is there: using "local"'),
        ({}, {"OPENAI_API_KEY": " "}, "local", "no preset is set and no API key"),
        ({}, {"OPENAI_API_KEY": "k"}, "openai", 'no preset is set and OPENAI_API_KEY is there: using "openai"'),
        ({}, {"MISTRAL_API_KEY": "k", "OPENAI_API_KEY": "k"}, "openai", "no preset is set and OPENAI_API_KEY"),
        ({}, {"ANTHROPIC_API_KEY": "k", "GEMINI_API_KEY": "k"}, "anthropic", "no preset is set and ANTHROPIC_API_KEY"),
        ({}, {"GROQ_API_KEY": "k"}, "groq", "no preset is set and GROQ_API_KEY"),
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
        (
            {"providers": {"groq": {"api_key_command": "pass groq"}}},
            {},
            "groq",
            "no preset is set and providers.groq.api_key_command is there",
        ),
        # A key alone is not enough where the host's name or the model's is missing.
        ({}, {"AWS_BEARER_TOKEN_BEDROCK": "k"}, "local", "no preset is set and no API key"),
        ({}, {"AWS_BEARER_TOKEN_BEDROCK": "k", "AWS_REGION": "eu-west-1"}, "bedrock", "no preset is set and AWS_"),
        ({}, {"AZURE_OPENAI_API_KEY": "k", "AZURE_OPENAI_ENDPOINT": "https://a"}, "local", "no preset is set"),
        (
            {"presets": {"azure": {"model": "d"}}},
            {"AZURE_OPENAI_API_KEY": "k", "AZURE_OPENAI_ENDPOINT": "https://a"},
            "azure",
            "no preset is set and AZURE_OPENAI_API_KEY",
        ),
    ],
)
def test_which_preset_is_chosen_and_why(
    values: dict[str, object], environ: dict[str, str], name: str, reason: str
) -> None:
    chosen, said = choose_preset(settings_with(**values), environ)
    assert chosen == name
    assert said.startswith(reason)


def test_what_the_user_chose_for_the_workspace_stands_above_the_settings_as_long_as_it_is_there() -> None:
    settings = settings_with(preset="mistral")
    assert choose_preset(settings, {}, "xai") == ("xai", 'you chose the preset "xai" for this workspace')
    name, reason = choose_preset(settings, {}, "gone")
    assert name == "mistral"
    assert reason.startswith('the preset "gone", which you chose for this workspace, is not there any more; ')


def test_bare_settings_choose_the_local_preset() -> None:
    assert choose_preset(Settings(), {"OPENAI_API_KEY": "k"})[0] == LOCAL


def test_a_users_preset_and_provider_resolve() -> None:
    settings = settings_with(
        providers={"mine": {"base_url": "http://127.0.0.1:9/v1"}}, presets={"fast": {"provider": "mine", "model": "m"}}
    )
    resolved = placed(resolve(settings, "fast"), {})
    assert (resolved.preset.model, resolved.provider_name) == ("m", "mine")
    assert resolved.provider.base_url == "http://127.0.0.1:9/v1"


def test_a_built_in_preset_takes_the_users_changes() -> None:
    resolved = resolve(settings_with(presets={"openai": {"model": "other"}}), "openai")
    assert (resolved.preset.model, resolved.provider_name) == ("other", "openai")


def test_a_preset_stands_above_the_parameters_of_its_provider() -> None:
    settings = settings_with(
        providers={"mine": {"params": {"a": 1, "b": {"c": 2}}}},
        presets={"p": {"provider": "mine", "params": {"b": 3}}},
    )
    assert resolve(settings, "p").preset.params == {"a": 1, "b": 3}
    assert settings.presets["p"].params == {"b": 3}


def test_a_users_provider_has_blanks_of_its_own_and_needs_no_model() -> None:
    settings = settings_with(
        providers={"mine": {"base_url": "https://{region}.host/v1", "address": {"region": "north"}}},
        presets={"p": {"provider": "mine"}},
    )
    assert placed(resolve(settings, "p"), {}).provider.base_url == "https://north.host/v1"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("azure", 'preset "azure" names no model: set model in [presets.azure] to the name of your deployment'),
        (
            "aicore",
            'preset "aicore" names no model: set model in [presets.aicore] '
            "to the model of one of your running deployments",
        ),
    ],
)
def test_a_preset_without_the_model_that_its_provider_needs_says_so(name: str, said: str) -> None:
    with pytest.raises(UserError) as raised:
        placed(resolve(settings_with(), name), {})
    assert str(raised.value) == said


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
    with pytest.raises(UserError, match=r"known: aicore, anthropic, .*, vllm, xai$"):
        resolve(settings_with(), "zzzzz")
