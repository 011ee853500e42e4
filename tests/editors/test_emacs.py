"""A person in a real Emacs with Eglot: selects, picks an action, types on while the answer streams, loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.editors import readme
from tests.editors.emacs import Emacs
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
    LAST_OF_BEGINNING,
    MEANWHILE,
    ORIGINAL,
    PLACES,
    SOURCE,
    WITHOUT_END,
    InsidePlace,
    Place,
    Seat,
    chunks,
    seats,
)


class User:
    """A person in front of Emacs, and what there is beside the screen: the model host and the transcript."""

    def __init__(self, editor: Emacs, host: Hosting, installation: Installation, file: Path) -> None:
        self.editor = editor
        self.host = host
        self.installation = installation
        self.file = file

    def go_to_line(self, line: int) -> None:
        self.editor.keys("M-g", "g", *str(line), "Enter")

    def select_lines(self, first: int, last: int) -> None:
        self.go_to_line(first)
        self.editor.keys("C-Space")
        self.go_to_line(last + 1)

    def pick(self, action: str) -> None:
        """Ask for code actions and name one."""
        self.editor.keys("M-x")
        self.editor.type("eglot-code-actions")
        self.editor.keys("Enter")
        self.editor.wait_for("[eglot] Pick an action")
        self.editor.type(action)
        self.editor.keys("Enter")

    def replace_function(self) -> None:
        self.select_lines(FIRST_LINE, LAST_LINE)
        self.pick("LLM: replace selection")

    def go_to(self, place: Place) -> None:
        self.go_to_line(place.line)
        self.editor.keys("C-e")

    def type_slowly(self, text: str) -> None:
        self.editor.type_slowly(text.replace("\n", "\r"))

    def go_behind(self, words: str) -> None:
        """Look for the words from the top, and go to the end of their line."""
        self.editor.keys("M-<", "C-s")
        self.editor.type(words)
        self.editor.keys("Enter", "C-e")

    def wait_for_text(self, text: str) -> None:
        """An edit that landed in the wrong place is taken out after the end of the job was told."""
        self.editor.wait_until(lambda: self.editor.text() == text)

    def saved(self) -> str:
        self.editor.keys("C-x", "C-s")
        self.editor.wait_until(lambda: self.file.read_text() == self.editor.text())
        return self.file.read_text()


@pytest.fixture(params=seats("emacs"), ids=str)
def seat(request: pytest.FixtureRequest) -> Seat:
    seat: Seat = request.param
    return seat


@pytest.fixture
def user(emacs: Path, tmp_path: Path, seat: Seat) -> Iterator[User]:
    with sitting_down(emacs, tmp_path, SOURCE) as user:
        yield user


@contextmanager
def sitting_down(program: Path, folder: Path, source: str) -> Iterator[User]:
    home, file = folder / "home", folder / "parcels.py"
    home.mkdir()
    file.write_text(source)
    with Hosting() as host:
        installation = Installation(home, host.base_url)
        with Emacs(program, home, file, readme.block("Emacs", "elisp")) as editor:
            editor.wait_for_server()
            yield User(editor, host, installation, file)
            # Shown where the test has failed.
            print(installation.transcript(), editor.screen())


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
    stream.result(timeout=60)
    user.installation.wait_for_ends("done")
    user.wait_for_text(place.typed())
    assert user.saved() == place.typed()


@pytest.mark.parametrize("place", INSIDE, ids=lambda place: place.name)
def test_what_is_typed_inside_the_region_stays_and_the_answer_is_whole(
    user: User, place: InsidePlace, seat: Seat
) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say(BEGINNING)
    user.editor.wait_for(LAST_OF_BEGINNING)
    user.go_behind(place.words)
    part = exchange.stream_part(chunks(MEANWHILE, CHUNKS + seat.turn), CHUNK_SECONDS)
    user.editor.type_slowly(place.text.replace("\n", "\r"))
    part.result(timeout=60)
    exchange.say(HELD_BACK)
    exchange.done()
    user.installation.wait_for_ends("done")
    user.wait_for_text(place.typed())
    assert user.saved() == place.typed()


def test_undo_in_the_middle_stops_the_job_and_nothing_comes_after_it(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.stream_part(chunks(WITHOUT_END), CHUNK_SECONDS)
    user.editor.wait_for("    # Nothing is weighed twice: the sum is made while the limit is seen to.")
    user.editor.keys("C-_")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped: its text was undone")
    user.editor.undo_until(SOURCE)
    assert user.saved() == SOURCE


def test_stopping_keeps_what_has_come_and_restoring_puts_the_original_back(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say("def price(weights):\n    # Nothing is")
    user.editor.wait_for("    # Nothing is")
    user.pick("LLM: stop")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped")
    rest = ORIGINAL.removeprefix("def price(weights):\n")
    assert user.saved() == ABOVE + "def price(weights):\n    # Nothing is\n" + rest + BELOW
    user.pick("LLM: restore original")
    user.wait_for_text(SOURCE)
    assert user.saved() == SOURCE


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
        answer.result(timeout=60)
    user.installation.wait_for_ends("done", "done")
    below = BELOW.replace('print("that is all")', 'print("all that there is,")\nprint("in two lines")')
    assert user.saved() == ABOVE + ANSWER + below
