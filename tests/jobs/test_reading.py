"""What a list of events amounts to."""

from __future__ import annotations

from lsp_llm.errors import Auth
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.jobs.reading import Reader
from lsp_llm.stream.events import Failed, Finish, Text, Thinking, Unknown, UsageReported
from lsp_llm.stream.filters.base import Piece
from lsp_llm.stream.filters.chain import FilterChain


def reader() -> Reader:
    return Reader(FilterChain([]))


def test_text_comes_together_and_the_rest_is_remembered() -> None:
    reading = reader()
    error = Auth("no")
    piece = reading.take(
        [Text("a"), UsageReported(Usage(output_tokens=2)), Text("b"), Finish(FinishReason.LENGTH), Failed(error)]
    )
    assert piece == Piece("ab")
    assert (reading.usage, reading.finish, reading.error) == (Usage(output_tokens=2), FinishReason.LENGTH, error)


def test_only_text_and_thinking_are_signs_of_life() -> None:
    reading = reader()
    seen = []
    for event in (Thinking("hm"), Unknown(": ping"), Text("a"), UsageReported(Usage())):
        reading.take([event])
        seen.append((reading.is_meaningful, reading.is_thinking, reading.has_text))
    assert seen == [(True, True, False), (False, True, False), (True, True, True), (False, True, True)]


def test_what_is_not_understood_is_given_once() -> None:
    reading = reader()
    reading.take([Unknown("x"), Unknown("y")])
    assert reading.unknown == ["x", "y"]
    assert reading.take([]) == Piece("")
    assert reading.unknown == []


def test_blank_lines_between_thoughts_and_answer_are_no_part_of_it() -> None:
    reading = reader()
    pieces = [reading.take([event]) for event in (Thinking("hm"), Text("\n\n"), Text("\nx"), Text("\n\ny"))]
    assert "".join(piece.text for piece in pieces) == "x\n\ny"
    assert reader().take([Text("\n\nx")]) == Piece("\n\nx")
