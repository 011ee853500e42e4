"""The presets that are built in, as data: at least one for each provider that has a model to name.

They set what a model needs and nothing that one refuses: Claude gets room for its answer, no preset has a temperature.
The first of a provider is named like it. The order is the order of choice where the user has set none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.providers.provider_table import LOCAL


def _preset(provider: str, model: str, description: str, **more: Any) -> Mapping[str, Any]:
    return {"provider": provider, "model": model, "description": description, **more}


def _claude(provider: str, model: str, description: str) -> Mapping[str, Any]:
    # Thinking counts as well: a small limit ends an answer before its first word.
    return _preset(provider, model, description, templates="anthropic", params={"max_tokens": 16_000})


def _served(provider: str, description: str) -> Mapping[str, Any]:
    return {"provider": provider, "description": description}


PRESETS: Mapping[str, Mapping[str, Any]] = {
    "openai": _preset("openai", "gpt-6.1-sol", "OpenAI GPT-6.1 Sol"),
    "openai-fast": _preset("openai", "gpt-6-luna", "OpenAI GPT-6 Luna, small and quick"),
    "anthropic": _claude("anthropic", "claude-sonnet-5-5", "Claude Sonnet 5.5"),
    "anthropic-fast": _claude("anthropic", "claude-haiku-5-5", "Claude Haiku 5.5, small and quick"),
    "gemini": _preset("gemini", "gemini-3.8-flash", "Google Gemini 3.8 Flash"),
    "mistral": _preset("mistral", "mistral-large-latest", "Mistral Large, the latest"),
    "deepseek": _preset("deepseek", "deepseek-v4-flash", "DeepSeek V4 Flash"),
    "deepseek-pro": _preset("deepseek", "deepseek-v4-pro", "DeepSeek V4 Pro"),
    "xai": _preset("xai", "grok-4.5", "xAI Grok 4.5"),
    "groq": _preset("groq", "openai/gpt-oss-120b", "GPT-OSS 120B on Groq"),
    "openrouter": _preset("openrouter", "openrouter/auto", "whichever model OpenRouter finds fit"),
    "codestral": _preset("codestral", "codestral-latest", "Codestral, which fills in the middle", fim="mistral"),
    "deepseek-fim": _preset("deepseek-beta", "deepseek-v4-pro", "DeepSeek, filling in the middle", fim="deepseek"),
    "bedrock": _preset("bedrock", "openai.gpt-oss-120b-1:0", "GPT-OSS 120B on Amazon Bedrock"),
    "bedrock-anthropic": _claude(
        "bedrock-anthropic", "anthropic.claude-sonnet-5-5", "Claude Sonnet 5.5 on Amazon Bedrock"
    ),
    "vertex": _preset("vertex", "gemini-3.8-flash", "Google Gemini 3.8 Flash on Vertex AI"),
    "vertex-anthropic": _claude("vertex-anthropic", "claude-sonnet-5-5", "Claude Sonnet 5.5 on Vertex AI"),
    # What these serve, and what it is called there, is the owner's doing.
    "azure": _served("azure", "your deployment on Azure"),
    "aicore": _served("aicore", "your deployment on SAP AI Core"),
    "llamacpp": _served("llamacpp", "the model that llama.cpp's server has loaded"),
    "vllm": _served("vllm", "the model that vLLM serves"),
    LOCAL: _served(LOCAL, "a model on this machine, run by lsp-llm itself"),
}
