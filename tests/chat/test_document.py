"""Chat documents there and back again, and every change against reading from the start."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_llm.chat import document as document_module
from lsp_llm.chat.conversation import Conversation, Turn
from lsp_llm.chat.document import ChatDocument, chat_text, read_chat
from lsp_llm.chat.lines import State, after
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit
from tests.chat.making import CONVERSATIONS, DOCUMENTS, FREE, LINES


@settings(max_examples=500)
@given(CONVERSATIONS, st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_conversation_is_read_as_it_was_written(conversation: Conversation, line_end: str) -> None:
    read, problems = read_chat(chat_text(conversation, line_end), "c")
    assert read == conversation
    assert problems == ()


@given(DOCUMENTS)
def test_reading_changes_nothing_and_never_fails(text: str) -> None:
    document = Document(text)
    chat = ChatDocument(document)
    assert document.text == text
    assert len(chat.conversation("c").turns) in (len(chat), len(chat) - 1)
    assert all(0 <= problem.line < len(document.lines) and problem.sentence for problem in chat.problems())


@settings(max_examples=300)
@given(DOCUMENTS, st.data())
def test_any_changes_give_what_reading_from_the_start_gives(text: str, data: st.DataObject) -> None:
    document = Document(text)
    chat = ChatDocument(document)
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, document.length))
        end = data.draw(st.integers(start, min(document.length, start + 12)))
        inserted = data.draw(st.lists(LINES | FREE | st.just("\r"), max_size=3).map("\n".join))
        chat.changed(document.apply(Edit(start, end, inserted)))
        assert everything(chat) == everything(ChatDocument(Document(document.text)))


def everything(chat: ChatDocument) -> object:
    places = [(chat.first_line(at), chat.end_line(at), chat.read(at)) for at in range(len(chat))]
    return places, chat.head, chat.conversation("c"), list(chat.problems())


EXAMPLE = """\
---
title: Downloads
preset: claude
mood: calm
system: |-
  Be brief.

  ## User stays
---

## User

Why?

## Assistant (gpt-5)

Because.

## User

"""


def opened(text: str) -> tuple[Document, ChatDocument]:
    document = Document(text)
    return document, ChatDocument(document)


def test_a_document_is_a_conversation() -> None:
    conversation, problems = read_chat(EXAMPLE, "c")
    assert conversation == Conversation(
        "c",
        "Downloads",
        "claude",
        "Be brief.\n\n## User stays",
        (
            Turn("turn-1", "user", "Why?"),
            Turn("turn-2", "assistant", "Because.", model="gpt-5", status="unknown"),
        ),
    )
    assert problems == ()


def test_turns_are_found_by_their_lines() -> None:
    _, chat = opened(EXAMPLE)
    places = [(chat.first_line(place), chat.end_line(place)) for place in range(len(chat))]
    assert places == [(10, 14), (14, 18), (18, 21)]
    assert [chat.place_at(line) for line in (0, 9, 10, 13, 14, 20)] == [-1, -1, 0, 0, 1, 2]


def test_a_fence_swallows_headings_until_it_closes() -> None:
    document, chat = opened("## User\n\n```\n## Assistant\n")
    assert len(chat) == 1
    assert [problem.line for problem in chat.problems()] == [2]
    chat.changed(document.apply(Edit(13, 13, "```\n")))
    assert len(chat) == 2
    assert list(chat.problems()) == []


def test_a_delta_reads_nothing_but_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    document, chat = opened(EXAMPLE * 50)
    seen: list[str] = []

    def noted(line: str, state: State) -> State:
        seen.append(line)
        return after(line, state)

    monkeypatch.setattr(document_module, "after", noted)
    for delta in ("Once", " more", "\n", "now"):
        chat.changed(document.apply(Edit(document.length, document.length, delta)))
    assert len(seen) <= 6
    assert chat.read(len(chat) - 1).turn.text == "Once more\nnow"


def test_what_nobody_touched_is_not_read_again() -> None:
    document, chat = opened(EXAMPLE)
    first, last = chat.read(0), chat.read(2)
    chat.changed(document.apply(Edit(document.length, document.length, "And?")))
    assert chat.read(0) is first
    assert chat.read(2) is not last


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("", "## User\n\n"),
        ("---\ntitle: x\n---\n", "\n## User\n\n"),
        ("## User\n\nHi", "\n\n## User\n\n"),
        ("## User\n\nHi\n", "\n## User\n\n"),
        ("## User\r\n\r\nHi\r\n\r\n", "## User\r\n\r\n"),
        ("## User", "\n\n"),
        ("## User\n", "\n"),
        ("## User\n\n", ""),
        ("## User\n\n\n ", "\n"),
        ("## Assistant\n\n", "## User\n\n"),
        ("## User\n\n  ````\nx", "\n  ````\n\n## User\n\n"),
        ("## Assistant\n<details><summary>Thinking</summary>\n```\n", "```\n\n</details>\n\n## User\n\n"),
        ("## Tools\n\n", "## User\n\n"),
    ],
)
def test_a_new_turn_begins_behind_whatever_is_there(text: str, added: str) -> None:
    document, chat = opened(text)
    assert chat.lead_in(Turn("", "user")) == added
    places = len(chat)
    chat.changed(document.apply(Edit(document.length, document.length, added + "Next")))
    assert chat.read(len(chat) - 1).turn.text == "Next"
    assert len(chat) in (places, places + 1)


@given(DOCUMENTS)
def test_a_new_turn_can_always_begin(text: str) -> None:
    document, chat = opened(text)
    before = chat.conversation("c").turns
    added = chat.lead_in(Turn("", "assistant", model="new")) + "Hello"
    chat.changed(document.apply(Edit(document.length, document.length, added)))
    *others, last = chat.conversation("c").turns
    assert (last.text, last.model) == ("Hello", "new")
    assert len(others) >= len(before)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("---\ntitle: [\n---\n## User\nHi", [2]),
        ("---\ntitle: x\n\n## User\nHi", [0]),
        ("---\ntitle: [a]\n---\n## User\nHi", [1]),
        ("Hello\n## User\nHi", [0]),
        ("---\ntitle: x\n---\n\nHello\n## User\nHi", [4]),
        ("## User\n<!-- lsp-llm nonsense -->\nHi", [1]),
        ("\ufeff## User\nHi", [0]),
    ],
)
def test_a_mangled_document_is_read_as_far_as_it_goes(text: str, lines: list[int]) -> None:
    conversation, problems = read_chat(text, "c")
    assert [problem.line for problem in problems] == lines
    assert all(problem.sentence for problem in problems)
    assert [turn.text for turn in conversation.turns] == (["Hi"] if "\ufeff" not in text else [])


def test_front_matter_without_end_is_read_to_the_first_turn() -> None:
    assert read_chat("---\ntitle: x\n\n## User\nHi", "c")[0].title == "x"


def test_an_id_names_one_turn() -> None:
    comment = '<!-- lsp-llm {"messageId":"m"} -->'
    turns = read_chat(f"## User\na\n{comment}\n## User\nb\n{comment}\n", "c")[0].turns
    assert [turn.message_id for turn in turns] == ["m", "turn-2"]


def test_a_new_document_waits_for_the_user() -> None:
    text = chat_text(Conversation("c", "T", "p"))
    assert text == "---\ntitle: T\npreset: p\nsystem:\n---\n\n## User\n\n"
    assert read_chat(text, "c")[0] == Conversation("c", "T", "p")
    assert chat_text(Conversation("c", turns=(Turn("", "user", "Hi"),))).endswith("## User\n\nHi\n")


def test_an_edited_text_stays_where_it_is() -> None:
    document, chat = opened(EXAMPLE)
    place = document.text.index("Why")
    chat.changed(document.apply(Edit(place, place + 3, "How")))
    assert chat.conversation("c").turns[0] == Turn("turn-1", "user", "How?")
    assert document.text == EXAMPLE.replace("Why", "How")
