from __future__ import annotations

import msgspec
import pytest

from lsp_llm.config.settings import Preset
from lsp_llm.context.templates import built_in_folder
from lsp_llm.providers.fim import FIM_NAMES
from lsp_llm.providers.preset_table import PRESETS
from lsp_llm.providers.provider_table import PROVIDERS

REFUSED_BY_TODAYS_MODELS = frozenset({"temperature", "top_p", "top_k", "stop", "thinking", "budget_tokens"})


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_sound(name: str) -> None:
    preset = msgspec.convert(dict(PRESETS[name]), Preset)
    provider = next(provider for provider in PROVIDERS if provider.name == preset.provider)
    assert preset.description
    assert (built_in_folder() / preset.templates).is_dir()
    assert not preset.fim or preset.fim in FIM_NAMES
    # Without a model a preset stands for what its owner serves, and is named like the provider.
    assert preset.model or name == provider.name


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_sends_nothing_that_a_model_refuses(name: str) -> None:
    assert not REFUSED_BY_TODAYS_MODELS & set(PRESETS[name].get("params", {}))


def test_every_provider_has_a_preset_but_those_whose_models_only_their_owner_can_name() -> None:
    served = {preset["provider"] for preset in PRESETS.values()}
    assert {provider.name for provider in PROVIDERS} - served == {"ollama", "lmstudio"}


def test_every_claude_has_room_for_its_answer_and_templates_of_its_own() -> None:
    claudes = [preset for preset in PRESETS.values() if "claude" in preset.get("model", "")]
    assert len(claudes) == 4
    assert all(preset["params"] == {"max_tokens": 16_000} and preset["templates"] == "anthropic" for preset in claudes)
