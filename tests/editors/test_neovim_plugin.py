"""The plugin of editors/neovim in a real Neovim: one undo step, a free cursor, and keys only where they are ours."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.editors import waiting
from tests.editors.hosting import Hosting
from tests.editors.installation import Installation
from tests.editors.neovim import Neovim
from tests.editors.neovim_plugin import FOLDER, LEADER, SETUP, PluginUser, blocks, plugged_in
from tests.editors.scenario import (
    ABOVE,
    ANSWER,
    BEGINNING,
    BELOW,
    CHUNK_SECONDS,
    FENCED,
    FIRST_LINE,
    HELD_BACK,
    LAST_LINE,
    MEANWHILE,
    ORIGINAL,
    SOURCE,
    WITHOUT_END,
    chunks,
)
from tests.editors.terminal import Terminal

VERSIONS = [pytest.param("neovim", id="neovim-0.10"), pytest.param("neovim_newest", id="neovim-0.12")]
WHOLE = ABOVE + ANSWER + BELOW
OFFERED = "  LLM: accept or restore"
TYPED = (
    "# typed, while it comes: eeee tttt aaaa 0000 ====\nown = 0000\nttt = 5555  # not a letter of it is lost!\nthat = 1"
)
NAME = "return vim.fs.basename(vim.api.nvim_buf_get_name(0))"
KILL = """
for _, id in ipairs(vim.api.nvim_get_proc_children(vim.fn.getpid())) do
  vim.uv.kill(id, "sigkill")
end
"""
READY = "a server is at your service"
SAY_READY = f'vim.api.nvim_create_autocmd("LspAttach", {{ command = "echo \'{READY}\'" }})\n'
STATUSLINE = "return require('lsp_llm').statusline()"
SERVERS = """
local found = {}
for _, buffer in ipairs(vim.fn.getbufinfo({ bufloaded = 1 })) do
  local ids = vim.tbl_map(function(client) return client.id end, vim.lsp.get_clients({ bufnr = buffer.bufnr }))
  found[vim.fs.basename(buffer.name)] = ids
end
return found
"""
EDIT = """
local kind, version, row, edits = ...
local client = vim.lsp.get_clients({ bufnr = 0 })[1]
local place = { line = row, character = 0 }
return require("lsp_llm.edits").handle(nil, {
  jobId = "by hand", uri = vim.uri_from_bufnr(0), kind = kind, version = version,
  range = { start = place, ["end"] = place },
  edits = vim.tbl_map(function(edit)
    local ending = { line = row, character = edit[1] }
    return { range = { start = place, ["end"] = ending }, text = edit[2] }
  end, edits),
}, { client_id = client.id })
"""


@pytest.fixture(params=VERSIONS)
def program(request: pytest.FixtureRequest) -> Path:
    path: Path = request.getfixturevalue(request.param)
    return path


@pytest.fixture
def user(program: Path, tmp_path: Path) -> Iterator[PluginUser]:
    with plugged_in(program, tmp_path, SOURCE) as user:
        yield user


def edit(user: PluginUser, kind: str, version: int | None, row: int = 0, text: str = "x", *replaced: Any) -> Any:
    """Hand an edit to the plugin as if the server had sent it: text at the beginning of a line.

    Before it goes what is `replaced`, pairs of an end in that line and text for what is before it.
    """
    return user.editor.lua(EDIT, kind, version, row, [*replaced, (0, text)])


def write(user: PluginUser, text: str) -> None:
    """An edit in the first line that is up to date."""
    assert edit(user, "insert", version(user), text=text) == {"applied": True}


def version(user: PluginUser) -> int:
    number: int = user.editor.lua("return vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()]")
    return number


# --- undo -------------------------------------------------------------------------------------------------------------


def test_one_undo_takes_back_a_fill_of_three_hundred_edits(user: PluginUser) -> None:
    user.replace_function()
    exchange = user.host.request()
    lines = [f"weight_{number} = {number}" for number in range(300)]
    for line in lines:
        exchange.say(f"{line}\n")
        user.wait_for_line(line)
    exchange.done()
    user.installation.wait_for_ends("done")
    assert len(user.edits("insert")) >= 300
    user.wait_for_text(ABOVE + "".join(f"{line}\n" for line in lines) + BELOW)
    user.editor.keys("u")
    user.wait_for_text(SOURCE)
    user.editor.keys("<C-r>")
    user.wait_for_line(lines[-1])
    user.see_no_error()


def test_an_undo_in_the_middle_takes_all_back_stops_the_job_and_is_no_error(user: PluginUser) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.stream_part(chunks(WITHOUT_END), CHUNK_SECONDS)
    user.wait_for_line("    # Nothing is weighed twice: the sum is made while the limit is seen to.")
    user.editor.keys("u")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped: its text was undone")
    assert user.text() == SOURCE
    user.see_no_error()


def test_what_is_typed_meanwhile_is_whole_and_three_undos_take_all_back(user: PluginUser) -> None:
    assert len(TYPED) >= 100
    user.replace_function()
    exchange = user.host.request()
    exchange.say("```python\ndef price(weights):\n    # Nothing is weighed twice: ")
    user.wait_for_line("    # Nothing is weighed twice: ")
    user.editor.keys("3GA")
    part = exchange.stream_part(chunks(FENCED.partition("twice: ")[2].partition("    # What")[0]), CHUNK_SECONDS)
    user.editor.type_slowly(TYPED.replace("\n", "\r"))
    part.result(timeout=60)
    user.wait_for_line("        # Letters that look like those being typed: eeee tttt aaaa, 0000, ====.")
    user.editor.keys("<Esc>")
    exchange.say("    # What" + FENCED.partition("    # What")[2])
    exchange.done()
    user.installation.wait_for_ends("done")
    whole = WHOLE.replace("RATE = 12\n", f"RATE = 12{TYPED}\n")
    user.wait_for_text(whole)
    states = []
    for _ in range(3):
        user.editor.keys("u")
        states.append(user.text())
    assert TYPED in states[0]
    assert "What is left" not in states[0]
    assert states[1].startswith("".join(f"{line}\n" for line in SOURCE.splitlines()[: FIRST_LINE - 1]))
    assert states[2] == SOURCE
    user.editor.keys("3<C-r>")
    user.wait_for_text(whole)
    user.see_no_error()


def test_a_change_in_normal_mode_is_a_step_of_its_own(user: PluginUser) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say("def price(weights):\n    # one\n")
    user.wait_for_line("    # one")
    user.editor.keys("4Gdd")
    user.editor.wait_until(lambda: "LIMIT = 30" not in user.editor.lines())
    exchange.say("    # two\n")
    user.wait_for_line("    # two")
    user.editor.keys("u")
    assert "    # two" not in user.editor.lines()
    assert "LIMIT = 30" not in user.editor.lines()
    user.editor.keys("u")
    assert "LIMIT = 30" in user.editor.lines()
    assert "    # one" in user.editor.lines()
    user.editor.keys("u")
    user.wait_for_text(SOURCE)


def test_what_was_typed_before_and_after_is_no_part_of_the_step(user: PluginUser) -> None:
    user.editor.keys("3GA  # before<Esc>")
    user.replace_function()
    exchange = user.host.request()
    exchange.say(FENCED)
    exchange.done()
    user.installation.wait_for_ends("done")
    user.editor.keys("3GA after<Esc>")
    user.wait_for_text(WHOLE.replace("RATE = 12\n", "RATE = 12  # before after\n"))
    user.editor.keys("u")
    user.wait_for_text(WHOLE.replace("RATE = 12\n", "RATE = 12  # before\n"))
    user.editor.keys("u")
    user.wait_for_text(SOURCE.replace("RATE = 12\n", "RATE = 12  # before\n"))
    user.editor.keys("u")
    user.wait_for_text(SOURCE)


def test_two_jobs_at_once_are_one_step(user: PluginUser) -> None:
    user.replace_function()
    function = user.host.request()
    user.editor.keys(f"{LAST_LINE + 3}GV")
    user.press("r")
    last_line = user.host.request()
    # Both have begun before one of them ends.
    function.say(BEGINNING)
    user.wait_for_line("        if weight > LIMIT:")
    last_line.say('print("all that there is,")\n')
    user.wait_for_line('print("all that there is,")')
    answers = [function.stream(chunks(MEANWHILE + HELD_BACK, 40), CHUNK_SECONDS)]
    answers.append(last_line.stream(chunks('print("in two lines")\n', 40), CHUNK_SECONDS))
    for answer in answers:
        answer.result(timeout=60)
    user.installation.wait_for_ends("done", "done")
    user.wait_for_text(WHOLE.replace('print("that is all")', 'print("all that there is,")\nprint("in two lines")'))
    user.editor.keys("u")
    user.wait_for_text(SOURCE)


def test_what_was_typed_right_before_in_the_same_insert_mode_is_a_step_of_its_own(user: PluginUser) -> None:
    user.editor.keys("3GA  # before")
    user.wait_for_line("RATE = 12  # before")
    edit(user, "begin", version(user))
    write(user, "one\n")
    user.editor.keys("<Esc>u")
    user.wait_for_text(SOURCE.replace("RATE = 12\n", "RATE = 12  # before\n"))
    user.editor.keys("u")
    user.wait_for_text(SOURCE)


def test_insert_mode_without_a_key_is_no_border(user: PluginUser) -> None:
    edit(user, "begin", version(user))
    write(user, "one\n")
    user.editor.keys("4GA")
    write(user, "two\n")
    user.editor.keys("typed<Esc>")
    user.wait_for_line("RATE = 12typed")
    user.editor.keys("u")
    user.wait_for_text(f"two\none\n{SOURCE}")
    user.editor.keys("u")
    user.wait_for_text(SOURCE)


def test_after_an_undo_a_new_step_begins_and_nothing_is_complained_about(user: PluginUser) -> None:
    edit(user, "begin", version(user))
    write(user, "one\n")
    user.editor.keys("u")
    user.wait_for_text(SOURCE)
    write(user, "two\n")
    write(user, "three\n")
    edit(user, "end", None)
    user.editor.keys("u")
    user.wait_for_text(SOURCE)
    user.see_no_error()


# --- edits ------------------------------------------------------------------------------------------------------------


def test_an_edit_for_an_older_text_is_refused_with_a_reason(user: PluginUser) -> None:
    user.editor.keys("3GA!<Esc>")
    user.wait_for_line("RATE = 12!")
    before, now = user.text(), version(user)
    refused = edit(user, "insert", now - 1)
    assert refused["applied"] is False
    assert "has changed" in refused["failureReason"]
    assert user.text() == before
    assert edit(user, "insert", now) == {"applied": True}
    assert edit(user, "insert", None) == {"applied": True}
    assert user.text() == f"xx{before}"


def test_edits_are_carried_out_in_their_order_also_at_the_same_place(user: PluginUser) -> None:
    answer = edit(user, "insert", version(user), 2, "THE ", (4, "PRICE"))
    assert answer == {"applied": True}
    user.wait_for_line("THE PRICE = 12")


def test_an_edit_of_a_buffer_that_may_not_change_is_refused(user: PluginUser) -> None:
    user.editor.lua("vim.bo.modifiable = false")
    refused = edit(user, "insert", version(user))
    assert refused["applied"] is False
    assert "modifiable" in refused["failureReason"]


@pytest.mark.parametrize("mode", ["", "i"])
def test_the_cursor_stays_where_it_is_even_when_text_comes_in_right_there(user: PluginUser, mode: str) -> None:
    user.editor.keys(f"5G0{mode}")
    edit(user, "begin", version(user), row=4)
    for words in ("one\n", "two\n"):
        assert edit(user, "insert", version(user), row=4, text=words)["applied"]
    assert user.editor.lua("return vim.api.nvim_win_get_cursor(0)") == [5, 0]
    assert edit(user, "insert", version(user), row=0, text="above\n")["applied"]
    assert user.editor.lua("return vim.api.nvim_win_get_cursor(0)") == [6, 0]


def test_a_selection_of_letters_behind_an_emoji_is_replaced_to_the_letter(program: Path, tmp_path: Path) -> None:
    with plugged_in(program, tmp_path, 'title = "🎈🎈" + "🎈"  # 🎈\n') as user:
        user.editor.keys('gg0f+wvf"')
        user.press("r")
        user.host.request().stream(chunks('name.title() + "🚀"', 10), CHUNK_SECONDS)
        user.wait_for_text('title = "🎈🎈" + name.title() + "🚀"  # 🎈\n')
        user.installation.wait_for_ends("done")
        user.editor.keys("u")
        user.wait_for_text('title = "🎈🎈" + "🎈"  # 🎈\n')


# --- keys -------------------------------------------------------------------------------------------------------------

INPUT = "local words = ... vim.ui.input = function(_, on_confirm) on_confirm(words) end"
SELECT = """
local wanted = ...
vim.ui.select = function(items, options, on_choice)
  _G.shown = vim.tbl_map(options.format_item, items)
  for _, item in ipairs(items) do
    if item.name == wanted then
      return on_choice(item)
    end
  end
end
"""


def test_escape_stops_the_job_and_is_as_it_was_afterwards(user: PluginUser) -> None:
    mapped = "return vim.fn.maparg('<Esc>', 'n')"
    user.editor.lua("vim.keymap.set('n', '<Esc>', function() _G.pressed = (_G.pressed or 0) + 1 end)")
    user.editor.lua("vim.keymap.set('n', '<Esc>', '<Cmd>let g:local_pressed = 1<CR>', { buffer = true })")
    before = user.editor.lua(mapped)
    user.editor.keys(f"{FIRST_LINE}GV{LAST_LINE}G")
    user.press("r")
    exchange = user.host.request()
    exchange.say("def price(weights):\n    # Nothing is\n")
    user.wait_for_line("    # Nothing is")
    assert user.editor.lua("return vim.g.local_pressed") is None
    user.editor.keys("<Esc>")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped")
    assert "    # Nothing is" in user.editor.lines()
    assert user.editor.lua("return vim.g.local_pressed") == 1
    assert user.editor.lua(mapped) == before


def test_escape_is_not_taken_where_nothing_runs(user: PluginUser) -> None:
    mapped = "return vim.fn.maparg('<Esc>', 'n', false, true).desc"
    assert user.editor.lua(mapped) is None
    user.replace_function()
    exchange = user.host.request()
    user.editor.wait_until(lambda: user.editor.lua(mapped) == "LLM: stop")
    user.editor.keys(":new<CR>")
    assert user.editor.lua(mapped) is None
    user.editor.keys(":quit<CR>")
    exchange.say(FENCED)
    exchange.done()
    user.wait_for_text(WHOLE)
    user.editor.wait_until(lambda: user.editor.lua(mapped) is None)


def test_the_key_stops_too_and_says_so_when_nothing_runs(user: PluginUser) -> None:
    user.press("s")
    user.wait_for_message("LLM: nothing runs in this file")
    user.replace_function()
    exchange = user.host.request()
    user.press("s")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped")
    assert user.text() == SOURCE


def test_words_are_asked_for_and_the_selection_is_replaced(user: PluginUser) -> None:
    user.editor.lua(INPUT, "use a generator")
    user.select_function()
    user.press("a")
    exchange = user.host.request()
    assert "use a generator" in exchange.asked
    assert user.editor.lua("return vim.fn.mode()") == "n"
    exchange.say(FENCED)
    exchange.done()
    user.wait_for_text(WHOLE)


def test_without_a_selection_the_answer_is_inserted_at_the_end_of_the_line(user: PluginUser) -> None:
    user.editor.lua(INPUT, "say why")
    user.editor.keys("3G0")
    user.press("a")
    exchange = user.host.request()
    exchange.say("  # why not")
    exchange.done()
    user.wait_for_line("RATE = 12  # why not")


def test_nothing_is_asked_for_no_words(user: PluginUser) -> None:
    user.editor.lua("vim.ui.input = function(_, on_confirm) on_confirm(nil) on_confirm('  ') _G.asked = true end")
    user.press("a")
    user.editor.wait_until(lambda: user.editor.lua("return _G.asked") is True)
    assert user.executed("ask") == []


def test_the_commands_ask_and_act(user: PluginUser) -> None:
    user.editor.keys(f":{FIRST_LINE},{LAST_LINE}LLM in words<CR>")
    exchange = user.host.request()
    assert "in words" in exchange.asked
    user.editor.keys(":LspLlm cancel<CR>")
    exchange.wait_until_closed()
    user.editor.keys("3G:LspLlm yap<CR>")
    exchange = user.host.request()
    exchange.say("  # more")
    exchange.done()
    user.wait_for_line("RATE = 12  # more")
    user.editor.keys(":LspLlm dance<CR>")
    user.wait_for_message('there is no "dance"')


def test_a_preset_is_chosen_and_used(user: PluginUser) -> None:
    user.editor.lua(SELECT, "other")
    user.press("p")
    user.editor.wait_until(lambda: user.editor.lua("return _G.shown") is not None)
    shown = user.editor.lua("return _G.shown")
    assert "* fake · a host driven by hand" in shown
    assert "  other · the other model" in shown
    user.installation.wait_until(lambda: user.executed("preset") == [{"id": "other"}])
    user.replace_function()
    user.host.request()
    user.editor.wait_until(lambda: "[replacing] other: " in user.editor.lua(STATUSLINE))


def test_lines_are_replaced_without_a_selection(user: PluginUser) -> None:
    user.editor.keys("3G2")
    user.press("r")
    exchange = user.host.request()
    exchange.say("RATE, LIMIT = 12, 30\n")
    exchange.done()
    user.wait_for_text(SOURCE.replace("RATE = 12\nLIMIT = 30\n", "RATE, LIMIT = 12, 30\n"))


def test_keys_of_the_users_own_stay(program: Path, tmp_path: Path) -> None:
    own = "vim.keymap.set('n', '<leader>ar', ':let g:own = 1<CR>') vim.keymap.set('n', 'Q', '<Plug>(lsp-llm-yap)')\n"
    with plugged_in(program, tmp_path, SOURCE, own + SETUP) as user:
        assert user.editor.lua("return vim.fn.maparg('<leader>ar', 'n')") == ":let g:own = 1<CR>"
        assert user.editor.lua("return vim.fn.maparg('<leader>ay', 'n')") == ""
        assert user.editor.lua("return vim.fn.maparg('<leader>ay', 'x')") != ""


def test_without_a_prefix_there_are_no_keys(program: Path, tmp_path: Path) -> None:
    quiet = SETUP.replace("setup()", "setup({ prefix = false })")
    with plugged_in(program, tmp_path, SOURCE, quiet) as user:
        assert user.editor.lua("return vim.fn.maparg('<leader>ar', 'x')") == ""
        user.select_function()
        user.editor.keys(":LspLlm replace<CR>")
        user.host.request()
        user.editor.wait_until(lambda: user.editor.lua(STATUSLINE) != "")
        assert user.editor.lua("return vim.fn.maparg('<Esc>', 'n')") == ""


@pytest.mark.parametrize(
    ("options", "words"), [("{ prefx = 'x' }", 'no option "prefx"'), ("{ prefix = 1 }", "prefix is number")]
)
def test_a_wrong_option_is_named(program: Path, tmp_path: Path, options: str, words: str) -> None:
    with Neovim(program, tmp_path) as editor:
        editor.lua(SETUP.partition("\n")[0])
        said = editor.lua(f"return {{ pcall(require('lsp_llm').setup, {options}) }}")
        assert said[0] is False
        assert words in said[1]


# --- what is seen -----------------------------------------------------------------------------------------------------


def test_an_ended_job_can_be_restored_by_its_mark_and_the_mark_goes(user: PluginUser) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say(FENCED)
    exchange.done()
    user.editor.wait_until(lambda: user.marks() == [OFFERED])
    user.editor.keys(f"{FIRST_LINE + 2}G")
    user.press("u")
    user.wait_for_text(SOURCE)
    user.editor.wait_until(lambda: user.marks() == [])
    assert "jobId" in user.executed("restore")[0]
    user.editor.keys("u")
    user.wait_for_text(WHOLE)


def test_a_job_at_the_end_of_the_file_has_a_mark_too(user: PluginUser) -> None:
    user.editor.keys("GV")
    user.press("r")
    exchange = user.host.request()
    lines = ["one()", "two()"]
    for line in lines:
        exchange.say(f"{line}\n")
        user.wait_for_line(line)
    exchange.done()
    user.installation.wait_for_ends("done")
    user.wait_for_text("".join(f"{line}\n" for line in [*SOURCE.splitlines()[:-1], *lines]))
    user.editor.wait_until(lambda: user.marks() == [OFFERED])
    user.see_no_error()
    user.press("u")
    user.wait_for_text(SOURCE)
    user.editor.wait_until(lambda: user.marks() == [])


def test_an_accepted_or_undone_job_has_no_mark(user: PluginUser) -> None:
    for key, text in (("<Esc>u", SOURCE), (None, WHOLE)):
        user.replace_function()
        exchange = user.host.request()
        exchange.say(FENCED)
        exchange.done()
        user.wait_for_text(WHOLE)
        user.editor.wait_until(lambda: user.marks() == [OFFERED])
        if key:
            user.editor.keys(key)
        else:
            user.press("k")
        user.editor.wait_until(lambda: user.marks() == [])
        user.wait_for_text(text)


def test_a_failed_job_has_no_mark_and_the_original_is_back(user: PluginUser) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say("```python\ndef price(weights):\n    # Nothing is weighed")
    user.wait_for_line("    # Nothing is weighed")
    assert user.marks() == [""]
    exchange.break_connection()
    user.wait_for_text(SOURCE)
    user.wait_for_message("LLM: ")
    user.editor.wait_until(lambda: user.marks() == [])


def test_a_server_that_dies_leaves_no_mark_and_no_step_open(user: PluginUser) -> None:
    user.replace_function()
    user.host.request().say("```python\ndef price(weights):\n    # Nothing is weighed")
    user.wait_for_line("    # Nothing is weighed")
    assert user.marks() == [""]
    user.editor.lua(KILL)
    user.editor.wait_until(lambda: user.marks() == [])
    user.editor.keys("u")
    user.wait_for_text(SOURCE)
    user.press("r")
    user.wait_for_message("LLM: no server serves this buffer: :edit starts one")


def test_a_buffer_that_neovim_does_not_report_any_more_is_left_alone_and_it_is_said(user: PluginUser) -> None:
    user.editor.lua(KILL)
    user.editor.wait_until(lambda: user.editor.lua("return #vim.lsp.get_clients()") == 0)
    user.editor.keys("ggx:edit!<CR>")
    user.editor.wait_for_server()
    user.replace_function()
    exchange = user.host.request()
    exchange.say(FENCED)
    exchange.done()
    user.wait_for_message(":bwipeout")
    user.wait_for_text(SOURCE)
    user.editor.keys(":bwipeout<CR>")
    user.editor.open(user.file)
    user.editor.wait_for_server()
    user.replace_function()
    exchange = user.host.request()
    exchange.say(FENCED)
    exchange.done()
    user.wait_for_text(WHOLE)


def test_retrying_brings_another_answer_and_both_can_be_had(user: PluginUser) -> None:
    short = "def price(weights):\n    return RATE * sum(weights)\n"
    user.replace_function()
    for number, answer in enumerate((FENCED, short)):
        if number:
            user.press("t")
        exchange = user.host.request()
        exchange.say(answer)
        exchange.done()
        user.installation.wait_for_ends(*["done"] * (number + 1))
    user.wait_for_text(ABOVE + short + BELOW)
    user.press("N")
    user.wait_for_text(WHOLE)
    user.press("n")
    user.wait_for_text(ABOVE + short + BELOW)


def test_the_status_line_follows_the_job_and_its_last_word_is_a_message(user: PluginUser) -> None:
    (line,) = [block for block in blocks() if "statusline" in block]
    user.editor.lua(line)
    assert user.editor.lua(STATUSLINE) == ""
    user.replace_function()
    exchange = user.host.request()
    user.editor.wait_until(lambda: user.editor.lua(STATUSLINE).startswith("[replacing] fake: "))
    shown = user.editor.lua("return vim.api.nvim_eval_statusline(vim.o.statusline, {}).str")
    assert "[replacing] fake: " in shown
    exchange.say(FENCED)
    exchange.done()
    user.editor.wait_until(lambda: user.editor.lua(STATUSLINE) == "")
    user.wait_for_message("[replacing] fake: ")
    assert "done" in user.editor.messages()


def test_the_status_line_on_the_screen_is_empty_when_the_server_has_died(neovim_newest: Path, tmp_path: Path) -> None:
    (line,) = [block for block in blocks() if "statusline" in block]
    configuration, file = tmp_path / "init.lua", tmp_path / "parcels.py"
    configuration.write_text(f'{SETUP}{line}{SAY_READY}vim.keymap.set("n", "K", function() {KILL} end)\n')
    file.write_text(SOURCE)
    with Hosting() as host:
        Installation(tmp_path, host.base_url)
        command = [neovim_newest, "--clean", "-n", "-u", configuration, file]
        terminal = Terminal(neovim_newest.with_name("tmux"), command, tmp_path)
        with closing(terminal):
            terminal.wait_for(READY)
            terminal.type(f"{LEADER}ar")
            host.request()
            terminal.wait_for("[replacing]")
            terminal.type("K")
            terminal.wait_for("quit with exit code")
            terminal.keys("Enter")
            waiting.wait_until(lambda: "[replacing]" not in terminal.screen(), waiting.LIMIT_SECONDS, terminal.screen)


def test_what_went_wrong_is_said_once(user: PluginUser) -> None:
    user.replace_function()
    user.host.request().break_connection()
    user.host.request().break_connection()
    user.host.request().break_connection()
    user.wait_for_message("LLM: ")
    user.editor.wait_until(lambda: user.editor.lua(STATUSLINE) == "")
    assert "[replacing]" not in user.editor.messages()


def test_every_status_is_an_event(user: PluginUser) -> None:
    user.editor.lua("""
      _G.kinds = {}
      vim.api.nvim_create_autocmd("User", { pattern = "LspLlmStatus", callback = function(event)
        table.insert(_G.kinds, event.data.kind)
      end })
    """)
    user.replace_function()
    exchange = user.host.request()
    exchange.say(FENCED)
    exchange.done()
    user.editor.wait_until(lambda: "finished" in user.editor.lua("return _G.kinds"))
    assert user.editor.lua("return _G.kinds")[0] == "queued"


def test_a_document_of_the_servers_opens_in_a_split_once(user: PluginUser, tmp_path: Path) -> None:
    (tmp_path / "a.chat.md").write_text("## User\n")
    show = """
      local uri = vim.uri_from_fname(...)
      local client = vim.lsp.get_clients({ bufnr = 0 })[1]
      require("lsp_llm.windows").split_next("botright vsplit")
      for _ = 1, 2 do
        client.handlers["window/showDocument"](nil, { uri = uri, takeFocus = true }, { client_id = client.id })
      end
      return vim.tbl_map(function(window)
        return vim.fs.basename(vim.api.nvim_buf_get_name(vim.api.nvim_win_get_buf(window)))
      end, vim.api.nvim_list_wins())
    """
    assert user.editor.lua(show, str(tmp_path / "a.chat.md")) == ["parcels.py", "a.chat.md"]


def test_the_keys_open_the_history_in_a_sidebar_and_a_chat_in_a_split(user: PluginUser) -> None:
    windows = """
      return vim.tbl_map(function(window)
        return vim.fs.basename(vim.api.nvim_buf_get_name(vim.api.nvim_win_get_buf(window)))
      end, vim.api.nvim_list_wins())
    """
    user.press("h")
    user.editor.wait_until(lambda: user.editor.lua(windows) == ["history.md", "parcels.py"])
    user.editor.wait_until(lambda: user.editor.lua(NAME) == "parcels.py")
    user.press("c")
    user.editor.wait_until(lambda: user.editor.lua(NAME).endswith(".chat.md"))
    assert user.editor.lua(windows) == ["history.md", "parcels.py", user.editor.lua(NAME)]
    assert "## User" in user.editor.lines()


def test_what_a_server_shows_stays_with_it_and_with_its_project(user: PluginUser, tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    (project / "other.py").write_text(SOURCE)
    user.editor.open(project / "other.py")
    user.editor.wait_for_server()
    user.press("h")
    user.press("c")
    user.editor.wait_until(lambda: user.editor.lua(NAME).endswith(".chat.md"))
    chat = user.editor.lua(NAME)
    user.editor.wait_until(lambda: {"history.md", chat} <= set(user.editor.lua(SERVERS)))
    user.editor.wait_for_server()
    servers = user.editor.lua(SERVERS)
    assert servers["other.py"] != servers["parcels.py"]
    assert servers["other.py"] == servers[chat] == servers["history.md"]


def test_files_of_no_project_share_a_server_and_a_chat_takes_any(user: PluginUser, tmp_path: Path) -> None:
    first = user.editor.lua(SERVERS)["parcels.py"]
    user.editor.keys(":edit<CR>")
    for name in "loose.py", "a.chat.md":
        (tmp_path / name).write_text("## User\n")
        user.editor.open(tmp_path / name)
        user.editor.wait_for_server()
        assert user.editor.lua(SERVERS)[name] == first
    assert user.editor.lua("return #vim.lsp.get_clients()") == 1


# --- what is missing --------------------------------------------------------------------------------------------------


def test_a_command_that_the_server_does_not_have_is_named(user: PluginUser) -> None:
    user.editor.lua("vim.lsp.get_clients({ bufnr = 0 })[1].server_capabilities.executeCommandProvider.commands = {}")
    user.press("c")
    user.wait_for_message('this server does not know "lsp-llm.chat"')


def test_without_the_program_it_is_said_what_to_do(program: Path, tmp_path: Path) -> None:
    with Neovim(program, tmp_path) as editor:
        editor.lua("vim.env.PATH = '/nowhere'")
        editor.lua(SETUP)
        editor.wait_until(lambda: '"lsp-llm" is not on the PATH' in editor.messages())
        editor.keys(":checkhealth lsp_llm<CR>")
        editor.wait_until(lambda: any("not on the PATH of Neovim" in line for line in editor.lines()))
        assert "E5" not in editor.messages()


def test_a_neovim_that_is_too_old_is_told_so_and_nothing_else_goes_wrong(program: Path, tmp_path: Path) -> None:
    with Neovim(program, tmp_path) as editor:
        editor.lua("""
          local has = vim.fn.has
          vim.fn.has = function(name) return vim.startswith(name, "nvim-0.1") and 0 or has(name) end
          vim.fs.root = nil
        """)
        editor.lua(SETUP)
        assert "lsp-llm needs Neovim 0.10 or later" in editor.lua("return vim.fn.execute('messages')")
        assert editor.lua("return vim.fn.maparg('\\\\ar', 'n')") == ""
        editor.open(tmp_path / "a.py")
        assert "Error" not in editor.lua("return vim.fn.execute('messages')")


def test_an_unnamed_buffer_is_told_to_be_saved(user: PluginUser) -> None:
    user.editor.keys(":enew<CR>:set filetype=python<CR>")
    user.press("a")
    user.wait_for_message("this buffer has no name: save the file first")


def test_the_health_check_says_what_there_is(user: PluginUser) -> None:
    user.editor.keys(":checkhealth lsp_llm<CR>")
    user.editor.wait_until(lambda: any("undo step" in line for line in user.editor.lines()))
    text = user.text()
    for words in ("Neovim 0.1", str(user.installation.program), 'preset "fake"', "a fill is one undo step"):
        assert words in text
    assert "ERROR" not in text
    assert "deprecated" not in user.editor.messages()


def test_the_health_check_names_a_second_server(user: PluginUser) -> None:
    user.editor.lua('vim.lsp.start({ name = "lsp-llm", cmd = { "lsp-llm", "--stdio" } })')
    user.editor.wait_until(lambda: len(user.editor.lua(SERVERS)["parcels.py"]) == 2)
    user.editor.keys(":checkhealth lsp_llm<CR>")
    user.editor.wait_until(lambda: any("undo step" in line for line in user.editor.lines()))
    assert "two servers serve the same buffer" in user.text()


def test_the_health_check_names_a_missing_key(user: PluginUser) -> None:
    with (user.installation.program.parents[1] / ".config/lsp-llm/config.toml").open("r+") as settings:
        text = settings.read().replace('preset = "fake"', 'preset = "openai"')
        settings.seek(0)
        settings.write(text)
    user.editor.keys(":checkhealth lsp_llm<CR>")
    user.editor.wait_until(lambda: any("undo step" in line for line in user.editor.lines()))
    assert 'preset "openai": there is no key in OPENAI_API_KEY' in user.text()


def test_the_help_has_a_tag_for_everything(program: Path, tmp_path: Path) -> None:
    plugin = tmp_path / "plugin"
    shutil.copytree(FOLDER, plugin)
    with Neovim(program, tmp_path) as editor:
        editor.lua(
            "local folder = ... vim.opt.runtimepath:append(folder) vim.cmd.helptags(folder .. '/doc')", str(plugin)
        )
        editor.lua(SETUP.partition("\n")[2])
        names = editor.lua("return vim.tbl_map(function(key) return key[1] end, require('lsp_llm.keys').KEYS)")
        tags = [f"<Plug>(lsp-llm-{name})" for name in names]
        for tag in (*tags, "lsp-llm", "lsp_llm.setup()", "lsp_llm.statusline()", ":LLM", ":LspLlm", "LspLlmStatus"):
            editor.lua("vim.cmd.help(...)", tag)
            assert f"*{tag}*" in "\n".join(editor.lines()), tag


# --- the other ways to set it up --------------------------------------------------------------------------------------


def test_the_file_for_the_runtime_path_streams_too(neovim_newest: Path, tmp_path: Path) -> None:
    # When Neovim starts it reads plugin/ before it opens a file.
    enable = blocks()[1].replace("\n", '\nvim.cmd.runtime("plugin/lsp_llm.lua")\n', 1)
    with plugged_in(neovim_newest, tmp_path, SOURCE, enable) as user:
        user.select_function()
        user.editor.keys(":LspLlm replace<CR>")
        exchange = user.host.request()
        exchange.say("one\n")
        user.wait_for_line("one")
        assert user.edits("insert")


def test_the_options_of_the_page_are_options(program: Path, tmp_path: Path) -> None:
    (options,) = [block for block in blocks() if "prefix =" in block]
    with plugged_in(program, tmp_path, SOURCE, SETUP.partition("\n")[0] + "\n" + options) as user:
        settings = user.editor.lua("return vim.lsp.get_clients({ bufnr = 0 })[1].settings")
        assert settings == {"lsp-llm": {"preset": "openai"}}
        # While its own menu is open, Neovim answers nothing but keys.
        user.editor.lua(SELECT, "none of them")
        user.press("p")
        user.editor.wait_until(lambda: user.editor.lua("return _G.shown") is not None)


def test_the_original_is_as_it_was(user: PluginUser) -> None:
    """The scenario's own promise, which the tests above lean on."""
    assert user.text() == SOURCE
    assert ORIGINAL in SOURCE
