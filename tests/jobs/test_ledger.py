"""What is kept of jobs: regions come back as they were, and only for the very text that they were in."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.jobs.ledger import content_of, digest, is_of_another_text, regions_in
from lsp_llm.text.document import Document
from lsp_llm.text.spans import Kind, Span
from lsp_llm.text.tracking import Region

URI = "file:///project/a.py"
TEXTS = st.text(max_size=30)
LENGTHS = st.integers(0, 10**6)
SPANS = st.one_of(
    st.builds(Span, st.sampled_from([Kind.KEPT, Kind.OURS, Kind.THEIRS]), st.integers(1, 10**6)),
    st.builds(Span, st.just(Kind.REMOVED), st.just(0), st.text(min_size=1, max_size=30)),
)
REGIONS = st.builds(Region, LENGTHS, st.lists(SPANS, max_size=6), st.lists(SPANS, max_size=3))


@given(TEXTS, st.lists(REGIONS, max_size=4))
def test_regions_survive(text: str, regions: list[Region]) -> None:
    kept = regions_in(content_of(URI, Document(text), regions), Document(text))
    assert [(each.start, each.end) for each in kept] == [(each.start, each.end) for each in regions]
    assert [each.restoring_edits() for each in kept] == [each.restoring_edits() for each in regions]


@given(TEXTS, TEXTS, st.lists(REGIONS, min_size=1, max_size=2))
def test_a_changed_text_gives_nothing(text: str, other: str, regions: list[Region]) -> None:
    found = regions_in(content_of(URI, Document(text), regions), Document(other))
    assert bool(found) is (text == other)


@given(TEXTS, TEXTS)
def test_it_can_be_told_whether_what_was_kept_fits(text: str, other: str) -> None:
    content = content_of(URI, Document(text), [])
    assert is_of_another_text(content, Document(other)) is (text != other)
    assert not is_of_another_text(content[1:], Document(other))


@given(st.binary(max_size=200))
def test_foreign_bytes_give_nothing(content: bytes) -> None:
    assert regions_in(content, Document("x")) == []


@given(st.integers(0, 400), st.binary(max_size=3))
def test_a_file_that_was_damaged_gives_nothing_or_what_was_kept(at: int, noise: bytes) -> None:
    region = Region(0, [Span(Kind.REMOVED, 0, "größe\n"), Span(Kind.OURS, 1)])
    content = content_of(URI, Document("x"), [region])
    for damaged in (content[:at], content[:at] + noise + content[at + len(noise) :]):
        for found in regions_in(damaged, Document("x")):
            assert isinstance(found, Region)
    assert regions_in(content[:-1], Document("x")) == []


def test_json_of_another_shape_gives_nothing() -> None:
    text = "x"
    right = {"uri": URI, "digest": digest(text), "jobs": [{"start": 0, "spans": [["ours", 1, ""]]}]}
    assert regions_in(json.dumps(right).encode(), Document(text)) == [Region(0, [Span(Kind.OURS, 1)])]
    for wrong in (
        {**right, "jobs": [{"start": "0", "spans": []}]},
        {**right, "jobs": [{"start": 0, "spans": [["mine", 1, ""]]}]},
        {**right, "jobs": [{"start": 0}]},
        {"uri": URI, "digest": digest(text)},
        [right],
        None,
    ):
        assert regions_in(json.dumps(wrong).encode(), Document(text)) == []


def test_half_a_character_costs_nothing_but_itself() -> None:
    """The name of a file that is not UTF-8 holds one."""
    content = content_of("file:///a\udce9", Document("x"), [Region(0, [Span(Kind.OURS, 1)])])
    assert len(regions_in(content, Document("x"))) == 1
