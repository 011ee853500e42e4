"""A person in a real VS Code with our extension: keys, one undo step, Esc, words of their own, previews, no server."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.editors.hosting import HostedExchange, Hosting
from tests.editors.installation import Installation
from tests.editors.scenario import (
    ABOVE,
    ANSWER,
    BELOW,
    CHUNK_SECONDS,
    CHUNKS,
    FENCED,
    FIRST_LINE,
    LAST_LINE,
    ORIGINAL,
    PLACES,
    SOURCE,
    Place,
    chunks,
)
from tests.editors.vscode import Client, VSCode
from tests.editors.vscode_extension import beside_another_client
from tests.editors.waiting import LIMIT_SECONDS

pytestmark = pytest.mark.vscode

FILLED = ABOVE + ANSWER + BELOW
FIRST_OF_THE_ANSWER = "def price(weights):\n    # Nothing is"
STOPPED = ABOVE + FIRST_OF_THE_ANSWER + "\n" + ORIGINAL.removeprefix("def price(weights):\n") + BELOW
FUNCTION = {"start": {"line": FIRST_LINE - 1, "character": 0}, "end": {"line": LAST_LINE, "character": 0}}
# What would send text elsewhere, run something, or let it run.
OF_A_FOLDER = {
    "lsp-llm": {"path": "/theirs", "tools": {"approve": "theirs"}},
    "lsp-llm.providers.fake": {"base_url": "http://theirs.example/v1"},
    "lsp-llm.tools.mcp.theirs": {"command": ["theirs"]},
    "lsp-llm.context": {"secrets": "theirs"},
    "lsp-llm.status.level": "warning",
}
OTHER_PRESET = '\n[presets.other]\nprovider = "fake"\nmodel = "the other model"\n'


class Person:
    """Someone in front of VS Code, and what there is beside the screen: the model host and the transcript."""

    def __init__(self, editor: VSCode, host: Hosting, installation: Installation, file: Path) -> None:
        self.editor = editor
        self.host = host
        self.installation = installation
        self.file = file

    def select_function(self) -> None:
        self.editor.select_lines(FIRST_LINE - 1, LAST_LINE - 1)

    def key(self, key: str) -> None:
        """One of the extension's keys, behind its prefix."""
        self.editor.press("Alt+a")
        self.editor.press(key)

    def replace_function(self) -> None:
        self.select_function()
        self.key("r")

    def go_to(self, place: Place) -> None:
        """Put the cursor at the place, wherever an answer above has moved it."""
        lines, source = self.editor.text().splitlines(), SOURCE.splitlines()
        moved = len(lines) - len(source) if place.line > LAST_LINE else 0
        self.editor.put_cursor(place.line - 1 + moved, len(source[place.line - 1]))

    def wait_for(self, words: str) -> None:
        self.editor.wait_until(lambda: words in self.editor.text())

    def wait_for_text(self, text: str) -> None:
        self.editor.wait_until(lambda: self.editor.text() == text)

    def wait_to_see(self, words: str) -> None:
        self.editor.wait_until(lambda: self.editor.sees(words))

    def wait_for_settings(self, part: str) -> str:
        """Wait until the server has been answered settings with this part; the whole answer."""
        self.installation.wait_until(lambda: any(part in answer for answer in self.settings()))
        return next(answer for answer in self.settings() if part in answer)

    def settings(self) -> list[str]:
        """What the server has been answered so far when it asked for its settings."""
        lines = [line for line in self.installation.transcript().splitlines() if '"result": [{"' in line]
        return [line for line in lines if " -> " in line]

    def titles(self) -> list[str]:
        """The code lenses."""
        return [title for _, title in self.editor.code_lenses()]

    def edits(self, kind: str) -> list[Any]:
        """The edits of a kind that were sent so far."""
        return [edit for edit in self.installation.messages("<-", "lsp-llm/edit") if edit["kind"] == kind]

    def executed(self, name: str) -> list[Any]:
        """The arguments of a command that was sent to the server so far."""
        sent = self.installation.messages("->", "workspace/executeCommand")
        return [params["arguments"][0] for params in sent if params["command"] == f"lsp-llm.{name}"]

    def fill(self, answer: str = FENCED) -> None:
        """Replace the function, and have all of the answer at once."""
        self.replace_function()
        exchange = self.host.request()
        exchange.say(answer)
        exchange.done()
        self.installation.wait_for_ends("done")
        self.wait_for_text(FILLED)


@contextmanager
def sitting_down(editor: VSCode, tmp_path: Path, source: str = SOURCE) -> Iterator[Person]:
    home, file = tmp_path / "home", editor.folder / tmp_path.name / "parcels.py"
    home.mkdir()
    file.parent.mkdir()
    file.write_bytes(source.encode())
    with Hosting() as host:
        server = Installation(home, host.base_url)
        with (home / ".config/lsp-llm/config.toml").open("a") as settings:
            settings.write(OTHER_PRESET)
        start(editor, server.program)
        editor.open(file)
        yield Person(editor, host, server, file)
        # Shown where the test has failed.
        print(server.transcript(), editor.text(), editor.notices())


def start(editor: VSCode, program: Path | str) -> None:
    """Have this server, and nothing open."""
    editor.clear()
    editor.configure("lsp-llm", "path", str(program))
    editor.command("lspLlm.restart")


@pytest.fixture
def person(extended_vscode: VSCode, tmp_path: Path) -> Iterator[Person]:
    with sitting_down(extended_vscode, tmp_path) as person:
        yield person


def test_a_fill_is_one_step_back_and_one_step_forward(person: Person) -> None:
    person.replace_function()
    exchange = person.host.request()
    # Seen before the rest comes: on a slow machine all that has come is one edit.
    beginning = f"```python\n{FIRST_OF_THE_ANSWER}"
    exchange.say(beginning)
    person.wait_for("    # Nothing is")
    exchange.stream(chunks(FENCED.removeprefix(beginning), CHUNKS), CHUNK_SECONDS).result(timeout=LIMIT_SECONDS)
    person.installation.wait_for_ends("done")
    person.wait_for_text(FILLED)
    assert len(person.edits("insert")) > 1
    assert not person.installation.messages("<-", "workspace/applyEdit")
    person.editor.undo()
    person.wait_for_text(SOURCE)
    person.editor.press("Control+y")
    person.wait_for_text(FILLED)


def test_the_menu_s_undo_too_takes_back_all_of_a_fill(person: Person) -> None:
    person.replace_function()
    person.host.request().stream(chunks(FENCED, CHUNKS), CHUNK_SECONDS).result(timeout=LIMIT_SECONDS)
    person.installation.wait_for_ends("done")
    person.wait_for_text(FILLED)
    person.editor.command("undo")
    person.wait_for_text(SOURCE)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_what_is_typed_meanwhile_stays_whole_and_one_undo_takes_back_everything(person: Person, place: Place) -> None:
    person.replace_function()
    exchange = person.host.request()
    # What is typed before the first text and behind the last one has steps of its own.
    first, *middle, last = chunks(FENCED, CHUNKS // 2)
    exchange.say(f"{first}{middle.pop(0)}{middle.pop(0)}")
    person.wait_for("    # Nothing is")
    person.go_to(place)
    stream = exchange.stream_part(middle, CHUNK_SECONDS * 2)
    person.editor.type(place.text)
    stream.result(timeout=LIMIT_SECONDS)
    exchange.say(last)
    exchange.done()
    person.installation.wait_for_ends("done")
    person.wait_for_text(place.typed())
    person.editor.undo()
    person.wait_for_text(SOURCE)
    person.editor.press("Control+Shift+z")
    person.wait_for_text(place.typed())


def test_keys_that_come_between_the_first_edits_are_no_part_of_the_step_that_they_precede(person: Person) -> None:
    person.replace_function()
    exchange = person.host.request()
    person.go_to(PLACES[0])
    words = PLACES[0].text[:40]
    stream = exchange.stream(chunks(FENCED), CHUNK_SECONDS)
    person.editor.type(words)
    stream.result(timeout=LIMIT_SECONDS)
    person.installation.wait_for_ends("done")
    person.wait_for_text(FILLED.replace("RATE = 12", f"RATE = 12{words}"))
    person.editor.undo()
    person.editor.wait_until(lambda: ORIGINAL in person.editor.text())
    head, tail = SOURCE.split("RATE = 12\n")
    left = person.editor.text().removeprefix(f"{head}RATE = 12").removesuffix(f"\n{tail}")
    assert words.startswith(left)


def test_a_stream_of_three_hundred_edits_loses_nothing_of_what_is_typed(person: Person) -> None:
    answer = "first = 1\n" + "".join(f"step_{number} = {number}\n" for number in range(400))
    person.replace_function()
    exchange = person.host.request()
    exchange.say("```python\nfirst = 1\n")
    person.wait_for("first = 1\n")
    person.go_to(PLACES[0])
    stream = exchange.stream_part(chunks(answer.removeprefix("first = 1\n"), 800), 0.02)
    person.editor.type(PLACES[0].text * 3)
    stream.result(timeout=LIMIT_SECONDS)
    # A slow machine makes one edit of several pieces.
    while len(person.edits("insert")) < 300:
        exchange.say("more = 1\n")
        answer += "more = 1\n"
        person.wait_for(answer[-100:])
    exchange.say("```\n")
    exchange.done()
    person.installation.wait_for_ends("done")
    above = ABOVE.replace("RATE = 12\n", f"RATE = 12{PLACES[0].text * 3}\n")
    person.wait_for_text(f"{above}{answer}{BELOW}")
    person.editor.undo()
    person.wait_for_text(SOURCE)


def test_what_is_typed_behind_a_fill_is_undone_before_it(person: Person) -> None:
    person.fill()
    person.go_to(PLACES[0])
    person.editor.type("00")
    person.wait_for("RATE = 1200")
    person.editor.undo()
    person.wait_for_text(FILLED)
    person.editor.undo()
    person.wait_for_text(SOURCE)


def test_what_was_typed_before_a_fill_stays_when_it_is_undone(person: Person) -> None:
    person.go_to(PLACES[0])
    person.editor.type("00")
    person.replace_function()
    exchange = person.host.request()
    exchange.say(FENCED)
    exchange.done()
    person.installation.wait_for_ends("done")
    person.editor.undo()
    person.wait_for_text(SOURCE.replace("RATE = 12", "RATE = 1200"))


def test_undo_in_the_middle_stops_the_job_and_nothing_comes_after_it(person: Person) -> None:
    person.replace_function()
    exchange = person.host.request()
    exchange.stream(chunks(FENCED), CHUNK_SECONDS)
    person.wait_for("    # Nothing is weighed twice")
    person.editor.undo()
    exchange.wait_until_closed()
    person.installation.wait_for_ends("stopped: its text was undone")
    person.wait_for_text(SOURCE)


def test_a_file_that_is_not_shown_is_filled_all_the_same(person: Person) -> None:
    person.replace_function()
    exchange = person.host.request()
    other = person.file.with_name("other.py")
    other.write_text("other = 1\n")
    person.editor.open(other)
    exchange.stream(chunks(FENCED, 20), CHUNK_SECONDS).result(timeout=LIMIT_SECONDS)
    person.installation.wait_for_ends("done")
    person.editor.open(person.file)
    person.wait_for_text(FILLED)
    person.editor.undo()
    person.wait_for_text(SOURCE)


def test_escape_stops_and_keeps_what_has_come(person: Person) -> None:
    person.replace_function()
    exchange = person.host.request()
    exchange.say(FIRST_OF_THE_ANSWER)
    person.wait_for("    # Nothing is\n")
    person.editor.press("Escape")
    exchange.wait_until_closed()
    person.installation.wait_for_ends("stopped")
    person.wait_for_text(STOPPED)
    # From now on the key is VS Code's own again, as soon as the status bar knows of nothing that runs.
    person.editor.wait_until(lambda: not person.editor.sees("fake: "))
    person.editor.press("Escape")
    assert len(person.executed("cancel")) == 1


def test_the_progress_can_be_cancelled_and_the_status_bar_tells_the_state(person: Person) -> None:
    person.replace_function()
    exchange = person.host.request()
    exchange.say(FIRST_OF_THE_ANSWER)
    person.editor.wait_until(lambda: person.editor.sees("fake: "))
    person.editor.wait_until(lambda: person.editor.sees("[replacing] fake"))
    person.editor.click("[replacing] fake")
    person.editor.push("Cancel")
    exchange.wait_until_closed()
    person.installation.wait_for_ends("stopped")
    person.wait_for_text(STOPPED)


def test_asking_with_words_of_one_s_own_and_with_those_of_before(person: Person) -> None:
    person.select_function()
    person.key("a")
    person.wait_to_see("LLM: what do you want?")
    person.editor.type("use a dict")
    person.editor.press("Enter")
    exchange = person.host.request()
    assert "use a dict" in exchange.asked
    exchange.say(FENCED)
    exchange.done()
    person.installation.wait_for_ends("done")
    person.wait_for_text(FILLED)
    person.key("a")
    person.wait_to_see("LLM: what do you want?")
    person.editor.press("ArrowUp")
    person.editor.press("Enter")
    person.editor.wait_until(lambda: len(person.executed("ask")) == 2)
    assert person.executed("ask")[1]["query"] == "use a dict"


def test_lenses_offer_what_can_be_done_about_a_fill_until_it_is_done(person: Person) -> None:
    person.fill()
    person.editor.wait_until(lambda: "$(check) LLM: accept" in person.titles())
    assert {line for line, _ in person.editor.code_lenses()} == {FIRST_LINE - 1}
    person.editor.click("restore original")
    person.wait_for_text(SOURCE)
    person.editor.wait_until(lambda: person.titles() == [])


def test_a_fill_that_is_undone_has_no_lenses(person: Person) -> None:
    person.fill()
    person.editor.wait_until(lambda: person.titles() != [])
    person.editor.undo()
    person.wait_for_text(SOURCE)
    person.editor.wait_until(lambda: person.titles() == [])


def test_a_preview_is_shown_side_by_side_and_taken_by_its_button(person: Person) -> None:
    person.editor.configure("lsp-llm", "edits.mode", "preview")
    try:
        person.wait_for_settings('"mode": "preview"')
        person.replace_function()
        exchange = person.host.request()
        exchange.say(FENCED)
        exchange.done()
        person.installation.wait_for_ends("done")
        person.editor.wait_until(lambda: len(person.editor.shown()) == 2)
        person.wait_to_see("LLM: answer for parcels.py")
        person.editor.push("Accept (Alt+A K)")
        person.editor.wait_until(lambda: person.editor.shown() == [str(person.file)])
        person.wait_for_text(FILLED)
    finally:
        person.editor.configure("lsp-llm", "edits.mode", None)


def test_a_preview_of_a_word_is_shown_side_by_side_although_the_file_moves_on(
    person: Person,
) -> None:
    place = {"start": {"line": LAST_LINE + 1, "character": 6}, "end": {"line": LAST_LINE + 1, "character": 11}}
    argument = {"uri": person.file.as_uri(), "range": place, "mode": "preview", "query": "a name"}
    person.editor.command("lspLlm.execute", "lsp-llm.replace", argument)
    exchange = person.host.request()
    person.editor.put_cursor(0, 0)
    person.editor.type("# own\n")
    person.wait_for("# own\n")
    exchange.say("total")
    exchange.done()
    person.installation.wait_for_ends("done")
    person.editor.wait_until(lambda: len(person.editor.shown()) == 2)
    person.wait_to_see("LLM: answer for parcels.py")
    person.key("k")
    person.wait_for_text("# own\n" + SOURCE.replace("price([", "total(["))


def test_another_answer_takes_the_place_of_a_preview(person: Person) -> None:
    person.editor.configure("lsp-llm", "edits.mode", "preview")
    try:
        person.wait_for_settings('"mode": "preview"')
        person.replace_function()
        answer(person.host.request(), FENCED)
        person.wait_to_see("if weight > LIMIT")
        person.editor.command("lspLlm.retry", {"jobId": "1"})
        answer(person.host.request(), "def price(weights):\n    return 4711\n")
        person.wait_to_see("return 4711")
        person.editor.wait_until(lambda: not person.editor.sees("if weight > LIMIT"))
        person.editor.command("lspLlm.nextAnswer", {"jobId": "2"})
        person.wait_to_see("if weight > LIMIT")
        person.editor.command("lspLlm.accept", {"jobId": "2"})
        person.editor.wait_until(lambda: person.editor.shown() == [str(person.file)])
        person.wait_for_text(FILLED)
    finally:
        person.editor.configure("lsp-llm", "edits.mode", None)


def answer(exchange: HostedExchange, text: str) -> None:
    exchange.say(text)
    exchange.done()


def test_an_answer_can_be_had_again_and_the_former_one_too(person: Person) -> None:
    person.fill()
    person.editor.put_cursor(FIRST_LINE, 0)
    person.key("t")
    exchange = person.host.request()
    exchange.say("def price(weights):\n    return 0\n")
    exchange.done()
    person.installation.wait_for_ends("done", "done")
    person.wait_for_text(f"{ABOVE}def price(weights):\n    return 0\n{BELOW}")
    person.key("n")
    person.wait_for_text(FILLED)


@pytest.mark.parametrize(("key", "words"), [("w", "refuse what is too heavy"), ("h", "#"), ("c", "## User")])
def test_prompt_history_and_chat_are_shown(person: Person, key: str, words: str) -> None:
    person.select_function()
    person.key(key)
    person.editor.wait_until(lambda: str(person.file) not in person.editor.shown())
    person.wait_for(words)


def test_a_preset_is_chosen_and_shown(person: Person) -> None:
    person.wait_to_see("fake")
    person.key("p")
    person.wait_to_see("LLM: preset")
    person.editor.type("other")
    person.editor.take("other")
    person.editor.wait_until(lambda: person.executed("preset") == [{"id": "other"}])
    person.editor.wait_until(lambda: person.editor.sees("other"))


def test_a_prompt_of_the_library_is_run(person: Person) -> None:
    person.select_function()
    person.key("l")
    person.wait_to_see("LLM: prompt")
    person.editor.take("complete")
    person.editor.wait_until(lambda: len(person.executed("run")) == 1)


def test_the_code_actions_of_the_server_run(person: Person) -> None:
    person.select_function()
    person.editor.wait_until(lambda: "LLM: replace selection" in person.editor.code_actions())
    person.editor.run_code_action("LLM: replace selection")
    assert "refuse what is too heavy" in person.host.request().asked


def test_settings_that_were_not_set_leave_those_of_the_user_s_file(person: Person) -> None:
    person.editor.configure("lsp-llm", "status.level", "warning")
    try:
        answer = person.wait_for_settings('"level": "warning"')
    finally:
        person.editor.configure("lsp-llm", "status.level", None)
    assert '"preset": null' in answer
    assert '"path"' not in answer
    # The file's preset.
    person.wait_to_see("fake")


def test_a_folder_says_nothing_of_what_is_the_user_s_own_to_say(person: Person) -> None:
    """VS Code keeps it from the settings themselves, but not from their parts."""
    settings = person.editor.folder / ".vscode/settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps(OF_A_FOLDER))
    try:
        answer = person.wait_for_settings('"level": "warning"')
    finally:
        settings.unlink()
        settings.parent.rmdir()
    assert "theirs" not in answer
    person.installation.wait_until(lambda: '"level": null' in person.settings()[-1])


def test_no_server_says_so_and_what_to_do(extended_vscode: VSCode) -> None:
    start(extended_vscode, "an-lsp-llm-that-is-not-there")
    words = 'LLM: "an-lsp-llm-that-is-not-there" is not on the PATH. Install it (pipx install lsp-llm)'
    extended_vscode.wait_until(lambda: extended_vscode.sees(words))
    extended_vscode.push("Show Log")


def test_a_server_that_ends_at_once_is_told_in_its_own_words(extended_vscode: VSCode, tmp_path: Path) -> None:
    program = tmp_path / "lsp-llm"
    program.write_text('#!/bin/sh\necho "lsp-llm: the settings are in the freezer" >&2\nexit 1\n')
    program.chmod(0o755)
    start(extended_vscode, program)
    extended_vscode.wait_until(lambda: extended_vscode.sees("ended at once: the settings are in the freezer"))
    extended_vscode.clear()


def test_a_server_that_dies_is_told_and_started_again(extended_vscode: VSCode, tmp_path: Path) -> None:
    with sitting_down(extended_vscode, tmp_path) as person:
        number = tmp_path / "number"
        program = tmp_path / "lsp-llm"
        program.write_text(f'#!/bin/sh\necho $$ > {number}\nexec {person.installation.program} "$@"\n')
        program.chmod(0o755)
        person.editor.configure("lsp-llm", "path", str(program))
        person.editor.command("lspLlm.restart")
        os.kill(int(number.read_text()), signal.SIGKILL)
        person.wait_to_see("LLM: the server has ended")
        person.editor.push("Start Again")
        person.wait_to_see("fake")
        person.editor.open(person.file)
        person.fill()


def test_another_client_with_the_same_server_takes_nothing_away(
    vscode_installation: Path, extension: Client, tmp_path: Path
) -> None:
    """VS Code has each command name once, and the other client has registered all of the server's."""
    home, folder = tmp_path / "both", tmp_path / "parcels"
    home.mkdir()
    folder.mkdir()
    with (
        VSCode(vscode_installation, home, folder, beside_another_client(extension)) as editor,
        sitting_down(editor, tmp_path) as person,
    ):
        editor.configure("genericClient", "command", str(person.installation.program))
        editor.command("genericClient.restart")
        editor.command("lspLlm.restart")
        editor.open(person.file)
        person.fill()
        editor.undo()
        person.wait_for_text(SOURCE)
        assert not editor.sees("already exists")
        assert not editor.sees("there is no such setting")
        # The other one's own way works as before, by the same settings.
        person.select_function()
        editor.command("lsp-llm.replace", {"uri": person.file.as_uri(), "range": FUNCTION})
        exchange = person.host.request()
        exchange.say(FENCED)
        exchange.done()
        person.wait_for_text(FILLED)
