"""The list of presets: what is chosen, where keys are, and what keeps a preset from being used."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lsp_llm.config.layers import Layer, Origin, merge
from lsp_llm.config.settings import Settings
from lsp_llm.providers.discovery_presets import PresetRow, key_place, preset_list
from lsp_llm.providers.registry import builtin_values

SECRET = "sk-secret-of-the-test"


def settings_of(**values: Any) -> Settings:
    layers = [Layer("built in", Origin.BUILT_IN, builtin_values()), Layer("test", Origin.USER, values)]
    return merge(layers)[0]


def row(name: str, environ: dict[str, str] | None = None, **values: Any) -> PresetRow:
    found = preset_list(settings_of(**values), environ or {})
    return next(row for row in found.presets if row.name == name)


def test_the_first_preset_with_a_key_is_chosen_and_it_is_said_why() -> None:
    found = preset_list(settings_of(), {"MISTRAL_API_KEY": SECRET})
    assert found.chosen == "mistral"
    assert found.reason == 'no preset is set and MISTRAL_API_KEY is there: using "mistral"'
    assert SECRET not in msgspec.json.encode(found).decode()


def test_what_the_user_chose_is_chosen() -> None:
    found = preset_list(settings_of(), {}, "mistral")
    assert (found.chosen, found.reason) == ("mistral", 'you chose the preset "mistral" for this workspace')


def test_without_any_key_it_is_the_local_one() -> None:
    found = preset_list(settings_of(), {})
    assert found.chosen == "local"
    assert "no API key of a built-in preset is there" in found.reason


def test_one_that_is_set_is_chosen_though_it_is_not_there() -> None:
    found = preset_list(settings_of(preset="mine"), {"MISTRAL_API_KEY": SECRET})
    assert (found.chosen, found.reason) == ("mine", 'the settings choose the preset "mine"')


def test_presets_are_in_the_order_of_their_names() -> None:
    names = [row.name for row in preset_list(settings_of(), {}).presets]
    assert names == sorted(names)
    assert {"openai", "local"} <= set(names)


@pytest.mark.parametrize(
    ("provider", "environ", "key"),
    [
        ({}, {"MY_KEY": SECRET}, ("none", "")),
        ({"api_key_env": "MY_KEY"}, {"MY_KEY": SECRET}, ("found", "MY_KEY")),
        ({"api_key_env": "MY_KEY"}, {"MY_KEY": "  "}, ("missing", "MY_KEY")),
        ({"api_key_env": "MY_KEY"}, {}, ("missing", "MY_KEY")),
        ({"api_key_command": "exit 7"}, {}, ("onDemand", "api_key_command")),
        ({"api_key_command": "exit 7", "api_key_env": "MY_KEY"}, {"MY_KEY": SECRET}, ("found", "MY_KEY")),
        ({"auth": "none", "api_key_command": "exit 7"}, {}, ("none", "")),
        ({"auth": "google"}, {}, ("onDemand", "Google's application default credentials")),
    ],
)
def test_where_a_key_is(provider: dict[str, str], environ: dict[str, str], key: tuple[str, str]) -> None:
    """Nothing is run for it: the command would fail."""
    found = row(
        "mine",
        environ,
        providers={"mine": {"base_url": "https://h/v1", **provider}},
        presets={"mine": {"provider": "mine", "model": "m"}},
    )
    assert (found.key, found.key_place, found.problem) == (*key, "")


def test_what_keeps_a_preset_from_being_used_is_said() -> None:
    lost = row("mine", presets={"mine": {"provider": "opena", "model": "m"}})
    assert 'there is no provider "opena"; did you mean "openai"?' in lost.problem
    assert "names no model" in row("azure", {"AZURE_OPENAI_API_KEY": SECRET}).problem
    assert row("azure", {"AZURE_OPENAI_API_KEY": SECRET}).key == "found"


def test_a_provider_that_is_not_built_in_has_no_usual_variable() -> None:
    settings = settings_of(providers={"mine": {"base_url": "https://h/v1"}})
    assert key_place("mine", settings.providers["mine"], {}) == ("none", "")
