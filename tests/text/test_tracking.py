"""The law of a region as a property: what the restoring edits give is the others' edits on the original text."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.text.edits import Edit, sequential
from lsp_llm.text.spans import Kind, Span, split_at
from lsp_llm.text.tracking import Region

ORIGINAL = "abcdefgh"
START, END = 2, 6
STEPS = st.lists(
    st.tuples(st.sampled_from(["write", "remove", "skip", "type", "cut"]), st.integers(0, 30), st.integers(1, 4)),
    max_size=14,
)


@dataclass
class Bench:
    """A text in which every letter is its own: originals a–h, ours upper case, others' digits, none of them twice."""

    text: str = ORIGINAL
    region: Region = field(default_factory=lambda: Region.of(START, END))
    typed: int = 0
    written: int = 0
    cut: set[str] = field(default_factory=set)

    def apply(self, edit: Edit) -> None:
        self.text = self.text[: edit.start] + edit.text + self.text[edit.end :]

    def write(self, size: int) -> None:
        text = "".join(chr(0x1000 + self.written + n) for n in range(size))
        self.written += size
        self.apply(Edit(self.region.tail, self.region.tail, text))
        self.region.settle(Span(Kind.OURS, size))

    def remove(self) -> None:
        if not self.region.ahead:
            return
        span = self.region.ahead.pop(0)
        at = self.region.tail
        if span.kind is Kind.KEPT:
            self.region.settle(Span(Kind.REMOVED, 0, self.text[at : at + span.length]))
            self.apply(Edit(at, at + span.length, ""))
        else:
            self.region.settle(span)

    def skip(self, size: int) -> None:
        index = split_at(self.region.ahead, size)
        for span in self.region.ahead[:index]:
            self.region.settle(span)
        del self.region.ahead[:index]

    def type(self, place: int, size: int) -> None:
        text = "".join(chr(0x2000 + self.typed + n) for n in range(size))
        self.typed += size
        self.others(Edit(min(place, len(self.text)), min(place, len(self.text)), text))

    def others(self, edit: Edit) -> None:
        self.cut |= set(self.text[edit.start : edit.end])
        self.region.take(edit)
        self.apply(edit)


def bench_after(steps: list[tuple[str, int, int]]) -> Bench:
    bench = Bench()
    for kind, place, size in steps:
        match kind:
            case "write":
                bench.write(size)
            case "remove":
                bench.remove()
            case "skip":
                bench.skip(size)
            case "type":
                bench.type(place, size)
            case "cut":
                start = min(place, len(bench.text))
                bench.others(Edit(start, min(start + size, len(bench.text)), ""))
    return bench


@given(STEPS)
def test_restoring_gives_the_others_edits_on_the_original(steps: list[tuple[str, int, int]]) -> None:
    bench = bench_after(steps)
    theirs = [letter for letter in bench.text if letter >= "\u2000"]
    restored = bench.region.restored()
    for edit in sequential(bench.region.restoring_edits()):
        bench.apply(edit)
    originals = [letter for letter in bench.text if letter < "\u1000"]
    assert originals == [letter for letter in ORIGINAL if letter not in bench.cut]
    assert [letter for letter in bench.text if letter >= "\u2000"] == theirs
    assert "".join(sorted(bench.text)) == "".join(sorted([*originals, *theirs]))
    assert not restored.has_ours
    assert restored.start == bench.region.start
    assert restored.end <= len(bench.text)


@given(STEPS)
def test_spans_cover_the_region_and_tell_the_truth(steps: list[tuple[str, int, int]]) -> None:
    bench = bench_after(steps)
    assert 0 <= bench.region.start <= bench.region.tail <= bench.region.end <= len(bench.text)
    for offset, span in bench.region.placed():
        text = bench.text[offset : offset + span.length]
        match span.kind:
            case Kind.KEPT:
                assert set(text) <= set(ORIGINAL)
            case Kind.OURS:
                assert all("\u1000" <= letter < "\u2000" for letter in text)
            case Kind.THEIRS:
                assert all(letter >= "\u2000" for letter in text)
            case Kind.REMOVED:
                assert not text


@given(STEPS, st.integers(0, 6))
def test_a_copy_goes_on_by_itself(steps: list[tuple[str, int, int]], length: int) -> None:
    region = bench_after(steps).region
    before = region.copy()
    twin = region.copy()
    twin.settle(Span(Kind.OURS, 3))
    twin.rewind(length)
    twin.take(Edit(twin.start, twin.end, ""))
    assert region == before


def test_rewinding_never_forgets_what_was_removed() -> None:
    region = Region(0, [Span(Kind.OURS, 2), Span(Kind.REMOVED, 0, "x"), Span(Kind.OURS, 3)])
    region.rewind(4)
    assert region.settled == [Span(Kind.OURS, 1), Span(Kind.REMOVED, 0, "x")]


def test_an_edit_at_a_border_lies_outside() -> None:
    region = Region.of(2, 4)
    assert not region.take(Edit(2, 2, "x")).ahead
    assert (region.start, region.end) == (3, 5)
    region.take(Edit(5, 5, "y"))
    assert (region.start, region.end) == (3, 5)


def test_an_edit_over_a_border_leaves_its_text_outside() -> None:
    region = Region.of(2, 6)
    region.take(Edit(1, 4, "xy"))
    assert (region.start, region.end) == (3, 5)
    region.take(Edit(4, 9, "z"))
    assert (region.start, region.end) == (3, 4)


def test_the_original_that_comes_back_as_it_was_is_the_original_again() -> None:
    region = Region(1, [Span(Kind.REMOVED, 0, "old"), Span(Kind.OURS, 3)])
    region.take(Edit(1, 4, "old"))
    assert region == Region(1, [], [Span(Kind.KEPT, 3)])


@given(st.lists(st.sampled_from(list(Kind)), max_size=6), st.integers(0, 12), st.integers(0, 12))
def test_what_is_between_two_offsets_has_the_spans_that_are_there(kinds: list[Kind], first: int, second: int) -> None:
    spans = [Span(kind, 0 if kind is Kind.REMOVED else 2, "x" if kind is Kind.REMOVED else "") for kind in kinds]
    region = Region(5, spans[:3], spans[3:])
    low, high = sorted((5 + min(first, region.end - 5), 5 + min(second, region.end - 5)))
    part = region.between(low, high)
    letters = [span.kind for span in (*region.settled, *region.ahead) for _ in range(span.length)]
    assert (part.start, part.end, part.settled) == (low, high, [])
    assert [span.kind for span in part.ahead for _ in range(span.length)] == letters[low - 5 : high - 5]
