import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.context.base import Gathered, Item
from lsp_llm.context.buffers import other_buffers, window
from lsp_llm.context.selection import select
from tests.context.folders import look, write
from tests.context.test_selection import marked

MARK = re.compile(r"\[\.\.\. (\d+) characters cut \.\.\.\]\n?")
CLUSTERS = ["a", "é", "e\u0301\u0323", "👩\u200d👩\u200d👧", "👍🏽", "🇩🇪", "कि", "\r\n", "\n", "\r", "☺\ufe0f"]
# Without flags: a row of them stays together for as far as a cut may search.
CLUSTER_TEXTS = st.lists(st.sampled_from([cluster for cluster in CLUSTERS if cluster != "🇩🇪"]), max_size=60)


def test_a_short_buffer_is_whole() -> None:
    cut = window(marked("before\n|selection|\nafter"), 100)
    assert (cut.before, cut.selection, cut.after) == ("before\n", "selection", "\nafter")
    assert cut.text == "before\nselection\nafter"


def test_a_long_buffer_is_cut_at_lines_with_a_mark() -> None:
    selection = marked("".join(f"line {n:03}\n" for n in range(100)) + "|here\n|" + "tail 000\n" * 100)
    cut = window(selection, 105)
    assert cut.before == "[... 855 characters cut ...]\n" + "".join(f"line {n:03}\n" for n in range(95, 100))
    assert cut.after == "tail 000\n" * 5 + "[... 855 characters cut ...]"


def test_a_side_that_needs_little_leaves_the_rest_to_the_other() -> None:
    lines = "0123456\n" * 100
    assert len(MARK.sub("", window(marked(f"|x|{lines}"), 401).after)) == 400
    assert len(MARK.sub("", window(marked(f"{lines}|x|"), 401).before)) == 400
    assert len(MARK.sub("", window(marked(f"{lines}|x|12345678"), 401).before)) == 392


def test_one_long_line_is_cut_inside() -> None:
    cut = window(marked(f"{'a' * 1000}|x|{'b' * 1000}"), 101)
    assert cut.before == f"[... 950 characters cut ...]{'a' * 50}"
    assert cut.after == f"{'b' * 50}[... 950 characters cut ...]"


def test_the_selection_is_whole_however_long_it_is() -> None:
    cut = window(marked(f"before|{'x' * 500}|after"), 100)
    assert cut.text == f"[... 6 characters cut ...]{'x' * 500}[... 5 characters cut ...]"


@pytest.mark.parametrize("cluster", CLUSTERS)
@pytest.mark.parametrize("limit", range(1, 12))
def test_a_cut_never_falls_inside_a_character(cluster: str, limit: int) -> None:
    cut = window(marked(f"{'_' + cluster}||{cluster + '_'}"), limit)
    for kept in (MARK.sub("", cut.before), MARK.sub("", cut.after)):
        assert kept in {"", "_", cluster, f"_{cluster}", f"{cluster}_"}


@given(CLUSTER_TEXTS, CLUSTER_TEXTS, CLUSTER_TEXTS, st.integers(0, 200))
def test_a_window_is_bounded_whole_at_the_selection_and_cut_between_characters(
    before: list[str], inside: list[str], after: list[str], limit: int
) -> None:
    text = "".join(before + inside + after)
    start, end = len("".join(before)), len("".join(before + inside))
    cut = window(select(text, start, end), limit)
    lost_before, lost_after = characters_lost(cut.before), characters_lost(cut.after)
    assert cut.selection == text[start:end]
    assert cut.before.endswith(text[lost_before:start])
    assert cut.after.startswith(text[end : len(text) - lost_after])
    assert len(text) - lost_before - lost_after <= max(limit, len(cut.selection))
    assert is_between(lost_before, before)
    assert is_between(lost_after, after[::-1])


def characters_lost(cut: str) -> int:
    """What the mark says; a cut without a mark fails where the kept text is compared."""
    mark = MARK.search(cut)
    return int(mark[1]) if mark else 0


def is_between(cut: int, clusters: list[str]) -> bool:
    """Whether the first `cut` code points are whole clusters."""
    return cut in {sum(map(len, clusters[:count])) for count in range(len(clusters) + 1)}


@given(st.text(), st.text(), st.text(), st.integers(-1, 50))
def test_a_window_never_raises(before: str, inside: str, after: str, limit: int) -> None:
    assert inside in window(select(before + inside + after, len(before), len(before + inside)), limit).text


def test_other_open_documents_come_by_path_without_what_stays_behind(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "*.log\n"})
    names = ("b.py", "a.py", "here.py", ".env", "c.log", "empty.py", "../outside.py")
    texts = {tmp_path / name: "" if name == "empty.py" else f"text of {name}" for name in names}
    found = other_buffers(look(tmp_path, texts), tmp_path / "here.py")
    assert found == Gathered((Item("buffer", "a.py", "text of a.py"), Item("buffer", "b.py", "text of b.py")))


def test_a_document_that_is_open_by_its_true_path_is_named_as_it_lies_in_the_workspace(tmp_path: Path) -> None:
    root = tmp_path / "alias"
    root.symlink_to(write(tmp_path / "root", {"a.py": "a"}))
    texts = {tmp_path / "root" / name: f"text of {name}" for name in ("a.py", "here.py", ".env")}
    found = other_buffers(look(root, texts), tmp_path / "root" / "here.py")
    assert found == Gathered((Item("buffer", "a.py", "text of a.py"),))
