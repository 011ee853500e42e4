from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lsp_llm.commands.open_chats import MOST_AWAITED, OpenChats
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit

URI = "file:///talk.chat.md"
TEXT = "## User\n\nHello\n\n## Assistant\n\nHi\n\n## User\n\n"


def opened(text: str, uri: str = URI) -> tuple[OpenChats, Document]:
    chats, document = OpenChats(), Document(text)
    cursor: Any = lambda offset: offset  # noqa: E731
    chats.opened(uri, document, cursor)
    return chats, document


def test_a_chat_follows_every_change_of_its_document() -> None:
    chats, document = opened(TEXT)
    chat = chats.get(URI)
    assert [chat.last_said, len(chat.parsed)] == [1, 3]
    document.apply(Edit(document.length, document.length, "More\n"))
    document.apply(Edit(0, 0, "## User\n\nFirst\n\n"))
    assert [chat.last_said, len(chat.parsed)] == [3, 4]
    assert document.slice(chat.end_of(3) - 4, chat.end_of(3)) == "More"
    document.apply(Edit(0, document.length, ""))
    assert chat.last_said == -1


def test_other_documents_are_no_chats() -> None:
    chats, _ = opened(TEXT, "file:///talk.md")
    assert chats.find("file:///talk.md") is None
    with pytest.raises(UserError, match="is no chat"):
        chats.get("file:///talk.md")
    with pytest.raises(UserError, match="is not open in the editor: open it first"):
        chats.get("file:///gone.chat.md")


def shown(chats: OpenChats, uri: str, path: Path) -> None:
    """The editor shows a file."""
    document = Document("")
    chats.opened(uri, document, lambda at: Target(uri, str(path), "python", document, 1, at, at))


@pytest.mark.parametrize("uri", ["file:///p/+page@(x).py", "file:///p/%2Bpage%40%28x%29.py"])
def test_a_file_may_be_waited_for_however_its_uri_is_spelled(uri: str) -> None:
    chats, path = OpenChats(), Path("/p/+page@(x).py")
    met: list[str] = []
    chats.when_open(path, lambda target: met.append(target.uri))
    shown(chats, "file:///p/other.py", Path("/p/other.py"))
    assert met == []
    shown(chats, uri, path)
    chats.when_open(path, lambda target: met.append(target.uri))
    chats.when_open_again(uri, lambda target: met.append(target.uri))
    assert met == [uri] * 3
    chats.closed(uri)
    chats.when_open_again(uri, lambda target: met.append(target.uri))
    assert len(met) == 3
    shown(chats, uri, path)
    assert len(met) == 4


def test_a_file_that_is_never_opened_is_waited_for_only_so_long() -> None:
    chats = OpenChats()
    met: list[str] = []
    for number in range(MOST_AWAITED + 1):
        chats.when_open(Path(f"/p/{number}.py"), lambda target: met.append(target.path))
    for number in (0, 1, MOST_AWAITED):
        shown(chats, f"file:///p/{number}.py", Path(f"/p/{number}.py"))
    assert met == ["/p/1.py", f"/p/{MOST_AWAITED}.py"], "the one that has been waited for longest is given up"


def test_what_nobody_waits_for_any_more_is_forgotten() -> None:
    chats, path = OpenChats(), Path("/p/a.py")
    met: list[str] = []
    first = chats.when_open(path, lambda target: met.append("first"))
    chats.when_open(path, lambda target: met.append("second"))
    chats.forget(first)
    shown(chats, "file:///p/a.py", path)
    assert met == ["second"]
    chats.forget(first)


def test_an_editor_may_name_the_file_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    chats, path, real = OpenChats(), tmp_path / "link/a.py", tmp_path / "real/a.py"
    met: list[str] = []
    chats.when_open(path, lambda target: met.append(target.path))
    shown(chats, real.as_uri(), real)
    chats.when_open(path, lambda target: met.append(target.path))
    assert met == [str(real)] * 2


def test_words_end_above_the_notes() -> None:
    chats, document = opened("## User\n\nHello\n\n<!-- lsp-llm: a -->\n\n<!-- lsp-llm: b -->\n\n")
    chat = chats.get(URI)
    assert document.slice(0, chat.end_of_words(0)).endswith("Hello")
    assert document.slice(0, chat.end_of(0)).endswith("b -->")
