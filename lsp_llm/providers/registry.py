"""The providers and presets that are built in, as data, and the choice among presets; it opens no connection.

A provider that speaks a known dialect is one entry here. Settings merge over these tables key by key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lsp_llm.config.nearest import known_names
from lsp_llm.config.secrets import key_variable
from lsp_llm.config.settings import Preset, Provider, Settings
from lsp_llm.errors import UserError

LOCAL = "local"

# A model on this machine may have to be loaded first, which takes minutes.
_LOCAL_FIRST_TOKEN_SECONDS = 300


@dataclass(frozen=True, slots=True)
class BuiltInProvider:
    """A provider's settings as they are before the user's, and the variable that its vendor reads the key from."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    key_env: str = ""


@dataclass(frozen=True, slots=True)
class ResolvedPreset:
    """A preset together with its provider: all that a request needs but the key."""

    name: str
    preset: Preset
    provider_name: str
    provider: Provider


def _hosted(name: str, base_url: str, key_env: str) -> BuiltInProvider:
    return BuiltInProvider(name, {"base_url": base_url}, key_env)


def _on_this_machine(name: str, **settings: str) -> BuiltInProvider:
    return BuiltInProvider(name, {**settings, "first_token_timeout_seconds": _LOCAL_FIRST_TOKEN_SECONDS})


# llama.cpp, vLLM and LM Studio can be told to ask for a key: none is named here, so that none is sent until the user
# names one.
PROVIDERS: tuple[BuiltInProvider, ...] = (
    _hosted("openai", "https://api.openai.com/v1", "OPENAI_API_KEY"),
    _hosted("gemini", "https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
    _hosted("mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    _hosted("deepseek", "https://api.deepseek.com", "DEEPSEEK_API_KEY"),
    _hosted("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    _hosted("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    _on_this_machine("ollama", base_url="http://127.0.0.1:11434/v1", auth="none"),
    _on_this_machine("llamacpp", base_url="http://127.0.0.1:8080/v1"),
    _on_this_machine("vllm", base_url="http://127.0.0.1:8000/v1"),
    _on_this_machine("lmstudio", base_url="http://127.0.0.1:1234/v1"),
    _on_this_machine(LOCAL, auth="none"),
)

# One preset per provider, named like it, where a model id is known to be served; in the order of choice. A server on
# this machine has the models that its owner put there, so that no id can be named for it.
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "openai": {"provider": "openai", "model": "gpt-5.4", "description": "OpenAI GPT-5.4"},
    "gemini": {"provider": "gemini", "model": "gemini-3.7-flash", "description": "Google Gemini 3.7 Flash"},
    "mistral": {"provider": "mistral", "model": "mistral-large-latest", "description": "Mistral Large, the latest"},
    "deepseek": {"provider": "deepseek", "model": "deepseek-v4-flash", "description": "DeepSeek V4 Flash"},
    "openrouter": {
        "provider": "openrouter",
        "model": "openrouter/auto",
        "description": "whichever model OpenRouter finds fit",
    },
    LOCAL: {"provider": LOCAL, "description": "a model on this machine, run by lsp-llm itself"},
}


def builtin_values() -> dict[str, Any]:
    """The values of the lowest layer of settings: every built-in provider and preset; a new dict at each call."""
    return {
        "providers": {provider.name: dict(provider.settings) for provider in PROVIDERS},
        "presets": {name: dict(preset) for name, preset in PRESETS.items()},
    }


def default_key_env(provider_name: str) -> str:
    """The environment variable where a built-in provider's key usually is, "" when there is none."""
    return next((provider.key_env for provider in PROVIDERS if provider.name == provider_name), "")


def choose_preset(settings: Settings, environ: Mapping[str, str]) -> tuple[str, str]:
    """The name of the preset in use and a sentence on why; the name may be unknown, which `resolve` reports."""
    if settings.preset:
        return settings.preset, f'the settings choose the preset "{settings.preset}"'
    for name in PRESETS:
        variable = _key_env(settings, name)
        if environ.get(variable, "").strip():
            return name, f'no preset is set and {variable} is there: using "{name}"'
    return LOCAL, f'no preset is set and no API key of a built-in preset is there: using "{LOCAL}"'


def resolve(settings: Settings, name: str) -> ResolvedPreset:
    """The preset `name` with its provider; raises UserError, with the nearest known name, when either is unknown."""
    preset = settings.presets.get(name)
    if preset is None:
        raise UserError(_unknown("preset", name, settings.presets))
    provider = settings.providers.get(preset.provider)
    if provider is None:
        raise UserError(f'preset "{name}": {_unknown("provider", preset.provider, settings.providers)}')
    return ResolvedPreset(name, preset, preset.provider, provider)


def _key_env(settings: Settings, preset_name: str) -> str:
    """The variable that holds the key of a preset's provider, "" where no variable does."""
    preset = settings.presets.get(preset_name)
    provider = settings.providers.get(preset.provider) if preset else None
    if preset is None or provider is None:
        return ""
    return key_variable(provider, default_key_env(preset.provider))


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    return f'there is no {kind} "{name}"; {known_names(name, known)}'
