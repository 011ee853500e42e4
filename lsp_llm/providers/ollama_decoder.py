"""Ollama's lines, from those of an answer to our events; the last line alone says that the answer is whole.

It never fails for a field that it does not know.
"""

from __future__ import annotations

from typing import Final

from lsp_llm.errors import BadResponse
from lsp_llm.exchange.messages import Replay
from lsp_llm.providers.answer_events import AnswerEvents
from lsp_llm.providers.faults import error_in_stream, error_of_answer
from lsp_llm.providers.ollama_wire import DIALECT, Line, Said, finish_reason, token_counts
from lsp_llm.stream.payload import Payload
from lsp_llm.stream.sse import ServerSentEvent

_LINE: Final = Payload(Line)


class OllamaReading:
    """One answer of `/api/chat` or `/api/generate`, as far as it has come (a `Reading`)."""

    def __init__(self) -> None:
        self._has_begun = False
        self._call_count = 0
        self._thoughts: list[str] = []

    def take(self, event: ServerSentEvent, out: AnswerEvents) -> None:
        """Raises BadResponse where the line is not what the dialect says."""
        line = _LINE.decode(event.data)
        if line.error:
            out.fail(error_in_stream({"error": line.error}) or error_of_answer(200, {}, event.data))
        elif line.message is None and line.response is None and not line.done:
            self._take_oddity(event.data, out)
        else:
            self._take_line(line, out)
        self._has_begun = True

    def take_whole(self, body: bytes, out: AnswerEvents) -> None:
        """A proxy may have put line breaks into an answer of one piece, or into an error."""
        try:
            line = _LINE.decode(body)
        except BadResponse:
            line = Line()
        if line.done and not line.error:
            self._take_line(line, out)
        else:
            out.fail(error_of_answer(200, {}, body))

    def finish(self, out: AnswerEvents) -> None:
        """Nothing but the last line says that an answer is whole."""

    def _take_oddity(self, data: bytes, out: AnswerEvents) -> None:
        """A line that says nothing known: an error of something in between, where it is the first."""
        if self._has_begun:
            out.note("a line without a message", data.decode("utf-8", "replace"))
        else:
            out.fail(error_of_answer(200, {}, data))

    def _take_line(self, line: Line, out: AnswerEvents) -> None:
        if line.message is not None:
            self._take_message(line.message, out)
        if line.thinking:
            out.think(line.thinking)
        if line.response:
            out.say(line.response)
        if line.done:
            self._end(line, out)

    def _take_message(self, message: Said, out: AnswerEvents) -> None:
        thought = message.thinking or message.reasoning_content
        if thought:
            self._thoughts.append(thought)
            out.think(thought)
        if message.content:
            out.say(message.content)
        if message.tool_calls:
            self._take_calls(message.tool_calls, out)

    def _take_calls(self, calls: object, out: AnswerEvents) -> None:
        """Each call comes whole. It is told by its place: the ids that some versions add are never asked for."""
        for call in calls if isinstance(calls, list) else [calls]:
            match call:
                case {"function": {"name": str(name), **function}}:
                    out.call(index=self._call_count, name=name, arguments=function.get("arguments"))
                    self._call_count += 1
                case _:
                    out.note("a tool call", call)

    def _end(self, line: Line, out: AnswerEvents) -> None:
        usage = token_counts(line)
        if usage is not None:
            out.count(usage)
        if self._thoughts and out.calls:
            # A model that thinks between its calls has to see what it thought before them.
            out.replay = Replay(DIALECT, {"thinking": "".join(self._thoughts)})
        out.end(finish_reason(line.done_reason))
