import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.prompts.budget import CHARACTERS_A_TOKEN_RANGE, Section, SectionSize, TokenEstimate, cut_mark, fit
from lsp_llm.prompts.cutting import is_boundary

ONE = TokenEstimate(1.0)
"""A token a character: limits can be read as characters."""

PIECES = ["abc ", "é", "\u0301", "\r", "\n", "\r\n", "👩\u200d👧", "\ud83d", "\ude00", "x" * 100]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
SECTIONS = st.lists(
    st.builds(Section, st.sampled_from("abc"), TEXTS, st.none() | st.integers(0, 3), st.booleans()), max_size=8
)
ESTIMATES = st.builds(TokenEstimate, st.floats(*CHARACTERS_A_TOKEN_RANGE))


@given(SECTIONS, st.integers(0, 2_000), ESTIMATES)
def test_all_is_within_the_limit_unless_what_is_never_cut_is_too_long(
    sections: list[Section], limit: int, estimate: TokenEstimate
) -> None:
    budget = fit(sections, limit, estimate)
    uncut = sum(estimate.tokens(section.text) for section in sections if section.priority is None)
    assert budget.tokens <= max(limit, uncut)
    assert budget.is_over == (uncut > limit)


@given(SECTIONS, st.integers(0, 2_000), ESTIMATES)
def test_the_sizes_tell_the_truth(sections: list[Section], limit: int, estimate: TokenEstimate) -> None:
    budget = fit(sections, limit, estimate)
    assert [section.name for section in budget.sections] == [section.name for section in sections]
    for whole, cut, size in zip(sections, budget.sections, budget.sizes, strict=True):
        assert size == SectionSize(whole.name, estimate.tokens(cut.text), size.cut_characters)
        mark = cut_mark(size.cut_characters)
        left = len(whole.text) - size.cut_characters
        if size.cut_characters == 0:
            assert cut == whole
        elif cut.text:
            assert mark in cut.text
            assert len(cut.text) in (left + len(mark), left + len(mark) + 1)
        else:
            assert left == 0


@given(SECTIONS, st.integers(0, 2_000), ESTIMATES)
def test_what_is_left_is_a_part_cut_between_characters(
    sections: list[Section], limit: int, estimate: TokenEstimate
) -> None:
    for whole, cut, size in zip(sections, *_parts(sections, limit, estimate), strict=True):
        left = len(whole.text) - size.cut_characters
        if size.cut_characters and cut.text:
            part = whole.text[-left:] if whole.keeps_end and left else whole.text[:left]
            assert part in cut.text
            assert is_boundary(whole.text, len(whole.text) - left if whole.keeps_end else left)


@given(SECTIONS, st.integers(0, 2_000), ESTIMATES)
def test_what_matters_more_is_cut_only_when_nothing_else_can_be(
    sections: list[Section], limit: int, estimate: TokenEstimate
) -> None:
    budget = fit(sections, limit, estimate)
    pairs = list(zip(sections, budget.sections, budget.sizes, strict=True))
    for whole, _, size in pairs:
        if whole.priority is None:
            assert size.cut_characters == 0
            continue
        for lesser, left, its_size in pairs:
            if size.cut_characters and lesser.priority is not None and lesser.priority < whole.priority:
                # To its mark, to nothing, or too short for a mark to save anything.
                alone = its_size.cut_characters == len(lesser.text)
                assert alone or len(lesser.text) <= len(cut_mark(len(lesser.text))) + 1, left


@given(SECTIONS, ESTIMATES)
def test_what_fits_is_untouched(sections: list[Section], estimate: TokenEstimate) -> None:
    limit = sum(estimate.tokens(section.text) for section in sections)
    assert fit(sections, limit, estimate).sections == tuple(sections)


def test_the_lowest_priority_is_cut_first_and_of_two_the_later() -> None:
    files = [Section("notes", "n" * 100, 2), Section("first", "f" * 100, 1), Section("second", "s" * 100, 1)]
    budget = fit(files, 250, ONE)
    assert budget.sections[:2] == tuple(files[:2])
    assert budget.sections[2].text == "s" * 21 + "\n[... 79 characters cut ...]"
    assert [size.cut_characters for size in fit(files, 120, ONE).sizes] == [65, 100, 100]


def test_the_end_is_kept_where_it_matters() -> None:
    budget = fit([Section("before", "old\n" * 20 + "new\n" * 20, 1, keeps_end=True)], 70, ONE)
    assert budget.sections[0].text == "[... 120 characters cut ...]\n" + "new\n" * 10


def test_marks_go_where_they_alone_are_too_many() -> None:
    files = [Section(f"file {number}", "x" * 500, 1) for number in range(100)]
    budget = fit([Section("selection", "s" * 90, None), *files], 150, ONE)
    assert budget.tokens <= 150
    assert budget.sections[0].text == "s" * 90
    assert [section.text for section in budget.sections[3:]] == [""] * 98


@pytest.mark.parametrize(("characters", "tokens"), [(0, 5), (5, 0), (-1, -1), (1_000_000, 1), (10, 1_000)])
def test_nothing_is_learned_from_nonsense(characters: int, tokens: int) -> None:
    assert TokenEstimate().learned(characters, tokens) == TokenEstimate()


def test_the_estimate_comes_near_what_hosts_report() -> None:
    estimate = TokenEstimate()
    for _ in range(10):
        estimate = estimate.learned(40_000, 10_000)
    assert estimate.characters_a_token == pytest.approx(4.0, rel=0.01)
    assert TokenEstimate().learned(100, 25).characters_a_token == pytest.approx(3.0, rel=0.01)


@given(st.lists(st.tuples(st.integers(-10, 10**7), st.integers(-10, 10**7)), max_size=20))
def test_the_estimate_stays_within_reason(reports: list[tuple[int, int]]) -> None:
    estimate = TokenEstimate()
    for characters, tokens in reports:
        estimate = estimate.learned(characters, tokens)
    least, most = CHARACTERS_A_TOKEN_RANGE
    assert least <= estimate.characters_a_token <= most
    assert (estimate.tokens("x"), estimate.tokens(""), estimate.characters(-1)) == (max(1, estimate.tokens("x")), 0, 0)


def _parts(sections: list[Section], limit: int, estimate: TokenEstimate):  # type: ignore[no-untyped-def]
    budget = fit(sections, limit, estimate)
    return budget.sections, budget.sizes
