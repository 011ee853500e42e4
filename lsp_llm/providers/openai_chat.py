"""The Chat Completions dialect of OpenAI and of the many hosts that speak it; pure, values in and bytes out.

It sends nothing that the user did not set, beyond the request for a stream and its token counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from lsp_llm.errors import ProviderError
from lsp_llm.exchange.messages import Message, ModelRequest
from lsp_llm.providers.faults import error_of_answer
from lsp_llm.providers.openai_chat_decoder import OpenAIChatDecoder
from lsp_llm.stream.surrogates import well_formed


class OpenAIChatCodec:
    """The codec of this dialect."""

    path = "/chat/completions"

    def encode(self, request: ModelRequest, *, system_role: bool) -> bytes:
        """The JSON body; what the user set in `params` stands above what is set here."""
        messages = request.messages if system_role else tuple(_without_system(request.messages))
        body: dict[str, Any] = {"model": request.model} if request.model else {}
        body["messages"] = [{"role": message.role, "content": well_formed(message.text)} for message in messages]
        body |= {"stream": True, "stream_options": {"include_usage": True}}
        return msgspec.json.encode(body | dict(request.params))

    def decoder(self) -> OpenAIChatDecoder:
        """A fresh decoder for one answer."""
        return OpenAIChatDecoder()

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """What an answer that is no stream means."""
        return error_of_answer(status, headers, body)


def _without_system(messages: tuple[Message, ...]) -> Iterator[Message]:
    """The same conversation for a model without a system role: that text goes before the first words of the user."""
    system = "\n\n".join(message.text for message in messages if message.role == "system")
    for message in messages:
        if message.role == "system":
            continue
        if message.role == "user" and system:
            message, system = Message("user", f"{system}\n\n{message.text}"), ""
        yield message
    if system:
        yield Message("user", system)
