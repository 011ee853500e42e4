"""A person in a real Neovim: selects, asks, types on while the answer streams in, and finds every letter afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.editors import readme
from tests.editors.hosting import Hosting
from tests.editors.installation import Installation
from tests.editors.neovim import Neovim
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

NEOVIM_FOLDER = Path(__file__).parents[2] / "editors/neovim"
CONFIGURATIONS = {"neovim": "Neovim 0.10", "neovim_newest": "Neovim 0.11 and later"}
ONCE = once(*CONFIGURATIONS)
# What `vim.ui.select` shows is a list to choose from; a person looks for the title.
CHOOSE = """
local wanted = ...
vim.ui.select = function(items, options, on_choice)
  for _, item in ipairs(items) do
    if options.format_item(item) == wanted then
      return on_choice(item)
    end
  end
  error(wanted .. " is not offered")
end
"""

EXECUTE = """
local command, argument = ...
vim.lsp.get_clients({ bufnr = 0 })[1]:exec_cmd({ title = command, command = command, arguments = { argument } })
"""
FUNCTION = {"start": {"line": FIRST_LINE - 1, "character": 0}, "end": {"line": LAST_LINE, "character": 0}}
SHORT_ANSWER = "def price(weights):\n    return RATE * sum(weights)\n"


@pytest.fixture(params=seats(*CONFIGURATIONS), ids=str)
def seat(request: pytest.FixtureRequest) -> Seat:
    seat: Seat = request.param
    return seat


@pytest.fixture
def configured(request: pytest.FixtureRequest, seat: Seat) -> tuple[Path, str]:
    """A Neovim and the README's configuration for it."""
    return request.getfixturevalue(seat.editor), readme.block(CONFIGURATIONS[seat.editor], "lua")


class User:
    """A person in front of Neovim, and what there is beside the screen: the model host and the transcript."""

    def __init__(self, editor: Neovim, host: Hosting, installation: Installation, file: Path) -> None:
        self.editor = editor
        self.host = host
        self.installation = installation
        self.file = file

    def select_lines(self, first: int, last: int) -> None:
        self.editor.keys(f"<Esc>{first}GV{last}G")

    def pick(self, action: str) -> None:
        """Open the code action menu with the README's key and choose."""
        self.editor.lua(CHOOSE, action)
        self.editor.keys("\\a")

    def replace_function(self) -> None:
        self.select_lines(FIRST_LINE, LAST_LINE)
        self.pick("LLM: replace selection")

    def ask(self, words: str) -> None:
        """The README's command, for the selection."""
        self.editor.keys(f":LLM {words}<CR>")

    def command(self, name: str, **options: object) -> None:
        """Run a command of the server's, as a mapping of the user's would."""
        self.editor.lua(EXECUTE, f"lsp-llm.{name}", {"uri": self.file.as_uri(), **options})

    def go_to(self, place: Place) -> None:
        self.editor.keys(f"<Esc>{place.line}GA")

    def type_slowly(self, text: str) -> None:
        self.editor.type_slowly(text.replace("\n", "\r"))
        self.editor.keys("<Esc>")

    def wait_for_line(self, line: str) -> None:
        self.editor.wait_until(lambda: line in self.editor.lines())

    def wait_for_text(self, text: str) -> None:
        self.editor.wait_until(lambda: "".join(f"{line}\n" for line in self.editor.lines()) == text)

    def saved(self) -> str:
        self.editor.keys("<Esc>:write<CR>")
        self.editor.wait_until(lambda: not self.editor.lua("return vim.bo.modified"))
        return self.file.read_bytes().decode()


@pytest.fixture
def user(configured: tuple[Path, str], tmp_path: Path) -> Iterator[User]:
    with sitting_down(configured, tmp_path, SOURCE) as user:
        yield user


@contextmanager
def sitting_down(configured: tuple[Path, str], folder: Path, source: str) -> Iterator[User]:
    program, configuration = configured
    home, file = folder / "home", folder / "parcels.py"
    home.mkdir()
    file.write_bytes(source.encode())
    with Hosting() as host, Neovim(program, home) as editor:
        installation = Installation(home, host.base_url)
        editor.lua(configuration)
        editor.open(file)
        editor.wait_for_server()
        yield User(editor, host, installation, file)
        # Shown where the test has failed.
        print(installation.transcript(), editor.messages())


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_what_is_typed_while_the_answer_streams_in_stays_whole_and_so_does_the_answer(
    user: User, place: Place, seat: Seat
) -> None:
    user.select_lines(FIRST_LINE, LAST_LINE)
    if seat.turn % 2:
        user.ask("refuse what is too heavy")
    else:
        user.pick("LLM: replace selection")
    exchange = user.host.request()
    assert "refuse what is too heavy" in exchange.asked
    user.go_to(place)
    stream = exchange.stream(chunks(FENCED, CHUNKS + seat.turn), CHUNK_SECONDS)
    user.type_slowly(place.text)
    stream.result(timeout=60)
    user.installation.wait_for_ends("done")
    assert user.saved() == place.typed()


@pytest.mark.parametrize("place", INSIDE, ids=lambda place: place.name)
def test_what_is_typed_inside_the_region_stays_and_the_answer_is_whole(
    user: User, place: InsidePlace, seat: Seat
) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say(BEGINNING)
    user.wait_for_line(LAST_OF_BEGINNING)
    user.editor.keys(f"<Esc>/{place.words}<CR>A")
    part = exchange.stream_part(chunks(MEANWHILE, CHUNKS + seat.turn), CHUNK_SECONDS)
    user.editor.type_slowly(place.text.replace("\n", "\r"))
    user.editor.keys("<Esc>")
    part.result(timeout=60)
    exchange.say(HELD_BACK)
    exchange.done()
    user.installation.wait_for_ends("done")
    assert user.saved() == place.typed()


def test_undo_in_the_middle_stops_the_job_and_nothing_comes_after_it(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.stream_part(chunks(WITHOUT_END), CHUNK_SECONDS)
    user.wait_for_line("    # Nothing is weighed twice: the sum is made while the limit is seen to.")
    user.editor.keys("<Esc>u")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped: its text was undone")
    user.editor.keys("99u")
    assert user.saved() == SOURCE


def test_stopping_keeps_what_has_come_and_restoring_puts_the_original_back(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say("def price(weights):\n    # Nothing is")
    user.wait_for_line("    # Nothing is")
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


@ONCE
def test_a_host_that_dies_in_the_middle_leaves_the_selection_as_it_was(user: User) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say("```python\ndef price(weights):\n    # Nothing is weighed")
    user.wait_for_line("    # Nothing is weighed")
    exchange.break_connection()
    user.wait_for_text(SOURCE)
    user.editor.wait_until(lambda: "LLM: " in user.editor.messages())
    assert user.saved() == SOURCE


@ONCE
def test_an_answer_is_added_to_a_file_whose_last_line_has_no_end(configured: tuple[Path, str], tmp_path: Path) -> None:
    with sitting_down(configured, tmp_path, "one = 1\ntwo = 2") as user:
        user.editor.keys(":set nofixendofline<CR>")
        user.select_lines(2, 2)
        user.pick("LLM: yap here")
        exchange = user.host.request()
        exchange.stream(chunks("\nthree = 3\nfour = 4", 10), CHUNK_SECONDS)
        user.installation.wait_for_ends("done")
        assert user.saved() == "one = 1\ntwo = 2\nthree = 3\nfour = 4"


@ONCE
def test_a_file_with_carriage_returns_keeps_them(configured: tuple[Path, str], tmp_path: Path) -> None:
    with sitting_down(configured, tmp_path, SOURCE.replace("\n", "\r\n")) as user:
        user.replace_function()
        exchange = user.host.request()
        user.go_to(PLACES[0])
        stream = exchange.stream(chunks(FENCED), CHUNK_SECONDS)
        user.type_slowly(PLACES[0].text)
        stream.result(timeout=60)
        user.installation.wait_for_ends("done")
        assert user.saved() == PLACES[0].typed().replace("\n", "\r\n")


@ONCE
def test_a_selection_behind_an_emoji_is_replaced_to_the_letter(configured: tuple[Path, str], tmp_path: Path) -> None:
    with sitting_down(configured, tmp_path, 'title = "🎈🎈" + name  # 🎈\n') as user:
        user.editor.keys("gg0fnve")
        user.pick("LLM: replace selection")
        exchange = user.host.request()
        exchange.stream(chunks('name.title() + "🚀"', 10), CHUNK_SECONDS)
        user.installation.wait_for_ends("done")
        assert user.saved() == 'title = "🎈🎈" + name.title() + "🚀"  # 🎈\n'


@pytest.fixture
def unhurried(configured: tuple[Path, str]) -> tuple[Path, str]:
    """A Neovim that reports changes after 150 ms without another, as it does unless told otherwise."""
    program, configuration = configured
    (flags,) = [line for line in configuration.splitlines() if "debounce_text_changes" in line]
    return program, configuration.replace(flags, "")


def test_nothing_is_lost_with_neovims_own_delay_of_reports(unhurried: tuple[Path, str], tmp_path: Path) -> None:
    with sitting_down(unhurried, tmp_path, SOURCE) as user:
        user.replace_function()
        exchange = user.host.request()
        user.go_to(PLACES[1])
        stream = exchange.stream(chunks(FENCED), CHUNK_SECONDS)
        user.type_slowly(PLACES[1].text)
        stream.result(timeout=60)
        user.installation.wait_for_ends("done")
        assert user.saved() == PLACES[1].typed()


def test_undo_stops_the_job_with_neovims_own_delay_of_reports(unhurried: tuple[Path, str], tmp_path: Path) -> None:
    with sitting_down(unhurried, tmp_path, SOURCE) as user:
        user.replace_function()
        exchange = user.host.request()
        exchange.stream_part(chunks(WITHOUT_END), CHUNK_SECONDS)
        user.wait_for_line("    # Nothing is weighed twice: the sum is made while the limit is seen to.")
        user.editor.keys("<Esc>u")
        exchange.wait_until_closed()
        user.installation.wait_for_ends("stopped: its text was undone")
        user.editor.keys("99u")
        assert user.saved() == SOURCE


@pytest.fixture
def newest_user(neovim_newest: Path, tmp_path: Path) -> Iterator[User]:
    configured = neovim_newest, readme.block(CONFIGURATIONS["neovim_newest"], "lua")
    with sitting_down(configured, tmp_path, SOURCE) as user:
        yield user


def test_one_change_of_a_preview_is_taken_and_put_back(newest_user: User) -> None:
    user = newest_user
    user.command("replace", range=FUNCTION, mode="preview")
    exchange = user.host.request()
    exchange.say(FENCED)
    exchange.done()
    user.installation.wait_for_ends("done")
    files = 'return vim.iter(vim.api.nvim_list_bufs()):map(vim.api.nvim_buf_get_name):join("\\n")'
    user.editor.wait_until(lambda: "parcels.py.1.diff" in user.editor.lua(files))
    assert user.saved() == SOURCE
    user.editor.keys(f"<Esc>{FIRST_LINE + 1}G0")
    user.pick("LLM: accept this change")
    taken = "    # Nothing is weighed twice: the sum is made while the limit is seen to.\n"
    text = SOURCE.replace("    total = 0\n", f"{taken}    total = 0\n")
    user.wait_for_text(text)
    assert user.saved() == text
    user.pick("LLM: restore original")
    user.wait_for_text(SOURCE)
    assert user.saved() == SOURCE


def test_asking_again_brings_another_answer_and_the_first_one_can_be_had_back(newest_user: User) -> None:
    user = newest_user
    user.replace_function()
    first = user.host.request()
    first.say(FENCED)
    first.done()
    user.wait_for_text(ABOVE + ANSWER + BELOW)
    user.installation.wait_for_ends("done")
    user.pick("LLM: retry")
    second = user.host.request()
    assert second.asked == first.asked
    second.say(SHORT_ANSWER)
    second.done()
    user.wait_for_text(ABOVE + SHORT_ANSWER + BELOW)
    user.installation.wait_for_ends("done", "done")
    user.command("alternative", step=-1)
    user.wait_for_text(ABOVE + ANSWER + BELOW)
    user.command("alternative", step=1)
    user.wait_for_text(ABOVE + SHORT_ANSWER + BELOW)
    user.pick("LLM: restore original")
    user.wait_for_text(SOURCE)


def test_an_atomic_answer_is_one_undo(newest_user: User) -> None:
    user = newest_user
    user.command("replace", range=FUNCTION, mode="atomic")
    stream = user.host.request().stream(chunks(FENCED), CHUNK_SECONDS)
    stream.result(timeout=60)
    user.installation.wait_for_ends("done")
    assert user.saved() == ABOVE + ANSWER + BELOW
    user.editor.keys("u")
    user.wait_for_text(SOURCE)


def test_the_file_for_the_runtime_path_attaches_the_server(neovim_newest: Path, tmp_path: Path) -> None:
    enable = f'vim.opt.runtimepath:append("{NEOVIM_FOLDER}") vim.lsp.enable("lsp_llm")'
    with sitting_down((neovim_newest, enable), tmp_path, SOURCE) as user:
        assert user.editor.lua("return vim.lsp.get_clients({ bufnr = 0 })[1].name") == "lsp_llm"


# Left to itself, Neovim sends a server no diagnostics but that server's own.
CHOOSE_WITH_DIAGNOSTICS = """
local line = ...
local problem = { lnum = line, col = 4, message = "total is never checked", source = "critic" }
vim.diagnostic.set(vim.api.nvim_create_namespace("critic"), 0, { problem })
local found = vim.lsp.diagnostic.from(vim.diagnostic.get(0, { lnum = line }))
vim.lsp.buf.code_action({ context = { diagnostics = found } })
"""


def test_a_prompt_of_the_library_and_the_fix_of_a_diagnostic_are_in_the_menu_and_run(newest_user: User) -> None:
    user = newest_user
    user.select_lines(FIRST_LINE, LAST_LINE)
    user.pick("LLM: refactor")
    exchange = user.host.request()
    assert "Make this easier to read" in exchange.asked
    exchange.say(FENCED)
    exchange.done()
    user.wait_for_text(ABOVE + ANSWER + BELOW)
    user.installation.wait_for_ends("done")
    user.editor.keys(f"<Esc>{FIRST_LINE + 2}G0")
    user.editor.lua(CHOOSE, "LLM: fix: total is never checked")
    user.editor.lua(CHOOSE_WITH_DIAGNOSTICS, FIRST_LINE + 1)
    exchange = user.host.request()
    assert f"parcels.py:{FIRST_LINE + 2}: error (critic): total is never checked" in exchange.asked
    assert f"> {FIRST_LINE + 2:2} |     total = 0" in exchange.asked
    lines = (ABOVE + ANSWER + BELOW).splitlines(keepends=True)
    exchange.say("".join(lines[FIRST_LINE - 2 : FIRST_LINE + 5]).replace("total = 0", "total = 0.0"))
    exchange.done()
    user.installation.wait_for_ends("done", "done")
    assert user.saved() == "".join(lines).replace("total = 0\n", "total = 0.0\n")


PICK_FIRST = "vim.ui.select = function(items, _, on_choice) picked = items[1].title on_choice(items[1]) end"
LIST_PRESETS = """
local client = vim.lsp.get_clients({ bufnr = 0 })[1]
client:request("lsp-llm/presets/list", { uri = "" }, function(_, found) said = found.reason end)
"""


def test_another_preset_is_picked_with_neovims_own_menu(newest_user: User) -> None:
    editor = newest_user.editor
    editor.lua(PICK_FIRST)
    editor.lua(EXECUTE.replace("{ argument }", "{}"), "lsp-llm.preset")
    editor.wait_until(lambda: editor.lua("return picked") is not None)
    editor.lua(LIST_PRESETS)
    editor.wait_until(lambda: editor.lua("return said") is not None)
    picked, said = editor.lua("return { picked, said }")
    assert said == f'you chose the preset "{picked}" for this workspace'
