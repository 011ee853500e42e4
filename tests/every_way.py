"""Runs anything incremental on every kind of cut and insists on one result; it never judges that result."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from lsp_llm.stream.events import Event, Failed, Text, Thinking
from lsp_llm.stream.filters.base import Filter, Piece

Input = TypeVar("Input", bytes, str)
Output = TypeVar("Output")
In = TypeVar("In", bytes, str, contravariant=True)
Out = TypeVar("Out", covariant=True)

RANDOM_ROUNDS = 12
SEED = 20261120


class Incremental(Protocol[In, Out]):
    def push(self, chunk: In, /) -> Sequence[Out]: ...

    def finish(self) -> Sequence[Out]: ...


def every_cut(whole: Input) -> Iterator[list[Input]]:
    """Whole, one by one, with empty chunks between, and cut at seeded random places."""
    yield [whole]
    yield [whole[at : at + 1] for at in range(len(whole))]
    yield [piece for at in range(len(whole)) for piece in (whole[:0], whole[at : at + 1])]
    chance = random.Random(SEED)
    for _ in range(RANDOM_ROUNDS):
        cuts: list[int] = sorted(chance.randrange(len(whole) + 1) for _ in range(chance.randrange(1, 12)))
        yield [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]


def decode(make: Callable[[], Incremental[Input, Output]], chunks: Iterable[Input]) -> list[Output]:
    decoder: Incremental[Input, Output] = make()
    outputs: list[Output] = [output for chunk in chunks for output in decoder.push(chunk)]
    return [*outputs, *decoder.finish()]


def decode_every_way(make: Callable[[], Incremental[Input, Output]], whole: Input) -> list[Output]:
    """What comes out, the same for every cut."""
    first, *others = (decode(make, chunks) for chunks in every_cut(whole))
    for other in others:
        assert list(map(comparable, other)) == list(map(comparable, first))
    return first


def filter_text(make: Callable[[], Filter], chunks: Iterable[str]) -> str:
    """What stands in the document at the end: a restart withdraws what stood before."""
    running = make()
    pieces = [*(running.push(chunk) for chunk in chunks), running.finish()]
    return folded(pieces)


def filter_every_way(make: Callable[[], Filter], whole: str) -> str:
    """The filtered text, the same for every cut."""
    results = {filter_text(make, chunks) for chunks in every_cut(whole)}
    assert len(results) == 1, results
    return results.pop()


def folded(pieces: Iterable[Piece]) -> str:
    text = ""
    for piece in pieces:
        text = piece.text if piece.restart else text + piece.text
    return text


def comparable(output: object) -> object:
    """Errors compare by identity, so their type and words stand for them."""
    if isinstance(output, Failed):
        return type(output.error), str(output.error), output.error.hint
    return output


def text_of(events: Iterable[Event]) -> str:
    return "".join(event.delta for event in events if isinstance(event, Text))


def thinking_of(events: Iterable[Event]) -> str:
    return "".join(event.delta for event in events if isinstance(event, Thinking))
