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
    SOURCE,
    InsidePlace,
    Place,
    Seat,
    chunks,
    once,
    seats,
)
from tests.editors.vscode import VSCode
from tests.editors.waiting import LIMIT_SECONDS

pytestmark = pytest.mark.vscode
ONCE = once("vscode")

FUNCTION = {"start": {"line": FIRST_LINE - 1, "character": 0}, "end": {"line": LAST_LINE, "character": 0}}
FIRST_OF_THE_ANSWER = "def price(weights):\n    # Nothing is"
STOPPED = ABOVE + FIRST_OF_THE_ANSWER + "\n" + ORIGINAL.removeprefix("def price(weights):\n") + BELOW


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

    def command(self, name: str, **options: object) -> None:
        """Run a command of the server's, as a key binding of the user's would."""
        self.editor.command(f"lsp-llm.{name}", {"uri": self.file.as_uri(), **options})

    def go_to(self, place: Place) -> None:
        self.editor.put_cursor(place.line - 1, len(SOURCE.splitlines()[place.line - 1]))

    def type_slowly(self, text: str) -> None:
        self.editor.type(text)

    def go_behind(self, words: str) -> None:
        """Put the cursor at the end of the line with these words."""
        lines = self.editor.text().split("\n")
        number = next(number for number, line in enumerate(lines) if words in line)
        self.editor.put_cursor(number, len(lines[number]))

    def undo_all(self) -> None:
        """Undo until the text is as it was when it was opened."""
        for _ in range(199):
            if self.editor.text() == SOURCE:
                break
            self.editor.undo()

    def wait_for(self, words: str) -> None:
        self.editor.wait_until(lambda: words in self.editor.text())

    def wait_for_text(self, text: str) -> None:
        self.editor.wait_until(lambda: self.editor.text() == text)

    def saved(self) -> str:
        self.editor.press("Control+s")
        self.editor.wait_until(lambda: self.file.read_bytes().decode() == self.editor.text())
        return self.file.read_bytes().decode()


@pytest.fixture(params=seats("vscode"), ids=str)
def seat(request: pytest.FixtureRequest) -> Seat:
    seat: Seat = request.param
    return seat


@pytest.fixture
def user(vscode: VSCode, tmp_path: Path, seat: Seat) -> Iterator[User]:
    with sitting_down(vscode, tmp_path, SOURCE) as user:
        yield user


@contextmanager
def sitting_down(editor: VSCode, tmp_path: Path, source: str) -> Iterator[User]:
    home, file = tmp_path / "home", editor.folder / tmp_path.name / "parcels.py"
    home.mkdir()
    file.parent.mkdir()
    file.write_bytes(source.encode())
    with Hosting() as host:
        server = Installation(home, host.base_url)
        editor.serve(server.program)
        editor.open(file)
        yield User(editor, host, server, file)
        # Shown where the test has failed.
        print(server.transcript(), editor.text())


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_what_is_typed_while_the_answer_streams_in_stays_whole_and_so_does_the_answer(
    user: User, place: Place, seat: Seat
) -> None:
    user.replace_function()
    exchange = user.host.request()
    assert "refuse what is too heavy" in exchange.asked
    user.go_to(place)
    stream = exchange.stream(chunks(FENCED, CHUNKS + seat.turn), CHUNK_SECONDS)
    user.type_slowly(place.text)
    stream.result(timeout=LIMIT_SECONDS)
    user.installation.wait_for_ends("done")
    assert user.saved() == place.typed()


@pytest.mark.parametrize("place", INSIDE, ids=lambda place: place.name)
def test_what_is_typed_inside_the_region_stays_and_the_answer_is_whole(
    user: User, place: InsidePlace, seat: Seat
) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say(BEGINNING)
    user.wait_for("# The carrier")
    user.go_behind(place.words)
    part = exchange.stream_part(chunks(MEANWHILE, CHUNKS + seat.turn), CHUNK_SECONDS)
    user.editor.type(place.text)
    part.result(timeout=LIMIT_SECONDS)
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
    user.undo_all()
    assert user.saved() == SOURCE


def test_undo_after_an_answer_and_own_words_brings_all_of_it_back(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    user.go_to(Place("above", 3, "  # own words"))
    stream = exchange.stream(chunks(FENCED), CHUNK_SECONDS)
    user.type_slowly("  # own words")
    stream.result(timeout=LIMIT_SECONDS)
    user.installation.wait_for_ends("done")
    user.undo_all()
    assert user.saved() == SOURCE


def test_the_cancel_button_keeps_what_has_come_and_restoring_puts_the_original_back(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say(FIRST_OF_THE_ANSWER)
    user.wait_for("    # Nothing is\n")
    # VS Code shows the progress in the status bar, and its button when that is clicked.
    user.editor.wait_until(lambda: user.editor.sees("[replacing] fake"))
    user.editor.click("[replacing] fake")
    user.editor.push("Cancel")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped")
    assert user.installation.messages("->", "window/workDoneProgress/cancel")
    assert user.saved() == STOPPED
    user.pick("LLM: restore original")
    user.wait_for_text(SOURCE)
    assert user.saved() == SOURCE


def test_stopping_with_the_code_action_keeps_what_has_come(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say(FIRST_OF_THE_ANSWER)
    user.wait_for("    # Nothing is\n")
    user.pick("LLM: stop")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped")
    assert user.saved() == STOPPED


def test_stopping_with_the_command_keeps_what_has_come(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say(FIRST_OF_THE_ANSWER)
    user.wait_for("    # Nothing is\n")
    user.command("cancel")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped")
    assert user.saved() == STOPPED


def test_the_original_comes_back_after_an_answer_and_own_words_stay(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say(FENCED)
    exchange.done()
    user.installation.wait_for_ends("done")
    user.go_to(Place("above", 3, "  # own"))
    user.type_slowly("  # own")
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
        answer.result(timeout=LIMIT_SECONDS)
    user.installation.wait_for_ends("done", "done")
    below = BELOW.replace('print("that is all")', 'print("all that there is,")\nprint("in two lines")')
    assert user.saved() == ABOVE + ANSWER + below


def preview(user: User) -> None:
    """Ask for a preview, see it, and go back to the file."""
    user.command("replace", range=FUNCTION, mode="preview")
    exchange = user.host.request()
    exchange.say(FENCED)
    exchange.done()
    user.installation.wait_for_ends("done")
    user.editor.wait_until(lambda: any(path.endswith("parcels.py.1.diff") for path in user.editor.shown()))
    user.wait_for("+        if weight > LIMIT:")
    user.editor.open(user.file)
    assert user.saved() == SOURCE


def test_a_preview_is_taken_and_put_back(user: User) -> None:
    preview(user)
    user.pick("LLM: accept")
    user.wait_for_text(ABOVE + ANSWER + BELOW)
    assert user.saved() == ABOVE + ANSWER + BELOW
    user.undo_all()
    assert user.saved() == SOURCE


def test_one_change_of_a_preview_is_taken_and_put_back(user: User) -> None:
    preview(user)
    user.editor.put_cursor(FIRST_LINE, 0)
    user.pick("LLM: accept this change")
    taken = "    # Nothing is weighed twice: the sum is made while the limit is seen to.\n"
    text = SOURCE.replace("    total = 0\n", f"{taken}    total = 0\n")
    user.wait_for_text(text)
    assert user.saved() == text
    user.pick("LLM: restore original")
    user.wait_for_text(SOURCE)
    assert user.saved() == SOURCE


def preview_in_the_same_tab(user: User) -> None:
    """Ask for a preview of a file whose tab is the next one's: the difference takes it, and the file is closed."""
    user.editor.clear()
    user.editor.glance(user.file)
    user.command("replace", range=FUNCTION, mode="preview")
    exchange = user.host.request()
    exchange.say(FENCED)
    exchange.done()
    user.wait_for("+        if weight > LIMIT:")
    closed = {"textDocument": {"uri": user.file.as_uri()}}
    user.installation.wait_until(lambda: closed in user.installation.messages("->", "textDocument/didClose")[1:])


@ONCE
def test_a_preview_that_takes_the_tab_of_its_file_is_taken_in_it_later(user: User) -> None:
    preview_in_the_same_tab(user)
    user.editor.open(user.file)
    user.pick("LLM: accept")
    user.wait_for_text(ABOVE + ANSWER + BELOW)


@ONCE
def test_a_preview_that_takes_the_tab_of_its_file_is_taken_from_there(user: User) -> None:
    preview_in_the_same_tab(user)
    user.command("accept")
    user.editor.wait_until(lambda: str(user.file) in user.editor.shown())
    user.editor.open(user.file)
    user.wait_for_text(ABOVE + ANSWER + BELOW)
    assert user.saved() == ABOVE + ANSWER + BELOW


@ONCE
def test_a_host_that_dies_in_the_middle_leaves_the_selection_as_it_was(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say("```python\ndef price(weights):\n    # Nothing is weighed")
    user.wait_for("    # Nothing is weighed\n")
    exchange.break_connection()
    user.wait_for_text(SOURCE)
    user.editor.wait_until(lambda: user.editor.sees("LLM: "))
    assert user.saved() == SOURCE


def test_a_file_with_carriage_returns_keeps_them(vscode: VSCode, tmp_path: Path, seat: Seat) -> None:
    with sitting_down(vscode, tmp_path, SOURCE.replace("\n", "\r\n")) as user:
        user.replace_function()
        exchange = user.host.request()
        user.go_to(PLACES[0])
        stream = exchange.stream(chunks(FENCED, CHUNKS + seat.turn), CHUNK_SECONDS)
        user.type_slowly(PLACES[0].text)
        stream.result(timeout=LIMIT_SECONDS)
        user.installation.wait_for_ends("done")
        assert user.saved() == PLACES[0].typed().replace("\n", "\r\n")
