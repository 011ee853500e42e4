"""Differences as files: what they say, and what the user is told when the client does not show them."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.jobs.edit_events import Offered, StreamEnded
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.handshake import ClientFacts
from lsp_llm.lsp.preview import Preview, difference
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit
from tests.jobs.bench import ChoiceBench
from tests.lsp.wiring import Line

URI = "file:///project/a%20list.txt"
TWO = Document("one\ntwo\n")
CHANGES = [Edit(4, 8, "2\n")]


class Bench:
    def __init__(self) -> None:
        self.line = Line()
        client = Client(self.line.wire, Documents())
        client.meet(ClientFacts())
        self.preview = Preview(client)

    def show(self, uri: str = URI, job_id: str = "7") -> Path:
        """The file that the client is asked to show."""
        self.preview.show_difference(uri, job_id, TWO, CHANGES)
        params = self.line.messages[-1]["params"]
        assert params["takeFocus"] is False
        return Path(params["uri"].removeprefix("file://").replace("%20", " ").replace("%3A", ":").replace("%23", "#"))

    @property
    def said(self) -> list[str]:
        return [params["message"] for params in self.line.notifications("window/showMessage")]


async def test_a_client_that_shows_the_file_is_told_no_more() -> None:
    bench = Bench()
    path = bench.show()
    assert bench.line.messages[-1]["method"] == "window/showDocument"
    assert path.name == "a list.txt.7.diff"
    assert path.read_text() == difference("/project/a list.txt", TWO, CHANGES)
    bench.line.answer({"success": True})
    assert bench.said == []
    bench.preview.close()
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("result", "error"),
    [({"success": False}, None), (None, {"code": -32601, "message": "what?"}), (None, None), ("yes", None)],
)
async def test_a_client_that_does_not_show_it_is_told_the_path(result: object, error: dict[str, object] | None) -> None:
    bench = Bench()
    path = bench.show()
    bench.line.answer(result, error)
    (said,) = bench.said
    assert str(path) in said
    assert "LLM: accept" in said
    bench.preview.close()


async def test_documents_of_every_name_have_a_difference() -> None:
    bench = Bench()
    for uri in ("untitled:Untitled-1", "file:///project/" + "x" * 255, "file:///project/a#b.py", "file:///", ""):
        assert bench.show(uri).read_text().endswith("-two\n+2\n")
    bench.preview.close()


async def test_where_no_file_can_be_written_that_is_said_and_the_change_can_still_be_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    bench = Bench()
    bench.preview.show_difference(URI, "7", TWO, CHANGES)
    (said,) = bench.said
    assert said.startswith("LLM: the answer of job 7 cannot be shown (")
    assert "LLM: accept" in said
    bench.preview.close()


def test_a_difference_says_what_to_do_and_counts_in_the_document() -> None:
    document = Document("zero\none\ntwo\nthree\n")
    changes = [Edit(5, 9, "ONE\r\nand\n"), Edit(document.length, document.length, "four")]
    assert difference("/a.txt", document, changes) == (
        '# nothing was changed: take it with "LLM: accept", drop it with "LLM: restore original"\n'
        "--- /a.txt\t(now)\n+++ /a.txt\t(answer)\n"
        "@@ -2,1 +2,2 @@ change 1\n-one\n+ONE\n+and\n"
        "@@ -4,0 +6,1 @@ change 2\n+four\n\\ No newline at end of file\n"
    )


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (Edit(9, 10, "2"), "@@ -2,1 +2,1 @@ change 1\n-b = 1\n+b = 2\n"),
        (Edit(9, 9, "0\nc = 2"), "@@ -2,1 +2,2 @@ change 1\n-b = 1\n+b = 0\n+c = 21\n"),
        (Edit(10, 11, ""), "@@ -2,2 +2,1 @@ change 1\n-b = 1\n-c = 2\n+b = 1c = 2\n"),
        (Edit(5, 11, ""), "@@ -2,1 +1,0 @@ change 1\n-b = 1\n"),
        (Edit(5, 5, "x\n"), "@@ -1,0 +2,1 @@ change 1\n+x\n"),
        (Edit(0, 0, "x\n"), "@@ -0,0 +1,1 @@ change 1\n+x\n"),
    ],
    ids=["within a line", "a line more", "a line end", "a line", "before a line", "at the beginning"],
)
def test_a_line_that_is_touched_is_shown_whole(change: Edit, shown: str) -> None:
    assert difference("x", Document("a=00\nb = 1\nc = 2\n"), [change]).endswith(f"(answer)\n{shown}")


@given(st.text("ab\n", max_size=12), st.text("ab\n", max_size=12).filter(str.strip), st.data())
def test_the_difference_makes_the_answer_and_has_the_numbers_of_accept(
    text: str, answer: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    bench = ChoiceBench(text)
    bench.session.start("1", start, end, "preview")
    bench.say(answer, "1")
    bench.do(StreamEnded("1"))
    (offered,) = [effect for effect in bench.effects if isinstance(effect, Offered)]
    told = difference("x", bench.document, offered.changes)
    assert patched(text, told) == text[:start] + answer + text[end:]
    assert re.findall(r"^@@ .* change (\d+)$", told, re.MULTILINE) == [part.partition(".")[2] for part in bench.offered]


def patched(text: str, told: str) -> str:
    """What any reader of unified differences makes of the text."""
    lines = text.splitlines(keepends=True)
    for first, count, hunk in reversed(re.findall(r"^@@ -(\d+),(\d+) .*\n((?:[-+\\].*\n)*)", told, re.MULTILINE)):
        body = [
            (mark, words if ending else f"{words}\n")
            for mark, words, ending in re.findall(r"([-+])(.*)\n(\\ No newline at end of file\n)?", hunk)
        ]
        place = int(first) - (count != "0")
        assert lines[place : place + int(count)] == [line for mark, line in body if mark == "-"]
        lines[place : place + int(count)] = [line for mark, line in body if mark == "+"]
    return "".join(lines)


async def test_a_text_is_shown_under_its_name_or_its_path_is_told() -> None:
    bench = Bench()
    bench.preview.show_text("shop.py.prompt.md", "what would be sent\r\n")
    path = shown_path(bench)
    assert (path.name, path.read_bytes()) == ("shop.py.prompt.md", b"what would be sent\r\n")
    bench.line.answer({"success": False})
    assert bench.said == [f"LLM: {path} has it"]
    bench.preview.show_text("a\0b", "x")
    assert "cannot be shown" in bench.said[-1]
    bench.preview.close()


def shown_path(bench: Bench) -> Path:
    return Path(bench.line.messages[-1]["params"]["uri"].removeprefix("file://"))


@pytest.mark.parametrize(
    ("text", "line"), [("## User\n\n", 1), ("one\ntwo", 0), ("", 0), ("a\r\nb\r\n\r\n", 2), ("## User\n", 0)]
)
async def test_a_file_to_write_in_is_shown_at_its_last_line(text: str, line: int, tmp_path: Path) -> None:
    bench, file = Bench(), tmp_path / "talk.chat.md"
    file.write_text(text, newline="")
    bench.preview.show_file(file)
    await asyncio.sleep(0)
    place = {"line": line, "character": 0}
    assert bench.line.messages[-1]["params"] == {
        "uri": file.as_uri(),
        "takeFocus": True,
        "selection": {"start": place, "end": place},
    }


async def test_a_file_that_cannot_be_read_is_shown_all_the_same(tmp_path: Path) -> None:
    bench = Bench()
    bench.preview.show_file(tmp_path / "gone")
    await asyncio.sleep(0)
    assert bench.line.messages[-1]["params"] == {"uri": (tmp_path / "gone").as_uri(), "takeFocus": True}
