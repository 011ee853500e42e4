"""Fill in the middle: the text between two others, from any host that has a way to ask for it; pure.

A preset's `fim` names the way: an endpoint made for it, or the tokens of the model's family in a plain completion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lsp_llm.config.nearest import known_names
from lsp_llm.errors import NotFound, ProviderError, Refused, UserError
from lsp_llm.exchange.messages import FimRequest
from lsp_llm.providers.base import Decoder, FimCodec
from lsp_llm.providers.faults import error_of_answer
from lsp_llm.providers.fim_completions import CompletionsReading
from lsp_llm.providers.fim_infill import InfillReading
from lsp_llm.providers.fim_tokens import TOKENS, FimTokens
from lsp_llm.providers.ollama import ollama_decoder
from lsp_llm.providers.openai_chat_decoder import OpenAIChatReading
from lsp_llm.providers.stream_decoder import StreamDecoder
from lsp_llm.stream.surrogates import json_of

_WORDS_OF_THE_MATTER: Final = ("infill", "insert", "suffix", "fim")


@dataclass(frozen=True, slots=True)
class _Way:
    """A `FimCodec` as data: where to ask, how the request is laid out, how the answer is read."""

    path: str
    fields: Callable[[FimRequest], Mapping[str, Any]]
    make_decoder: Callable[[], Decoder]
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def encode(self, request: FimRequest) -> bytes:
        """The JSON body; what the user set in `params` stands above what is set here."""
        model = {"model": request.model} if request.model else {}
        return json_of({**model, **self.fields(request), "stream": True, **request.params})

    def decoder(self) -> Decoder:
        """A fresh decoder for one answer."""
        return self.make_decoder()

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """What an answer that is no stream means; most often the model cannot do it."""
        error = error_of_answer(status, headers, body)
        if isinstance(error, NotFound | Refused) and any(word in str(error).lower() for word in _WORDS_OF_THE_MATTER):
            error.hint = "Check the preset's fim and model: not every model fills in the middle."
        return error


def fim_codec(name: str) -> FimCodec:
    """The way that a preset's `fim` names; raises UserError for an unknown one."""
    if name in TOKENS:
        return _in_tokens(TOKENS[name])
    if name not in _WAYS:
        raise UserError(f'fim = "{name}" is unknown: {known_names(name, FIM_NAMES)}')
    return _WAYS[name]


def _in_tokens(tokens: FimTokens) -> FimCodec:
    def fields(request: FimRequest) -> Mapping[str, Any]:
        stop = {"stop": list(tokens.stop)} if tokens.stop else {}
        return {"prompt": tokens.prompt(request), **stop, **_COUNTS}

    return _Way("/completions", fields, _completions)


def _suffix(request: FimRequest) -> Mapping[str, Any]:
    return {"prompt": request.before, "suffix": request.after}


def _counted_suffix(request: FimRequest) -> Mapping[str, Any]:
    return {**_suffix(request), **_COUNTS}


def _infill(request: FimRequest) -> Mapping[str, Any]:
    return {"input_prefix": request.before, "input_suffix": request.after}


def _completions() -> Decoder:
    return StreamDecoder(CompletionsReading())


_COUNTS: Final[Mapping[str, Any]] = {"stream_options": {"include_usage": True}}
_COMPLETIONS: Final = _Way("/completions", _counted_suffix, _completions)

# The endpoints of llama.cpp and Ollama lie beside the /v1 that their providers' base_url names for chat. Mistral sends
# its token counts unasked, refuses fields that it does not know, and answers in the chunks of its chat.
_WAYS: Final[Mapping[str, _Way]] = {
    "openai": _COMPLETIONS,
    "deepseek": _COMPLETIONS,
    "mistral": _Way("/fim/completions", _suffix, lambda: StreamDecoder(OpenAIChatReading())),
    "llamacpp": _Way("//infill", _infill, lambda: StreamDecoder(InfillReading())),
    "ollama": _Way("//api/generate", _suffix, ollama_decoder),
}
FIM_NAMES: Final = (*_WAYS, *TOKENS)
