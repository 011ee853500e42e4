"""Differences as files: what they say, and what the user is told when the client does not show them."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.jobs.edit_events import AcceptRequested
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.handshake import ClientFacts
from lsp_llm.lsp.preview import Preview, difference
from tests.jobs.bench import ChoiceBench
from tests.lsp.wiring import Line

URI = "file:///project/a%20list.txt"
TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=6).map("".join)


class Bench:
    def __init__(self) -> None:
        self.line = Line()
        client = Client(self.line.wire, Documents())
        client.meet(ClientFacts())
        self.preview = Preview(client)

    def show(self, uri: str = URI, job_id: str = "7") -> Path:
        """The file that the client is asked to show."""
        self.preview.show_difference(uri, job_id, "one\ntwo\n", "one\n2\n")
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
    assert path.read_text() == difference("a list.txt", "one\ntwo\n", "one\n2\n")
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
    bench.preview.show_difference(URI, "7", "a", "b")
    (said,) = bench.said
    assert said.startswith("LLM: the answer of job 7 cannot be shown (")
    assert "LLM: accept" in said
    bench.preview.close()


def test_a_difference_says_what_to_do_and_numbers_its_changes() -> None:
    assert difference("a.txt", "one\ntwo\nthree\n", "ONE\r\ntwo\nthree\nfour") == (
        '# nothing was changed: take it with "LLM: accept", drop it with "LLM: restore original"\n'
        "--- a.txt (now)\n+++ a.txt (answer)\n"
        "@@ -1,1 +1,1 @@ change 1\n-one\n+ONE\n"
        "@@ -4,0 +4,1 @@ change 2\n+four\n"
    )


@given(TEXTS, TEXTS.filter(str.strip))
def test_the_numbers_are_those_of_accept(original: str, answer: str) -> None:
    told = re.split(r"^@@ .* @@ change (\d+)\n", difference("x", original, answer), flags=re.MULTILINE)[1:]
    for number, lines in zip(map(int, told[::2]), told[1::2], strict=True):
        bench = ChoiceBench(original)
        bench.offer(answer)
        bench.do(AcceptRequested("1", number))
        (edit,) = bench.sent.edits
        assert original[edit.start : edit.end] == "".join(f"{line[1:]}\n" for line in lines.split() if line[0] == "-")
        assert edit.text == "".join(f"{line[1:]}\n" for line in lines.split() if line[0] == "+")
    bench = ChoiceBench(original)
    bench.offer(answer)
    assert bench.offered == [f"1.{number}" for number in told[::2]]


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
