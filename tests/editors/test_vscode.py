"""A person in a real VS Code: selects, picks an action, types on while the answer streams, and finds every letter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.editors.hosting import Hosting
from tests.editors.installation import Installation
from tests.editors.scenario import (
    ABOVE,
    ANSWER,
    BEGINNING,
    BELOW,
    CHUNK_SECONDS,
    CHUNKS,
    FENCED,
    FIRST_LINE,
    HELD_BACK,
    INSIDE,
    LAST_LINE,
    MEANWHILE,
    ORIGINAL,
    PLACES,
    ROUNDS,
    SOURCE,
    InsidePlace,
    Place,
    chunks,
)
from tests.editors.vscode import VSCode

pytestmark = pytest.mark.vscode


class User:
    """A person in front of VS Code, and what there is beside the screen: the model host and the transcript."""

    def __init__(self, editor: VSCode, host: Hosting, installation: Installation, file: Path) -> None:
        self.editor = editor
        self.host = host
        self.installation = installation
        self.file = file

    def select_lines(self, first: int, last: int) -> None:
        self.editor.select_lines(first - 1, last - 1)

    def pick(self, action: str) -> None:
        self.editor.run_code_action(action)

    def replace_function(self) -> None:
        self.select_lines(FIRST_LINE, LAST_LINE)
        self.pick("LLM: replace selection")

    def type_at(self, place: Place) -> None:
        self.editor.put_cursor(place.line - 1, len(SOURCE.splitlines()[place.line - 1]))
        self.editor.type(place.text)

    def go_behind(self, words: str) -> None:
        """Put the cursor at the end of the line with these words."""
        lines = self.editor.text().split("\n")
        number = next(number for number, line in enumerate(lines) if words in line)
        self.editor.put_cursor(number, len(lines[number]))

    def wait_for(self, words: str) -> None:
        self.editor.wait_until(lambda: words in self.editor.text())

    def wait_for_text(self, text: str) -> None:
        self.editor.wait_until(lambda: self.editor.text() == text)

    def saved(self) -> str:
        self.editor.press("Control+s")
        self.editor.wait_until(lambda: self.file.read_bytes().decode() == self.editor.text())
        return self.file.read_bytes().decode()


@pytest.fixture
def user(vscode: Path, tmp_path: Path) -> Iterator[User]:
    with sitting_down(vscode, tmp_path, SOURCE) as user:
        yield user


@contextmanager
def sitting_down(installation: Path, tmp_path: Path, source: str) -> Iterator[User]:
    home, folder = tmp_path / "home", tmp_path / "parcels"
    home.mkdir()
    folder.mkdir()
    file = folder / "parcels.py"
    file.write_bytes(source.encode())
    with Hosting() as host:
        server = Installation(home, host.base_url)
        with VSCode(installation, home, folder, [str(home / "bin/lsp-llm"), "--stdio"]) as editor:
            editor.wait_for_server()
            editor.open(file)
            yield User(editor, host, server, file)
            # Shown where the test has failed.
            print(server.transcript(), editor.text())


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_what_is_typed_while_the_answer_streams_in_stays_whole_and_so_does_the_answer(
    user: User, place: Place, turn: int
) -> None:
    user.replace_function()
    exchange = user.host.request()
    assert "refuse what is too heavy" in exchange.asked
    stream = exchange.stream(chunks(FENCED, CHUNKS + turn), CHUNK_SECONDS)
    user.type_at(place)
    stream.result(timeout=20)
    user.installation.wait_for_ends("done")
    assert user.saved() == place.typed()


@pytest.mark.parametrize("place", INSIDE, ids=lambda place: place.name)
def test_what_is_typed_inside_the_region_stays_and_the_answer_is_whole(user: User, place: InsidePlace) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say(BEGINNING)
    user.wait_for("# The carrier")
    user.go_behind(place.words)
    part = exchange.stream_part(chunks(MEANWHILE), CHUNK_SECONDS)
    user.editor.type(place.text)
    part.result(timeout=20)
    exchange.say(HELD_BACK)
    exchange.done()
    user.installation.wait_for_ends("done")
    # The settings of these tests leave indenting to the person.
    assert user.saved() == place.typed(indentation="")


def test_undo_in_the_middle_stops_the_job_and_nothing_comes_after_it(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.stream(chunks(FENCED), CHUNK_SECONDS)
    user.wait_for("    # Nothing is weighed twice")
    user.editor.undo()
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped: its text was undone")
    for _ in range(99):
        if user.editor.text() == SOURCE:
            break
        user.editor.undo()
    assert user.saved() == SOURCE


def test_the_cancel_button_keeps_what_has_come_and_restoring_puts_the_original_back(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say("def price(weights):\n    # Nothing is")
    user.wait_for("    # Nothing is\n")
    # VS Code shows the progress in the status bar, and its button when that is clicked.
    user.editor.wait_until(lambda: user.editor.sees("[replacing] fake"))
    user.editor.click("[replacing] fake")
    user.editor.click("Cancel")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped")
    assert user.installation.messages("->", "window/workDoneProgress/cancel")
    rest = ORIGINAL.removeprefix("def price(weights):\n")
    assert user.saved() == ABOVE + "def price(weights):\n    # Nothing is\n" + rest + BELOW
    user.pick("LLM: restore original")
    user.wait_for_text(SOURCE)
    assert user.saved() == SOURCE


def test_stopping_with_the_code_action_keeps_what_has_come(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say("def price(weights):\n    # Nothing is")
    user.wait_for("    # Nothing is\n")
    user.pick("LLM: stop")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped")
    rest = ORIGINAL.removeprefix("def price(weights):\n")
    assert user.saved() == ABOVE + "def price(weights):\n    # Nothing is\n" + rest + BELOW


def test_the_original_comes_back_after_an_answer_and_own_words_stay(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say(FENCED)
    exchange.done()
    user.installation.wait_for_ends("done")
    user.type_at(Place("above", 3, "  # own"))
    user.pick("LLM: restore original")
    user.wait_for_text(SOURCE.replace("RATE = 12", "RATE = 12  # own"))


def test_two_jobs_in_one_document_write_side_by_side(user: User) -> None:
    user.replace_function()
    function = user.host.request()
    user.select_lines(LAST_LINE + 3, LAST_LINE + 3)
    user.pick("LLM: replace selection")
    last_line = user.host.request()
    answers = [function.stream(chunks(FENCED, 40), CHUNK_SECONDS)]
    answers.append(last_line.stream(chunks('print("all that there is,")\nprint("in two lines")\n', 40), CHUNK_SECONDS))
    for answer in answers:
        answer.result(timeout=20)
    user.installation.wait_for_ends("done", "done")
    below = BELOW.replace('print("that is all")', 'print("all that there is,")\nprint("in two lines")')
    assert user.saved() == ABOVE + ANSWER + below


def test_a_host_that_dies_in_the_middle_leaves_the_selection_as_it_was(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say("```python\ndef price(weights):\n    # Nothing is weighed")
    user.wait_for("    # Nothing is weighed\n")
    exchange.break_connection()
    user.wait_for_text(SOURCE)
    user.editor.wait_until(lambda: user.editor.sees("LLM: "))
    assert user.saved() == SOURCE


def test_a_file_with_carriage_returns_keeps_them(vscode: Path, tmp_path: Path) -> None:
    with sitting_down(vscode, tmp_path, SOURCE.replace("\n", "\r\n")) as user:
        user.replace_function()
        stream = user.host.request().stream(chunks(FENCED), CHUNK_SECONDS)
        user.type_at(PLACES[0])
        stream.result(timeout=20)
        user.installation.wait_for_ends("done")
        assert user.saved() == PLACES[0].typed().replace("\n", "\r\n")
