"""A person who holds a chat in Emacs with the package of editors/emacs: sends, types on, stops, branches, applies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.emacs_package import CLIENTS, PackageUser, served
from tests.editors.scenario import SOURCE
from tests.fakes.chats import without_comments

ANSWER = ["It ", "is ", "4", "1.\n", "And ", "no ", "more", "."]
MEANWHILE = "And b, while it comes?"
CODE = "Take this:\n\n```python parcels.py\nprint(0)\n```\n"


@pytest.fixture(params=CLIENTS)
def user(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PackageUser]:
    with served(request, request.param, tmp_path) as user:
        yield user


def open_chat(user: PackageUser) -> None:
    """A new chat, from the key: point is where the question goes."""
    user.press("c")
    user.editor.wait_until(lambda: user.editor.in_buffer("major-mode") == "lsp-llm-chat-mode")
    user.wait_for_server()


def answer(user: PackageUser, text: str) -> None:
    """Answer the next request, and wait until the answer is there with its last word, and the server knows it."""
    exchange = user.host.request()
    ends = len(user.installation.ends())
    exchange.say(text)
    exchange.done()
    user.editor.wait_until(lambda: re.search(re.escape(text.rstrip()) + r"\s*<!-- lsp-llm", user.text()) is not None)
    user.installation.wait_until(lambda: len(user.installation.ends()) > ends)


def test_what_is_typed_at_the_end_while_an_answer_comes_is_the_next_turn(user: PackageUser) -> None:
    open_chat(user)
    user.editor.type("What is a?")
    user.editor.keys("C-c", "C-c")
    exchange = user.host.request()
    assert exchange.asked.endswith("What is a?")
    part = exchange.stream_part(ANSWER, 0.05)
    user.editor.wait_until(lambda: user.text().count("## User") == 2)
    user.editor.type_slowly(MEANWHILE)
    part.result(timeout=60)
    exchange.done()
    user.editor.wait_until(lambda: "And no more." in user.text() and "<!-- lsp-llm" in user.text())
    user.installation.wait_for_ends("done")
    text = without_comments(user.text())
    assert text.index("What is a?") < text.index("It is 41.\nAnd no more.") < text.index(MEANWHILE)
    user.editor.keys("C-c", "C-c")
    exchange = user.host.request()
    assert exchange.asked == MEANWHILE


def test_a_chat_about_the_region_quotes_it(user: PackageUser) -> None:
    user.select_function()
    open_chat(user)
    assert "total = total + weight * RATE" in user.text()


def test_an_answer_is_stopped_and_asked_for_once_more(user: PackageUser) -> None:
    open_chat(user)
    user.editor.type("What is a?")
    user.editor.keys("C-c", "C-c")
    exchange = user.host.request()
    exchange.say("It is")
    user.editor.wait_until(lambda: "It is" in user.text())
    user.editor.keys("C-c", "C-k")
    exchange.wait_until_closed()
    user.editor.wait_until(lambda: "<!-- lsp-llm" in user.text())
    user.installation.wait_for_ends("stopped")
    user.editor.keys("C-c", "C-r")
    answer(user, "41, at last.")
    user.editor.wait_until(lambda: "41, at last." in user.text())
    assert "It is" not in user.text()
    assert user.text().count("## Assistant") == 1


def test_a_chat_branches_at_point(user: PackageUser) -> None:
    open_chat(user)
    user.editor.type("What is a?")
    user.editor.keys("C-c", "C-c")
    answer(user, "41.")
    shown = user.editor.in_buffer("buffer-file-name")
    user.editor.keys("M-<")
    user.editor.keys("C-s")
    user.editor.type("What is a")
    user.editor.keys("Enter", "C-c", "C-b")
    user.editor.wait_until(lambda: user.editor.in_buffer("buffer-file-name") != shown)
    user.wait_for_server()
    assert "What is a?" in user.text()
    assert "41." not in user.text()


def test_code_is_offered_to_the_file_that_it_names_and_taken(user: PackageUser) -> None:
    open_chat(user)
    user.editor.type("Shorter, please.")
    user.editor.keys("C-c", "C-c")
    answer(user, CODE)
    user.editor.keys("M-<", "C-s")
    user.editor.type("print(0)")
    user.editor.keys("Enter", "C-c", "C-a")
    user.editor.wait_until(lambda: bool(user.executed("apply")))
    user.editor.wait_for(".diff")
    user.editor.evaluate(f'(switch-to-buffer (find-buffer-visiting "{user.file}"))')
    assert user.text() == SOURCE
    user.press("k")
    user.wait_for_text("print(0)\n")


def test_a_chat_that_is_opened_by_hand_is_served(user: PackageUser) -> None:
    talk = user.file.with_name("talk.chat.md")
    talk.write_text("## User\n\nWhat is a?\n")
    user.editor.keys("C-x", "C-f")
    user.editor.keys("C-a", "C-k")
    user.editor.type(str(talk))
    user.editor.keys("Enter")
    user.editor.wait_until(lambda: user.editor.in_buffer("major-mode") == "lsp-llm-chat-mode")
    user.wait_for_server()
    user.editor.keys("M->", "C-c", "C-c")
    answer(user, "41.")
    assert "41." in user.text()
