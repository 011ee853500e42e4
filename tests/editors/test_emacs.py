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
    BEGINNING,
    CHUNK_SECONDS,
    CHUNKS,
    FENCED,
    FIRST_LINE,
    HELD_BACK,
    INSIDE,
    LAST_LINE,
    MEANWHILE,
    PLACES,
    ROUNDS,
    SOURCE,
    InsidePlace,
    Place,
    chunks,
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

    def type_at(self, place: Place) -> None:
        self.go_to_line(place.line)
        self.editor.keys("C-e")
        self.editor.type_slowly(place.text.replace("\n", "\r"))

    def go_behind(self, words: str) -> None:
        """Look for the words from the top, and go to the end of their line."""
        self.editor.keys("M-<", "C-s")
        self.editor.type(words)
        self.editor.keys("Enter", "C-e")

    def saved(self) -> str:
        self.editor.keys("C-x", "C-s")
        self.editor.wait_for("Wrote ")
        return self.file.read_text()


@pytest.fixture
def user(emacs: Path, tmp_path: Path) -> Iterator[User]:
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


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("place", INSIDE, ids=lambda place: place.name)
def test_what_is_typed_inside_the_region_stays_and_the_answer_is_whole(
    user: User, place: InsidePlace, turn: int
) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say(BEGINNING)
    user.editor.wait_for("        if weight > LIMIT:")
    user.go_behind(place.words)
    part = exchange.stream_part(chunks(MEANWHILE, CHUNKS + turn), CHUNK_SECONDS)
    user.editor.type_slowly(place.text.replace("\n", "\r"))
    part.result(timeout=20)
    exchange.say(HELD_BACK)
    exchange.done()
    user.installation.wait_for_ends("done")
    # An edit that landed in the wrong place is taken out after the end of the job was told.
    user.editor.wait_until(lambda: user.editor.text() == place.typed(), timeout_seconds=3)
    assert user.saved() == place.typed()
