"""The infill of llama.cpp's server, from the events of an answer to ours; it never handles a model's own tokens.

It never reports an answer as whole before the event that says `stop`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from lsp_llm.errors import BadResponse
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.providers.answer_events import AnswerEvents
from lsp_llm.providers.faults import error_in_stream, error_of_answer
from lsp_llm.stream.payload import Payload, loose_json
from lsp_llm.stream.sse import ServerSentEvent

_END_MARKER: Final = b"[DONE]"
_FINISH_REASONS: Final[Mapping[str, FinishReason]] = {
    "eos": FinishReason.STOP,
    "limit": FinishReason.LENGTH,
    "word": FinishReason.STOP_SEQUENCE,
}


class Timings(msgspec.Struct, gc=False):
    """How much of the prompt the server still had in its cache."""

    cache_n: int | None = None


class Infill(msgspec.Struct, gc=False):
    """One event, or a whole answer that was not streamed."""

    content: str | None = None
    stop: bool | None = None
    stop_type: str | None = None
    tokens_predicted: int | None = None
    tokens_evaluated: int | None = None
    timings: Timings | None = None
    error: Any = None


_INFILL: Final = Payload(Infill)


class InfillReading:
    """One answer, as far as it has come (a `Reading`)."""

    def take(self, event: ServerSentEvent, out: AnswerEvents) -> None:
        """Raises BadResponse where the data is not what the server says."""
        if event.data.strip() == _END_MARKER:
            return
        infill = _INFILL.decode(event.data)
        if infill.content is None or infill.error:
            error = error_in_stream(loose_json(event.data))
            if error is not None:
                out.fail(error)
            else:
                out.note("an event without content", event.data.decode("utf-8", "replace"))
        else:
            _take(infill, out)

    def take_whole(self, body: bytes, out: AnswerEvents) -> None:
        """An answer that was not streamed after all, or an error with status 200."""
        try:
            infill = _INFILL.decode(body)
        except BadResponse:
            infill = Infill()
        if infill.content is None or not infill.stop or infill.error:
            out.fail(error_of_answer(200, {}, body))
        else:
            _take(infill, out)

    def finish(self, out: AnswerEvents) -> None:
        """Nothing but the event that says `stop` says that an answer is whole."""


def _take(infill: Infill, out: AnswerEvents) -> None:
    if infill.content:
        out.say(infill.content)
    if infill.stop:
        cached = infill.timings.cache_n if infill.timings else None
        out.count(Usage(infill.tokens_evaluated or 0, infill.tokens_predicted or 0, cached or 0))
        out.end(_FINISH_REASONS.get(infill.stop_type or "", FinishReason.UNKNOWN))
