"""Chats in a folder, for one server and for two."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lsp_llm.chat.conversation import Conversation, Turn
from lsp_llm.chat.store import ChatStore
from lsp_llm.errors import UserError
from tests.chat.disks import FailingDisk

SERVER = """
import sys, time
from pathlib import Path
from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.store import ChatStore
from lsp_llm.chat.turn_writer import TurnWriter
from lsp_llm.errors import UserError

folder, chat_id, name = sys.argv[1:]
store = ChatStore(Path(folder))
done = 0
while done < 20:
    try:
        writer = store.writer(chat_id)
    except UserError:
        time.sleep(0.001)
        continue
    turn = Turn(f"{name}-{done}", "assistant", model=name)
    writer.begin(turn)
    text = TurnWriter(writer.line_end)
    for word in range(20):
        writer.add(text.text(f"{name}{word} "))
    writer.add(text.finish(turn))
    writer.release()
    store.rename(chat_id, f"{name} {done}")
    done += 1
"""


@pytest.fixture
def store(tmp_path: Path) -> ChatStore:
    return ChatStore(tmp_path / "state" / "chats")


def test_a_chat_is_made_and_read(store: ChatStore) -> None:
    turns = (Turn("m1", "user", "Hi"), Turn("m2", "assistant", "Ho", model="gpt-5"))
    chat = store.create("T", "claude", "Be brief.", turns)
    assert chat == Conversation(chat.chat_id, "T", "claude", "Be brief.", turns)
    stored = store.load(chat.chat_id)
    assert (stored.conversation, stored.problems) == (chat, ())
    path = store.path(chat.chat_id)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_chats_are_listed_the_latest_first(store: ChatStore) -> None:
    assert store.chats() == []
    ids = [
        store.create(title, "p", "", [Turn("m", "user", text)]).chat_id
        for title, text in (("A", "x Straße"), ("", "y"))
    ]
    for age, chat_id in enumerate(ids):
        os.utime(store.path(chat_id), (1000 - age, 1000 - age))
    assert [(chat.chat_id, chat.title, chat.preset, chat.updated) for chat in store.chats()] == [
        (ids[0], "A", "p", "1970-01-01T00:16:40+00:00"),
        (ids[1], "y", "p", "1970-01-01T00:16:39+00:00"),
    ]
    assert [chat.chat_id for chat in store.chats("STRASSE")] == [ids[0]]
    assert store.chats("nothing") == []


def test_a_users_own_file_is_a_chat(store: ChatStore) -> None:
    store.create("", "", "")
    store.path("My chat").write_text("## User\n\nHi")
    assert store.load("My chat").conversation.turns[0].text == "Hi"
    assert "My chat" in [chat.title for chat in store.chats()]


def test_a_title_is_one_line(store: ChatStore) -> None:
    chat = store.create(" What\nelse? ", "", "")
    assert [each.title for each in store.chats()] == ["What else?"]
    store.rename(chat.chat_id, "Two\r\nlines\n---\n")
    assert [each.title for each in store.chats()] == ["Two lines ---"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_what_is_no_file_is_no_chat_and_nobody_waits_for_it(store: ChatStore) -> None:
    chat = store.create("Mine", "", "")
    os.mkfifo(store.path("pipe"))
    store.path("folder").mkdir()
    assert [each.chat_id for each in store.chats()] == [chat.chat_id]


def test_first_words_stand_for_a_title_and_the_file_stays_as_it_is(store: ChatStore) -> None:
    path = store.path(store.create("", "", "").chat_id)
    for below, title in (("", path.name.removesuffix(".chat.md")), ("\nWhy is\n\nthis so?\n", "Why is this so?")):
        text = path.read_text() + below
        path.write_text(text)
        assert [chat.title for chat in store.chats()] == [title]
        assert path.read_text() == text


def test_a_title_is_all_that_a_rename_changes(store: ChatStore) -> None:
    chat_id = store.create("Old", "p", "").chat_id
    path = store.path(chat_id)
    text = b"---\r\ntitle: Old\r\nmood: calm # \xff\r\n---\r\nstray\r\n## user\r\nHi\r"
    path.write_bytes(text)
    store.rename(chat_id, "New")
    assert path.read_bytes() == text.replace(b"Old", b"New")


def test_a_deleted_chat_leaves_nothing(store: ChatStore) -> None:
    chat_id = store.create("", "", "").chat_id
    writer = store.writer(chat_id)
    with pytest.raises(UserError, match="an answer is coming"):
        store.delete(chat_id)
    writer.release()
    store.delete(chat_id)
    assert [path.name for path in store.path("x").parent.iterdir()] == [".lock"]
    for action in (store.load, store.delete, store.writer):
        with pytest.raises(UserError, match="not there any more"):
            action(chat_id)


def test_a_chat_that_cannot_be_deleted(store: ChatStore, monkeypatch: pytest.MonkeyPatch) -> None:
    chat_id = store.create("", "", "").chat_id

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        raise OSError(errno.EROFS, "read-only")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        with pytest.raises(UserError, match="the chat cannot be deleted: nothing can be changed in"):
            store.delete(chat_id)
    store.writer(chat_id).release()
    store.delete(chat_id)


def test_one_server_answers_at_a_time(store: ChatStore) -> None:
    chat_id = store.create("", "", "").chat_id
    other = ChatStore(store.path(chat_id).parent)
    writer = store.writer(chat_id)
    with pytest.raises(UserError, match="an answer is coming in this chat already"):
        other.writer(chat_id)
    writer.release()
    other.writer(chat_id).release()


@pytest.mark.parametrize(
    "chat_id", ["", ".", "..", "../x", "a/b", "a\\b", "/etc/passwd", ".hidden", "a\0", "a\n", "\ud83d"]
)
def test_an_id_names_no_other_place(store: ChatStore, chat_id: str) -> None:
    for action in (store.path, store.load, store.delete, store.writer):
        with pytest.raises(UserError, match="there is no chat"):
            action(chat_id)


def test_a_change_by_somebody_else_is_noticed(store: ChatStore) -> None:
    chat_id = store.create("", "", "").chat_id
    stamp = store.load(chat_id).stamp
    assert not store.has_changed(chat_id, stamp)
    with store.path(chat_id).open("a") as file:
        file.write("x")
    assert store.has_changed(chat_id, stamp)
    store.path(chat_id).unlink()
    assert store.has_changed(chat_id, stamp)


def test_a_change_in_the_middle_of_a_rename_is_not_overwritten(
    store: ChatStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat_id = store.create("Old", "", "").chat_id
    path = store.path(chat_id)
    real = Path.read_bytes

    def read_and_be_late(read: Path) -> bytes:
        content = real(read)
        read.write_bytes(content + b"typed meanwhile")
        return content

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", read_and_be_late)
        with pytest.raises(UserError, match="just changed by somebody else"):
            store.rename(chat_id, "New")
    assert path.read_bytes().endswith(b"typed meanwhile")


@pytest.mark.parametrize(
    ("error", "words"),
    [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "cannot be written"), (errno.EIO, "cannot be used")],
)
def test_a_disk_that_refuses_changes_nothing(tmp_path: Path, error: int, words: str) -> None:
    disk = FailingDisk()
    store = ChatStore(tmp_path, disk)
    chat_id = store.create("Old", "", "").chat_id
    before = store.path(chat_id).read_bytes()
    disk.error = error
    with pytest.raises(UserError, match=words):
        store.create("New", "", "")
    with pytest.raises(UserError, match=words):
        store.rename(chat_id, "New")
    assert store.path(chat_id).read_bytes() == before
    assert [chat.title for chat in store.chats()] == ["Old"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = ChatStore(tmp_path / "file" / "chats")
    with pytest.raises(UserError, match="cannot be used for chats"):
        store.create("", "", "")
    assert store.chats() == []


def test_two_servers_corrupt_nothing_and_see_each_other(store: ChatStore) -> None:
    chat_id = store.create("", "", "").chat_id
    command = [sys.executable, "-c", SERVER, str(store.path(chat_id).parent), chat_id]
    servers = [subprocess.Popen([*command, name]) for name in ("a", "b")]
    assert [server.wait(timeout=60) for server in servers] == [0, 0]
    stored = store.load(chat_id)
    turns = [turn for turn in stored.conversation.turns if not turn.is_empty]
    assert stored.problems == ()
    assert sorted(turn.message_id for turn in turns) == sorted(f"{n}-{i}" for n in "ab" for i in range(20))
    for turn in turns:
        assert turn.text == "".join(f"{turn.model}{word} " for word in range(20))
    assert stored.conversation.title in ("a 19", "b 19")


def test_a_crash_loses_at_most_the_last_delta(store: ChatStore) -> None:
    chat_id = store.create("", "", "").chat_id
    crashing = SERVER.replace(
        'f"{name}{word} "))', 'f"{name}{word} "))\n        word == 7 and __import__("os")._exit(9)'
    )
    command = [sys.executable, "-c", crashing, str(store.path(chat_id).parent), chat_id, "a"]
    assert subprocess.run(command, check=False).returncode == 9
    turn = store.load(chat_id).conversation.turns[-1]
    assert (turn.text, turn.status) == ("a0 a1 a2 a3 a4 a5 a6 a7 ", "unknown")
    writer = store.writer(chat_id)
    writer.add_turn(Turn("m", "user", "Go on"))
    writer.release()
    assert store.load(chat_id).conversation.turns[-1].text == "Go on"


def test_lines_go_below_the_last_turn(store: ChatStore) -> None:
    chat_id = store.create("T", "p", "", [Turn("m1", "user", "Why?")]).chat_id
    before = store.path(chat_id).read_text()
    store.append(chat_id, "<!-- lsp-llm: a -->")
    assert store.path(chat_id).read_text() == f"{before}\n<!-- lsp-llm: a -->\n"
    with pytest.raises(UserError, match="not there any more"):
        store.append("gone", "a")
    assert not store.path("gone").exists()
