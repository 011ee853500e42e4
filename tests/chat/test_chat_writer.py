"""An answer on its way into a file that others change as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsp_llm.chat.chat_writer import ChatWriter, decoded, encoded
from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.store import ChatStore
from lsp_llm.chat.turn_writer import TurnWriter, turn_body
from lsp_llm.errors import UserError
from tests.chat.disks import FailingDisk

ANSWER = Turn("m2", "assistant", model="gpt-5")


class Chat:
    """A chat with a question, and an answer that has begun."""

    def __init__(self, folder: Path) -> None:
        self.disk = FailingDisk()
        self.store = ChatStore(folder, self.disk)
        self.chat_id = self.store.create("T", "p", "").chat_id
        self.path = self.store.path(self.chat_id)
        self.file: ChatWriter = self.store.writer(self.chat_id)
        self.file.add_turn(Turn("m1", "user", "Why?"))
        self.file.begin(ANSWER)
        self.turn = TurnWriter(self.file.line_end)

    def hear(self, delta: str) -> None:
        self.file.add(self.turn.text(delta))

    def end(self) -> None:
        self.file.add(self.turn.finish(ANSWER))
        self.file.settle()
        self.file.release()

    @property
    def texts(self) -> list[str]:
        return [turn.text for turn in self.store.load(self.chat_id).conversation.turns]


@pytest.fixture
def chat(tmp_path: Path) -> Chat:
    return Chat(tmp_path)


def test_every_delta_is_in_the_file_at_once(chat: Chat) -> None:
    for delta, text in (("Be", "Be"), ("cause", "Because"), ("\n\nof", "Because\n\nof")):
        chat.hear(delta)
        assert chat.texts == ["Why?", text]
    chat.end()
    turn = chat.store.load(chat.chat_id).conversation.turns[1]
    assert (turn.message_id, turn.model, turn.status) == ("m2", "gpt-5", "done")


def test_the_waiting_turn_of_the_user_is_used(chat: Chat) -> None:
    assert chat.path.read_text().count("## User") == 1


def test_somebody_else_gives_it_another_title(chat: Chat) -> None:
    chat.hear("Be")
    ChatStore(chat.path.parent).rename(chat.chat_id, "Other")
    chat.hear("cause")
    chat.end()
    assert chat.texts == ["Why?", "Because"]
    assert chat.store.load(chat.chat_id).conversation.title == "Other"


def test_an_editor_saves_with_a_line_end_of_its_own(chat: Chat) -> None:
    chat.hear("Be")
    chat.path.write_text(chat.path.read_text() + "\n")
    chat.hear("cause")
    chat.end()
    assert chat.texts == ["Why?", "Because"]


def test_an_editor_saves_what_it_had_read_in_the_middle(chat: Chat) -> None:
    chat.hear("Once ")
    early = chat.path.read_text()
    chat.hear("upon a ")
    chat.path.write_text(early + "\n")
    chat.hear("time")
    chat.end()
    assert chat.texts == ["Why?", "Once upon a time"]


def test_an_editor_saves_what_it_had_read_before(chat: Chat) -> None:
    early = chat.path.read_text().split("\n## Assistant")[0].replace("Why?", "Why not?")
    chat.hear("Once ")
    chat.path.write_text(early)
    chat.hear("upon")
    chat.end()
    assert chat.texts == ["Why not?", "Once upon"]


def test_somebody_writes_the_next_turn_below_meanwhile(chat: Chat) -> None:
    chat.hear("Be")
    chat.path.write_text(chat.path.read_text() + "\n\n## User\n\nAnd?\n")
    chat.hear("cause")
    chat.hear(" of")
    chat.end()
    assert chat.texts == ["Why?", "Because of", "And?"]


@pytest.mark.parametrize("begun", ["", "I", "Hm.\n\nI"])
def test_another_answer_that_begins_the_same_is_left_alone(chat: Chat, begun: str) -> None:
    """An editor saves a document with an answer of its own in the place of this one."""
    chat.hear(begun)
    chat.path.write_text(f"{chat.path.read_text()} think.\n\n## User\n\nSo?\n")
    chat.hear("I know." if not begun else " know.")
    chat.end()
    assert chat.texts == ["Why?", f"{begun} think.", "So?", f"{begun or 'I'} know."]


def test_somebody_edits_the_answer_meanwhile(chat: Chat) -> None:
    chat.hear("Ones upon")
    chat.path.write_text(chat.path.read_text().replace("Ones", "Once"))
    chat.hear(" a time")
    chat.end()
    assert chat.texts == ["Why?", "Once upon", "Ones upon a time"]


def test_somebody_leaves_a_fence_open(chat: Chat) -> None:
    chat.hear("a")
    chat.path.write_text("## User\n\n```\n")
    chat.hear("b")
    chat.end()
    assert chat.texts == ["```\n```", "ab"]


def test_a_deleted_chat_stays_deleted(chat: Chat) -> None:
    chat.path.unlink()
    with pytest.raises(UserError, match="deleted"):
        chat.hear("a")
    assert not chat.path.exists()
    chat.file.release()


def test_a_full_disk_loses_nothing(chat: Chat) -> None:
    chat.hear("Once ")
    before = chat.path.read_bytes()
    chat.disk.fill_up()
    for delta in ("upon ", "a "):
        with pytest.raises(UserError, match="the disk is full"):
            chat.hear(delta)
    assert chat.path.read_bytes() == before
    chat.disk.error = 0
    chat.hear("time")
    chat.end()
    assert chat.texts == ["Why?", "Once upon a time"]


def test_a_full_disk_loses_no_turn_when_the_next_one_begins(chat: Chat) -> None:
    chat.hear("Once ")
    assert not chat.file.is_behind
    chat.disk.fill_up()
    turns = [Turn("m3", "user", "And?"), Turn("m4", "assistant", "```\nopen", model="gpt-5"), Turn("", "user")]
    with pytest.raises(UserError, match="the disk is full"):
        chat.hear("upon a time")
    with pytest.raises(UserError, match="the disk is full"):
        chat.file.add(chat.turn.finish(ANSWER))
    for turn in turns:
        with pytest.raises(UserError, match="the disk is full"):
            chat.file.begin(turn)
        with pytest.raises(UserError, match="the disk is full"):
            chat.file.add(turn_body(turn, chat.file.line_end))
    assert chat.file.is_behind
    chat.disk.error = 0
    chat.file.settle()
    chat.file.release()
    assert not chat.file.is_behind
    assert chat.texts == ["Why?", "Once upon a time", "And?", "```\nopen"]
    assert chat.path.read_text().endswith("\n\n## User\n\n")


def test_nothing_is_owed_to_a_file_that_is_gone(chat: Chat) -> None:
    chat.disk.fill_up()
    with pytest.raises(UserError):
        chat.hear("Once")
    chat.path.unlink()
    assert not chat.file.is_behind


def test_a_full_disk_and_another_title_lose_nothing(chat: Chat) -> None:
    chat.hear("Once ")
    chat.disk.fill_up()
    with pytest.raises(UserError):
        chat.hear("upon ")
    ChatStore(chat.path.parent).rename(chat.chat_id, "Other")
    chat.disk.error = 0
    chat.hear("a time")
    chat.end()
    assert chat.texts == ["Why?", "Once upon a time"]


def test_windows_line_ends_are_kept(tmp_path: Path) -> None:
    store = ChatStore(tmp_path)
    (tmp_path / "mine.chat.md").write_bytes(b"## User\r\n\r\nHi\r\n")
    writer = store.writer("mine")
    writer.add_turn(Turn("", "assistant", "a\nb", status="unknown"))
    writer.release()
    assert (tmp_path / "mine.chat.md").read_bytes() == b"## User\r\n\r\nHi\r\n\r\n## Assistant\r\n\r\na\r\nb\r\n"


class Half(Chat):
    """A chat whose answer was cut off, and goes on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.hear("Once")
        self.former = Turn("m2", "assistant", "Once", model="gpt-5", status="cut off")
        self.file.add(self.turn.finish(self.former))
        self.file.settle()
        self.file.begin(Turn("", "user"))
        self.before = self.path.read_bytes()
        self.file.go_on(self.former)
        self.file.begin(ANSWER)
        self.turn = TurnWriter(self.file.line_end)


@pytest.fixture
def half(tmp_path: Path) -> Half:
    return Half(tmp_path)


def test_an_answer_goes_on_in_its_place_in_one_step(half: Half) -> None:
    assert half.path.read_bytes() == half.before, "nothing changes before there is more of it"
    half.hear("Once upon")
    assert half.texts == ["Why?", "Once upon"]
    half.hear(" a time")
    half.end()
    assert half.texts == ["Why?", "Once upon a time"]
    assert half.path.read_text().count("## Assistant (gpt-5)") == 1
    turn = half.store.load(half.chat_id).conversation.turns[1]
    assert (turn.message_id, turn.status) == ("m2", "done")


def test_the_turn_behind_an_answer_that_went_on_is_one_of_its_own(half: Half) -> None:
    half.hear("Once upon a time")
    half.file.add(half.turn.finish(ANSWER))
    half.file.settle()
    half.file.add_turn(Turn("m3", "user", "And?"))
    half.file.begin(ANSWER)
    half.turn = TurnWriter(half.file.line_end)
    half.hear("So.")
    half.end()
    assert half.texts == ["Why?", "Once upon a time", "And?", "So."]


def test_an_answer_that_does_not_go_on_stays(half: Half) -> None:
    half.path.write_bytes(half.before.removesuffix(b"\n## User\n\n"))
    half.file.begin(Turn("", "user"))
    half.file.release()
    assert half.path.read_bytes() == half.before, "and there is room for the user's next turn"


def test_a_full_disk_leaves_the_former_answer_until_it_takes_the_longer_one(half: Half) -> None:
    half.disk.fill_up()
    for text in ("Once upon", " a "):
        with pytest.raises(UserError, match="the disk is full"):
            half.hear(text)
    assert half.path.read_bytes() == half.before
    half.disk.error = 0
    half.hear("time")
    half.end()
    assert half.texts == ["Why?", "Once upon a time"]


def test_a_full_disk_loses_no_answer_that_went_on_when_the_next_turn_begins(half: Half) -> None:
    half.disk.fill_up()
    with pytest.raises(UserError, match="the disk is full"):
        half.hear("Once upon")
    with pytest.raises(UserError, match="the disk is full"):
        half.file.add(half.turn.finish(ANSWER))
    with pytest.raises(UserError, match="the disk is full"):
        half.file.begin(Turn("", "user"))
    half.disk.error = 0
    half.file.settle()
    half.file.release()
    assert half.texts == ["Why?", "Once upon"]
    assert half.path.read_text().endswith("\n\n## User\n\n")


def test_another_title_is_no_hindrance_to_going_on(half: Half) -> None:
    ChatStore(half.path.parent).rename(half.chat_id, "Other")
    half.hear("Once upon")
    half.end()
    assert half.texts == ["Why?", "Once upon"]
    assert half.store.load(half.chat_id).conversation.title == "Other"


@pytest.mark.parametrize("change", [("Once", "Twice"), ("## User\n\n", "## User\n\nAnd?\n")])
def test_an_answer_that_is_not_the_last_as_it_was_goes_on_at_the_end(half: Half, change: tuple[str, str]) -> None:
    above, _, below = half.path.read_text().rpartition(change[0])
    half.path.write_text(f"{above}{change[1]}{below}")
    before = half.texts
    half.hear("Once upon")
    half.end()
    assert list(filter(None, half.texts)) == [*before, "Once upon"], "what somebody wrote stays, and so does the answer"


def test_an_answer_with_windows_line_ends_goes_on(tmp_path: Path) -> None:
    store, path = ChatStore(tmp_path), tmp_path / "mine.chat.md"
    path.write_bytes(b"## User\r\n\r\nHi\r\n\r\n# assistant: gpt\r\nHa\r\n")
    writer = store.writer("mine")
    former = store.load("mine").conversation.turns[1]
    writer.go_on(former)
    writer.begin(Turn("", "assistant"))
    writer.add("Ha\r\nha\r\n")
    writer.release()
    assert path.read_bytes() == b"## User\r\n\r\nHi\r\n\r\n# assistant: gpt\r\n\r\nHa\r\nha\r\n"


def test_bytes_that_are_no_text_stay() -> None:
    assert encoded(decoded(b"a\xff\xe9")) == b"a\xff\xe9"
    assert encoded("a\ud83d") == "a\ufffd".encode()


def test_a_long_answer_costs_what_it_is_long(chat: Chat) -> None:
    """Nothing is read or copied per delta; a quadratic writer would take minutes here."""
    for _ in range(5000):
        chat.hear("word " * 40)
    chat.end()
    assert len(chat.texts[1]) == 5000 * 200
