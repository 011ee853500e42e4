from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.errors import UserError
from lsp_llm.lsp.convert import position_of
from lsp_llm.lsp.documents import Documents, move, move_and_tell
from lsp_llm.lsp.messages import ContentChange, Position, Range
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change
from lsp_llm.text.positions import Encoding

TEXTS = st.text(st.sampled_from("ab😀é\r\n\u2028"), max_size=12)


def change(document: Document, start: int, end: int, text: str, encoding: Encoding) -> ContentChange:
    ends = (position_of(document, offset, encoding) for offset in (start, end))
    return ContentChange(text, Range(*ends))


@given(TEXTS, st.lists(st.tuples(TEXTS, st.booleans()), max_size=4), st.sampled_from(["utf-8", "utf-16"]), st.data())
def test_replicas_follow_what_a_client_reports(
    text: str, reports: list[tuple[str, bool]], encoding: Encoding, data: st.DataObject
) -> None:
    """`move` and `move_and_tell` come to the same text, and what is told leads there too."""
    moved, told, retold = Document(text), Document(text), text
    for inserted, is_whole in reports:
        length = moved.length
        start, end = sorted((data.draw(st.integers(0, length)), data.draw(st.integers(0, length))))
        report = ContentChange(inserted) if is_whole else change(moved, start, end, inserted, encoding)
        move(moved, [report], encoding)
        for step in move_and_tell(told, [report], encoding):
            assert retold[step.start : step.start + len(step.removed)] == step.removed
            retold = retold[: step.start] + step.inserted + retold[step.start + len(step.removed) :]
    assert moved.text == told.text == retold


def test_changes_of_one_report_are_counted_one_after_the_other() -> None:
    document = Document("one\ntwo\n")
    first = ContentChange("", Range(Position(0, 0), Position(1, 0)))
    second = ContentChange("2", Range(Position(0, 0), Position(0, 3)))
    assert move_and_tell(document, [first, second], "utf-16") == [Change(0, "one\n", ""), Change(0, "two", "2")]
    assert document.text == "2\n"


@pytest.mark.parametrize("carry_out", [move, move_and_tell])
def test_a_range_past_the_end_or_backwards_is_brought_into_the_document(carry_out: object) -> None:
    assert callable(carry_out)
    document = Document("ab\ncd")
    carry_out(document, [ContentChange("!", Range(Position(7, 0), Position(9, 9)))], "utf-16")
    assert document.text == "ab\ncd!"
    carry_out(document, [ContentChange("-", Range(Position(1, 1), Position(0, 1)))], "utf-16")
    assert document.text == "ab\nc-d!"


def test_a_whole_text_is_told_as_what_differs() -> None:
    document = Document("one\ntwo\nthree\n")
    assert move_and_tell(document, [ContentChange("one\n2\nthree\n")], "utf-16") == [Change(4, "two", "2")]
    assert move_and_tell(document, [ContentChange("one\n2\nthree\n")], "utf-16") == []


@pytest.fixture
def documents() -> Documents:
    documents = Documents()
    documents.open("file:///project/shop.py", "python", 3, "x = 1\n")
    return documents


def test_a_uri_is_told_as_the_client_spells_it(documents: Documents) -> None:
    uri, other = "file:///c%3A/a+b/@shop.py", "file:///c:/a%2Bb/%40shop.py"
    assert documents.spelled(other) == other, "of a file that was never open nothing is known"
    documents.open(uri, "python", 1, "")
    assert documents.spelled(other) == documents.spelled(uri) == uri
    documents.close(uri)
    assert documents.spelled(other) == uri, "what is offered in a closed document has its uri"
    assert documents.spelled("untitled:Untitled-1") == "untitled:Untitled-1"


def test_what_was_opened_is_found_until_it_is_closed(documents: Documents) -> None:
    found = documents.get("file:///project/shop.py")
    assert (found.language_id, found.version, found.document.text) == ("python", 3, "x = 1\n")
    documents.close("file:///project/shop.py")
    documents.close("file:///project/shop.py")
    assert documents.find("file:///project/shop.py") is None
    with pytest.raises(UserError, match=r"^/project/shop\.py is not open in the editor: open it first$"):
        documents.get("file:///project/shop.py")


@pytest.mark.parametrize("path", ["/project/shop.py", "shop.py", "project/shop.py", "./shop.py"])
def test_a_file_is_found_by_its_path_or_an_end_of_it(documents: Documents, path: str) -> None:
    documents.open("file:///project/workshop.py", "python", 1, "")
    documents.open("untitled:/project/shop.py", "python", 1, "")
    assert documents.at_path(path).uri == "file:///project/shop.py"


def test_a_path_finds_its_file_however_the_client_escapes_it(documents: Documents) -> None:
    documents.open("file:///project/a%2Bb%20c.py", "python", 1, "")
    assert documents.at_path("/project/a+b c.py").uri == "file:///project/a%2Bb%20c.py"


def test_a_path_that_is_not_open_or_not_the_only_one(documents: Documents) -> None:
    with pytest.raises(UserError, match=r"^/other/shop\.py is not open in the editor"):
        documents.at_path("/other/shop.py")
    documents.open("file:///other/shop.py", "python", 1, "")
    with pytest.raises(UserError, match=r"^shop\.py may be any of 2 open files: give its whole path$"):
        documents.at_path("shop.py")


def test_a_file_is_found_by_any_spelling_of_its_uri() -> None:
    documents = Documents()
    documents.open("file:///a/+page@(x).py", "python", 1, "a")
    documents.open("untitled:1", "python", 1, "b")
    for uri in ("file:///a/+page@(x).py", "file:///a/%2Bpage%40%28x%29.py"):
        assert documents.get(uri).uri == "file:///a/+page@(x).py"
    for uri in ("untitled:2", "file:///a/page.py"):
        assert documents.find(uri) is None
