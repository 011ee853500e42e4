"""A person in a real VS Code: selects, picks an action, types on while the answer streams, and finds every letter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.hosting import Hosting
from tests.editors.installation import Installation
from tests.editors.scenario import (
    CHUNK_SECONDS,
    CHUNKS,
    FENCED,
    FIRST_LINE,
    LAST_LINE,
    PLACES,
    ROUNDS,
    SOURCE,
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

    def replace_function(self) -> None:
        self.editor.select_lines(FIRST_LINE - 1, LAST_LINE - 1)
        self.editor.run_code_action("LLM: replace selection")

    def type_at(self, place: Place) -> None:
        self.editor.put_cursor(place.line - 1, len(SOURCE.splitlines()[place.line - 1]))
        self.editor.type(place.text)

    def saved(self) -> str:
        self.editor.press("Control+s")
        self.editor.wait_until(lambda: self.file.read_text() == self.editor.text())
        return self.file.read_text()


@pytest.fixture
def user(vscode: Path, tmp_path: Path) -> Iterator[User]:
    home, folder = tmp_path / "home", tmp_path / "parcels"
    home.mkdir()
    folder.mkdir()
    file = folder / "parcels.py"
    file.write_text(SOURCE)
    with Hosting() as host:
        installation = Installation(home, host.base_url)
        with VSCode(vscode, home, folder, [str(home / "bin/lsp-llm"), "--stdio"]) as editor:
            editor.wait_for_server()
            editor.open(file)
            yield User(editor, host, installation, file)
            # Shown where the test has failed.
            print(installation.transcript(), editor.text())


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_what_is_typed_while_the_answer_streams_in_stays_whole_and_so_does_the_answer(
    user: User, place: Place, turn: int
) -> None:
    user.replace_function()
    exchange = user.host.request()
    stream = exchange.stream(chunks(FENCED, CHUNKS + turn), CHUNK_SECONDS)
    user.type_at(place)
    stream.result(timeout=20)
    user.installation.wait_for_ends("done")
    assert user.saved() == place.typed()


def test_undo_in_the_middle_stops_the_job_and_nothing_comes_after_it(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.stream(chunks(FENCED), CHUNK_SECONDS)
    user.editor.wait_until(lambda: "    # Nothing is weighed twice" in user.editor.text())
    user.editor.undo()
    exchange.wait_until_closed()
    for _ in range(99):
        if user.editor.text() == SOURCE:
            break
        user.editor.undo()
    assert user.saved() == SOURCE
