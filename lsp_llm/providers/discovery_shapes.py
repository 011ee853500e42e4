"""Where each dialect lists its models, and what such a list says, in one form; pure, it asks nobody.

The lists differ in names only, so that one reader takes them all, and whatever hosts of a dialect add of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from lsp_llm.errors import BadResponse
from lsp_llm.stream.payload import loose_json
from lsp_llm.stream.surrogates import well_formed

_LISTS: Final = ("data", "models")
_NAMES: Final = ("id", "name", "model")
# As vLLM, Anthropic and LiteLLM, Gemini, Groq, OpenRouter, Mistral and LM Studio call it.
_CONTEXT_SIZES: Final = (
    "max_model_len",
    "max_input_tokens",
    "inputTokenLimit",
    "context_window",
    "context_length",
    "max_context_length",
)
_GEMINI_PREFIX: Final = "models/"
_GEMINI_ANSWERS: Final = "generateContent"


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Where the list is, below a provider's base address, and how it is asked for."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


_PLAIN: Final = ListPlace("/models")
_PLACES: Final[Mapping[str, ListPlace]] = {
    # Both give a page of few models unless asked for more; these are the most that they give.
    "anthropic": ListPlace("/models", {"limit": "1000"}, {"anthropic-version": "2023-06-01"}),
    "gemini": ListPlace("/models", {"pageSize": "1000"}),
    # Two slashes: it lies beside the /v1 of OpenAI's dialect, not below it.
    "ollama": ListPlace("//api/tags"),
}


class ModelInfo(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One model as its host lists it; `context_tokens` is 0 where the host does not say."""

    id: str
    context_tokens: int = 0


def list_place(dialect: str) -> ListPlace:
    """Where a dialect lists models: most hosts have OpenAI's list beside whatever they speak."""
    return _PLACES.get(dialect, _PLAIN)


def models_in(body: bytes) -> tuple[ModelInfo, ...]:
    """The models that answer with text, in the order of their names; raises BadResponse where it is no such list."""
    value = loose_json(body)
    if isinstance(value, dict):
        value = next((value[name] for name in _LISTS if isinstance(value.get(name), list)), None)
    if not isinstance(value, list):
        raise BadResponse("The host's list of models has an unknown shape.", "Check the provider's base_url.")
    models = {model.id: model for entry in value if isinstance(entry, dict) for model in _model(entry)}
    return tuple(models[name] for name in sorted(models))


def _model(entry: Mapping[str, Any]) -> Iterator[ModelInfo]:
    name = next((entry[key] for key in _NAMES if isinstance(entry.get(key), str) and entry[key]), "")
    methods = entry.get("supportedGenerationMethods")
    if name and (not isinstance(methods, list) or _GEMINI_ANSWERS in methods):
        yield ModelInfo(well_formed(name).removeprefix(_GEMINI_PREFIX), _context_tokens(entry))


def _context_tokens(entry: Mapping[str, Any]) -> int:
    """The first size that is one; llama.cpp says what it was started with, or what the model was trained with."""
    meta = entry.get("meta")
    sizes = [entry.get(key) for key in _CONTEXT_SIZES]
    sizes += [meta.get("n_ctx"), meta.get("n_ctx_train")] if isinstance(meta, dict) else []
    return next((size for size in sizes if type(size) is int and size > 0), 0)
