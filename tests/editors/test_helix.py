"""A person in a real Helix: selects, picks an action, types on while the answer streams in, and finds every letter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.editors import readme
from tests.editors.helix import Helix
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
    once,
    seats,
)

VERSIONS = ("helix", "helix_newest")
ONCE = once(*VERSIONS)


@pytest.fixture(params=seats(*VERSIONS), ids=str)
def seat(request: pytest.FixtureRequest) -> Seat:
    seat: Seat = request.param
    return seat


@pytest.fixture
def program(request: pytest.FixtureRequest, seat: Seat) -> Path:
    found: Path = request.getfixturevalue(seat.editor)
    return found


class User:
    """A person in front of Helix, and what there is beside the screen: the model host and the transcript."""

    def __init__(self, editor: Helix, host: Hosting, installation: Installation) -> None:
        self.editor = editor
        self.host = host
        self.installation = installation

    def select_lines(self, first: int, last: int) -> None:
        """From normal mode: go there, and take line after line."""
        self.editor.keys(*str(first), "g", "g", *"x" * (last - first + 1))

    def replace_function(self) -> None:
        self.select_lines(FIRST_LINE, LAST_LINE)
        self.editor.pick("LLM: replace selection")

    def wait_until_gone(self, text: str) -> None:
        self.editor.wait_until(lambda: text not in self.editor.screen())

    def go_behind(self, words: str) -> None:
        """Look for the words, and insert at the end of their line."""
        self.editor.keys("/")
        self.editor.type(words)
        self.editor.keys("Enter")
        self.editor.insert_mode("A")

    def go_to(self, place: Place) -> None:
        self.editor.keys(*str(place.line), "g", "g")
        self.editor.insert_mode("A")

    def type_slowly(self, text: str) -> None:
        self.editor.type_slowly(text.replace("\n", "\r"))
        self.editor.normal_mode()


@pytest.fixture
def user(program: Path, tmp_path: Path) -> Iterator[User]:
    with sitting_down(program, tmp_path, SOURCE) as user:
        yield user


@contextmanager
def sitting_down(program: Path, folder: Path, source: str, keys: str = "") -> Iterator[User]:
    home, file = folder / "home", folder / "parcels.py"
    home.mkdir()
    file.write_bytes(source.encode())
    with Hosting() as host:
        installation = Installation(home, host.base_url)
        with Helix(program, home, file, readme.block("Helix", "toml"), keys) as editor:
            editor.wait_for_server()
            yield User(editor, host, installation)
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
    assert user.editor.saved() == place.typed()


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
    user.editor.normal_mode()
    part.result(timeout=60)
    exchange.say(HELD_BACK)
    exchange.done()
    user.installation.wait_for_ends("done")
    assert user.editor.saved() == place.typed()


def test_undo_in_the_middle_stops_the_job_and_nothing_comes_after_it(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.stream_part(chunks(WITHOUT_END), CHUNK_SECONDS)
    user.editor.wait_for("    # Nothing is weighed twice: the sum is made while the limit is seen to.")
    user.editor.keys("u")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped: its text was undone")
    user.editor.keys("9", "9", "u")
    assert user.editor.saved() == SOURCE


def test_stopping_keeps_what_has_come_and_restoring_puts_the_original_back(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say("def price(weights):\n    # Nothing is")
    user.editor.wait_for("    # Nothing is")
    user.editor.pick("LLM: stop")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped")
    rest = ORIGINAL.removeprefix("def price(weights):\n")
    assert user.editor.saved() == ABOVE + "def price(weights):\n    # Nothing is\n" + rest + BELOW
    user.editor.pick("LLM: restore original")
    user.wait_until_gone("    # Nothing is")
    assert user.editor.saved() == SOURCE


def test_the_original_comes_back_after_an_answer_and_own_words_stay(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say(FENCED)
    exchange.done()
    user.installation.wait_for_ends("done")
    user.go_to(Place("above", 3, "  # own"))
    user.type_slowly("  # own")
    user.editor.pick("LLM: restore original")
    user.wait_until_gone("    # Nothing is")
    assert user.editor.saved() == SOURCE.replace("RATE = 12", "RATE = 12  # own")


def test_two_jobs_in_one_document_write_side_by_side(user: User) -> None:
    user.replace_function()
    function = user.host.request()
    user.select_lines(LAST_LINE + 3, LAST_LINE + 3)
    user.editor.pick("LLM: replace selection")
    last_line = user.host.request()
    answers = [function.stream(chunks(FENCED, 40), CHUNK_SECONDS)]
    answers.append(last_line.stream(chunks('print("all that there is,")\nprint("in two lines")\n', 40), CHUNK_SECONDS))
    for answer in answers:
        answer.result(timeout=60)
    user.installation.wait_for_ends("done", "done")
    below = BELOW.replace('print("that is all")', 'print("all that there is,")\nprint("in two lines")')
    assert user.editor.saved() == ABOVE + ANSWER + below


@ONCE
def test_a_host_that_dies_in_the_middle_leaves_the_selection_as_it_was(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say("```python\ndef price(weights):\n    # Nothing is weighed")
    user.editor.wait_for("    # Nothing is weighed")
    exchange.break_connection()
    user.editor.wait_for("LLM: ")
    user.wait_until_gone("    # Nothing is weighed")
    assert user.editor.saved() == SOURCE


@ONCE
def test_an_answer_is_added_to_a_file_whose_last_line_has_no_end(program: Path, tmp_path: Path) -> None:
    with sitting_down(program, tmp_path, "one = 1\ntwo = 2") as user:
        user.select_lines(2, 2)
        user.editor.pick("LLM: yap here")
        exchange = user.host.request()
        exchange.stream(chunks("\nthree = 3\nfour = 4", 10), CHUNK_SECONDS)
        user.installation.wait_for_ends("done")
        # The last line end is Helix's own: it adds one to what it saves.
        assert user.editor.saved() == "one = 1\ntwo = 2\nthree = 3\nfour = 4\n"


@ONCE
def test_a_file_with_carriage_returns_keeps_them(program: Path, tmp_path: Path) -> None:
    with sitting_down(program, tmp_path, SOURCE.replace("\n", "\r\n")) as user:
        user.replace_function()
        exchange = user.host.request()
        user.go_to(PLACES[0])
        stream = exchange.stream(chunks(FENCED), CHUNK_SECONDS)
        user.type_slowly(PLACES[0].text)
        stream.result(timeout=60)
        user.installation.wait_for_ends("done")
        assert user.editor.saved() == PLACES[0].typed().replace("\n", "\r\n")


@ONCE
def test_a_selection_behind_an_emoji_is_replaced_to_the_letter(program: Path, tmp_path: Path) -> None:
    with sitting_down(program, tmp_path, 'title = "🎈🎈" + name  # 🎈\n') as user:
        user.editor.keys("/")
        user.editor.type("name")
        user.editor.keys("Enter")
        user.editor.pick("LLM: replace selection")
        exchange = user.host.request()
        exchange.stream(chunks('name.title() + "🚀"', 10), CHUNK_SECONDS)
        user.installation.wait_for_ends("done")
        assert user.editor.saved() == 'title = "🎈🎈" + name.title() + "🚀"  # 🎈\n'


def test_words_are_asked_for_by_the_key_of_the_readme(helix_newest: Path, tmp_path: Path) -> None:
    with sitting_down(helix_newest, tmp_path, SOURCE, readme.block("Helix", "toml", number=2)) as user:
        user.select_lines(FIRST_LINE, LAST_LINE)
        user.editor.keys("M-a")
        user.editor.wait_for(":lsp-workspace-command lsp-llm.ask")
        user.editor.type('say it in one line"')
        user.editor.keys("Enter")
        exchange = user.host.request()
        assert "say it in one line" in exchange.asked
        exchange.say("def price(weights): return RATE * sum(weights)\n")
        exchange.done()
        user.installation.wait_for_ends("done")
        assert user.editor.saved() == ABOVE + "def price(weights): return RATE * sum(weights)\n" + BELOW


def test_helix_before_25_07_lives_with_the_keys_of_the_readme(helix: Path, tmp_path: Path) -> None:
    with sitting_down(helix, tmp_path, SOURCE, readme.block("Helix", "toml", number=2)) as user:
        assert "Press <ENTER>" not in user.editor.screen()
