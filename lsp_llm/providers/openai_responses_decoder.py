"""The Responses API, from the events of an answer to ours; the type in the data counts, not the event's name.

Deltas are passed on as they come. What the host repeats whole at the end of an item or of the answer stands above
them: it completes the text, sets the arguments of calls right, and is what goes back with the next turn.
"""

from __future__ import annotations

from typing import Final

import msgspec

from lsp_llm.errors import BadResponse, Refused, Unavailable
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.outcome import FinishReason
from lsp_llm.providers.answer_events import AnswerEvents
from lsp_llm.providers.faults import error_in_stream, error_of_answer
from lsp_llm.providers.openai_responses_items import (
    Item,
    OutputItems,
    call_id_of,
    is_item,
    refusal_of,
    says_more_than_text,
    text_of,
    thinking_of,
)
from lsp_llm.providers.openai_responses_wire import (
    DIALECT,
    Response,
    StreamedEvent,
    reason_of_incomplete,
    token_counts,
)
from lsp_llm.stream.payload import Payload, loose_json
from lsp_llm.stream.snippet import snippet
from lsp_llm.stream.sse import ServerSentEvent
from lsp_llm.stream.surrogates import well_formed

_EVENT: Final = Payload(StreamedEvent)
_RESPONSE: Final = Payload(Response)
_END_MARKER: Final = b"[DONE]"
_SIGNS_OF_LIFE: Final = frozenset({"keepalive", "ping"})


class OpenAIResponsesReading:
    """One answer of this dialect, as far as it has come (a `Reading`)."""

    def __init__(self) -> None:
        self._said: list[str] = []
        self._refusal: list[str] = []
        self._has_thought = False
        self._items = OutputItems()

    def take(self, event: ServerSentEvent, out: AnswerEvents) -> None:
        """Raises BadResponse where the data is not what the dialect says."""
        if event.data.strip() == _END_MARKER:
            return  # Of another dialect: here the last event says that the answer is whole.
        came = _EVENT.decode(event.data)
        kind = came.type or event.event
        match kind:
            case "response.output_text.delta":
                self._say(came.delta, out)
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                self._think(came.delta, out)
            case "response.function_call_arguments.delta":
                self._take_fragment(came, out)
            case "response.function_call_arguments.done":
                self._take_arguments(came, out)
            case "response.reasoning_summary_part.added":
                self._separate_thoughts(out)
            case "response.output_item.added" if is_item(came.item):
                self._items.announce(came.output_index, came.item)
                _announce(came.item, out)
            case "response.output_item.done" if is_item(came.item):
                self._items.complete(came.output_index, came.item)
                _take_call(came.item, out)
            case "response.refusal.delta":
                self._refusal += [came.delta] if isinstance(came.delta, str) else []
            case "response.completed" | "response.incomplete" | "response.failed" | "response.cancelled":
                self._end(kind.removeprefix("response."), _response(came.response), out)
            case _:
                self._take_oddity(kind, event.data, out)

    def take_whole(self, body: bytes, out: AnswerEvents) -> None:
        """Some hosts answer without streaming although a stream was asked for; others send an error with status 200."""
        try:
            response = _RESPONSE.decode(body)
        except BadResponse:
            response = Response()
        if response.output is None or response.status not in ("completed", "incomplete"):
            out.fail(error_of_answer(200, {}, body))
        else:
            self._end(response.status, response, out)

    def finish(self, out: AnswerEvents) -> None:
        """Nothing but the last event says that an answer is whole."""

    def _say(self, delta: object, out: AnswerEvents) -> None:
        if isinstance(delta, str):
            self._said.append(delta)
            out.say(delta)

    def _think(self, delta: object, out: AnswerEvents) -> None:
        if isinstance(delta, str):
            self._has_thought = True
            out.think(delta)

    def _separate_thoughts(self, out: AnswerEvents) -> None:
        """The parts of a summary are paragraphs."""
        if self._has_thought:
            out.think("\n\n")

    def _take_fragment(self, came: StreamedEvent, out: AnswerEvents) -> None:
        """More of a call's arguments; those of a call that nobody announced come with the whole item."""
        call_id = self._items.call_id(came.output_index, came.item_id)
        if call_id and isinstance(came.delta, str):
            out.call(call_id=call_id, arguments=came.delta)

    def _take_arguments(self, came: StreamedEvent, out: AnswerEvents) -> None:
        call_id = self._items.call_id(came.output_index, came.item_id)
        if call_id and isinstance(came.arguments, str) and came.arguments:
            out.calls.replace_arguments(came.arguments, call_id=call_id)

    def _take_oddity(self, kind: str, data: bytes, out: AnswerEvents) -> None:
        """An error, or what says nothing that is needed: the progress of a search, a part that begins or ends."""
        if kind.startswith("response.") or kind in _SIGNS_OF_LIFE:
            return
        error = error_in_stream(loose_json(data))
        if error is None and kind == "error":
            error = Unavailable(f"The host reported an error: {snippet(data)}")
        if error is not None:
            out.fail(error)
        else:
            out.note("an event", data.decode("utf-8", "replace"))

    def _end(self, status: str, response: Response, out: AnswerEvents) -> None:
        """The last event: the answer is whole, or cut by a limit, or none."""
        items = list(filter(is_item, response.output or [])) or self._items.whole()
        if response.usage is not None:
            _take_usage(response.usage, out)
        if status in ("failed", "cancelled"):
            error = error_in_stream({"error": response.error})
            out.fail(error or Unavailable(f"The host gave the answer up ({status}).", "Try again."))
            return
        self._catch_up(items, out)
        refusal = snippet(refusal_of(items) or "".join(self._refusal))
        if refusal:
            out.fail(Refused(f"The model declined: {refusal}", "Put the request in other words."))
        elif status == "incomplete":
            out.end(reason_of_incomplete(response))
        else:
            if says_more_than_text(items):
                out.replay = Replay(DIALECT, items)
            out.end(FinishReason.STOP)

    def _catch_up(self, items: list[Item], out: AnswerEvents) -> None:
        """What the items say and the deltas did not."""
        if not self._has_thought:
            out.think(thinking_of(items))
        so_far, whole = well_formed("".join(self._said)), well_formed(text_of(items))
        if whole.startswith(so_far):
            out.say(whole[len(so_far) :])
        elif whole:
            # What stands in a document cannot be taken back here.
            out.note("the whole text is not what was streamed", whole)
        for item in items:
            _take_call(item, out)


def _announce(item: Item, out: AnswerEvents) -> str:
    """The id of the call that the item is, empty if it is none."""
    call_id = call_id_of(item)
    if call_id:
        out.call(call_id=call_id, name=str(item.get("name") or ""))
    return call_id


def _take_call(item: Item, out: AnswerEvents) -> None:
    """A whole item; what it says of a call stands above the fragments."""
    call_id, arguments = _announce(item, out), item.get("arguments")
    if call_id and isinstance(arguments, str) and arguments:
        out.calls.replace_arguments(arguments, call_id=call_id)


def _response(value: object) -> Response:
    try:
        return msgspec.convert(value or {}, Response)
    except msgspec.ValidationError as error:
        raise BadResponse(f"The host sent an answer of an unknown shape: {error}.") from None


def _take_usage(value: object, out: AnswerEvents) -> None:
    try:
        out.count(token_counts(value))
    except msgspec.ValidationError:
        out.note("token counts", value)
