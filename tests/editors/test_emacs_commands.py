"""The commands of editors/emacs in a real Emacs, the mode line, and what is said where a part is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.emacs_package import CLIENTS, LSP_MODE, PackageUser, load_path, other_server, seated, served, setup
from tests.editors.scenario import ABOVE, ANSWER, BELOW, CHUNK_SECONDS, FENCED, SOURCE, chunks

WHOLE = ABOVE + ANSWER + BELOW
NO_QUESTION = "(setq eglot-confirm-server-edits t)"
KILL = "(dolist (one (process-list)) (when (eq (process-type one) 'real) (signal-process one 'SIGKILL)))"
EVERY_COMMAND = """
(mapc #'call-interactively
      '(lsp-llm-replace lsp-llm-yap lsp-llm-repeat lsp-llm-cancel lsp-llm-restore lsp-llm-accept lsp-llm-retry
        lsp-llm-next lsp-llm-previous lsp-llm-show-prompt lsp-llm-history lsp-llm-chat lsp-llm-preset lsp-llm-run))
"""
WAITS = """
(let ((count 0))
  (cl-letf (((symbol-function 'accept-process-output) (lambda (&rest _) (setq count (1+ count)) nil)))
    {does})
  count)
"""
SETTINGS = {
    "eglot": '(setq-default eglot-workspace-configuration \'(:lsp-llm (:preset "other")))',
    "lsp-mode": '(with-eval-after-load \'lsp-mode (lsp-register-custom-settings \'(("lsp-llm.preset" "other"))))',
}
ASK_FOR_PRESETS = """
(lsp-llm-request (lsp-llm-server) "lsp-llm/presets/list" (lsp-llm-object)
                 (lambda (answer) (setq chosen (plist-get answer :chosen))))
"""
INSTEAD = f"(require 'eglot) (push '(python-mode {other_server()}) eglot-server-programs)"
BESIDE = f"""
(with-eval-after-load 'lsp-mode
  (lsp-register-client (make-lsp-client :server-id 'other :major-modes '(python-mode)
                                        :new-connection (lsp-stdio-connection (list {other_server()})))))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "parcels.py"
    file.write_text(SOURCE)
    return file


@pytest.fixture(params=CLIENTS)
def user(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PackageUser]:
    with served(request, request.param, tmp_path) as user:
        yield user


@pytest.fixture
def with_eglot(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PackageUser]:
    with served(request, "eglot", tmp_path, NO_QUESTION) as user:
        yield user


# --- commands ---------------------------------------------------------------------------------------------------------


def test_words_are_read_and_the_region_is_replaced(user: PackageUser) -> None:
    user.select_function()
    user.press("a")
    user.editor.wait_for("LLM:")
    user.editor.type("weigh it in pounds")
    user.editor.keys("Enter")
    exchange = user.host.request()
    assert "weigh it in pounds" in exchange.asked
    exchange.say(FENCED)
    exchange.done()
    user.wait_for_text(WHOLE)
    assert user.editor.in_buffer("mark-active") == "nil"


def test_words_come_with_a_prefix_argument(user: PackageUser) -> None:
    user.go_to_line(3)
    user.editor.keys("C-u")
    user.press("y")
    user.editor.wait_for("Insert, in words:")
    user.editor.type("say why")
    user.editor.keys("Enter")
    exchange = user.host.request()
    assert "say why" in exchange.asked
    exchange.say("  # because")
    exchange.done()
    user.wait_for_text(SOURCE.replace("RATE = 12", "RATE = 12  # because"))


def test_stop_restore_retry_alternative_and_accept_have_keys(user: PackageUser) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say("def price(weights):\n    # Nothing is")
    user.editor.wait_for("    # Nothing is")
    user.press("s")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped")
    user.press("u")
    user.wait_for_text(SOURCE)
    user.replace_function()
    first = user.host.request()
    first.say("one()\n")
    first.done()
    user.wait_for_text(ABOVE + "one()\n" + BELOW)
    user.installation.wait_for_ends("stopped", "done")
    user.press("t")
    second = user.host.request()
    second.say("two()\n")
    second.done()
    user.wait_for_text(ABOVE + "two()\n" + BELOW)
    user.installation.wait_for_ends("stopped", "done", "done")
    user.press("n")
    user.wait_for_text(ABOVE + "one()\n" + BELOW)
    user.press("N")
    user.wait_for_text(ABOVE + "two()\n" + BELOW)
    user.press("k")
    user.editor.wait_until(lambda: len(user.executed("accept")) == 1)
    user.press("u")
    user.wait_for_message("LLM: there is nothing to restore")
    assert user.text() == ABOVE + "two()\n" + BELOW


def test_a_preset_is_chosen_by_name(user: PackageUser) -> None:
    user.press("p")
    user.editor.wait_for("Preset (now fake):")
    user.editor.type("oth")
    user.editor.keys("Tab", "Enter")
    user.editor.wait_until(lambda: user.executed("preset") == [{"id": "other"}])
    user.replace_function()
    user.host.request()
    user.editor.wait_until(lambda: '"model": "the other model"' in user.installation.transcript())


def test_a_prompt_of_the_library_is_chosen_and_run(user: PackageUser) -> None:
    user.select_function()
    user.press("l")
    user.editor.wait_for("Prompt:")
    user.editor.type("refac")
    user.editor.keys("Tab", "Enter")
    exchange = user.host.request()
    exchange.say(FENCED)
    exchange.done()
    user.wait_for_text(WHOLE)
    assert user.executed("run")[0]["action"] == "refactor"


def test_what_would_be_sent_and_what_was_asked_are_shown(user: PackageUser) -> None:
    user.select_function()
    user.press("w")
    user.editor.wait_for("a host driven by hand")
    user.editor.keys("C-x", "1")
    assert user.text() == SOURCE
    user.press("h")
    user.editor.wait_until(lambda: len(user.installation.messages("<-", "window/showDocument")) == 2)


def test_no_command_waits_for_the_server(user: PackageUser) -> None:
    assert user.editor.in_buffer(WAITS.format(does="(accept-process-output nil 0)")) == "1"
    assert user.editor.in_buffer(WAITS.format(does=EVERY_COMMAND)) == "0"


def test_eglot_does_not_ask_for_this_server_whatever_the_user_has_set(with_eglot: PackageUser) -> None:
    with_eglot.replace_function()
    exchange = with_eglot.host.request()
    exchange.say(FENCED)
    exchange.done()
    with_eglot.wait_for_text(WHOLE)


@pytest.mark.parametrize(("client", "lisp"), SETTINGS.items())
def test_settings_of_the_init_file_count(
    request: pytest.FixtureRequest, tmp_path: Path, client: str, lisp: str
) -> None:
    with served(request, client, tmp_path, lisp) as user:

        def chosen() -> str:
            user.editor.in_buffer(ASK_FOR_PRESETS)
            return user.editor.evaluate("(bound-and-true-p chosen)")

        user.editor.wait_until(lambda: chosen() == '"other"')


# --- status -----------------------------------------------------------------------------------------------------------


def test_the_mode_line_says_how_the_job_goes(user: PackageUser) -> None:
    assert user.status_line() == ""
    user.replace_function()
    exchange = user.host.request()
    user.editor.wait_for("LLM asks")
    exchange.say("def price(weights):\n    # Nothing is\n")
    user.editor.wait_for("LLM writes, ")
    user.press("s")
    user.editor.wait_until(lambda: user.status_line() == "")


def test_a_server_that_has_died_leaves_no_status(user: PackageUser) -> None:
    user.replace_function()
    user.host.request()
    user.editor.wait_for("LLM asks")
    # Else lsp-mode asks whether to start it again, and Emacs answers nothing but keys then.
    user.editor.evaluate("(setq lsp-restart 'ignore)")
    user.editor.evaluate(KILL)
    user.editor.wait_until(lambda: user.status_line() == "")


# --- what is missing --------------------------------------------------------------------------------------------------


def test_without_a_key_the_servers_own_sentence_is_shown(user: PackageUser) -> None:
    user.go_to_line(1)
    with (user.file.parent / "home/.config/lsp-llm/config.toml").open("a") as settings:
        settings.write('\n[presets.keyless]\nprovider = "openai"\nmodel = "gpt"\n')
    user.editor.in_buffer('(lsp-llm-run-command "preset" (list :id "keyless"))')
    user.replace_function()
    user.wait_for_message("OPENAI_API_KEY")
    assert user.text() == SOURCE


def test_lsp_mode_runs_it_beside_another_server(emacs: Path, tmp_path: Path, file: Path, lsp_mode: list[Path]) -> None:
    with seated(emacs, tmp_path, file, load_path(lsp_mode) + LSP_MODE + BESIDE + setup("lsp-mode")) as user:
        user.wait_for_server()
        servers = "(mapcar (lambda (one) (lsp--client-server-id (lsp--workspace-client one))) (lsp-workspaces))"
        user.editor.wait_until(lambda: set(user.editor.in_buffer(servers).strip("()").split()) == {"other", "lsp-llm"})
        user.replace_function()
        user.host.request().stream(chunks(FENCED), CHUNK_SECONDS).result(timeout=60)
        user.wait_for_text(WHOLE)
        user.installation.wait_for_ends("done")
        user.press("u")
        user.wait_for_text(SOURCE)


def test_eglot_with_another_server_says_what_to_do(emacs: Path, tmp_path: Path, file: Path) -> None:
    with seated(emacs, tmp_path, file, setup("eglot") + INSTEAD) as user:
        user.editor.wait_for_server()
        user.press("r")
        user.wait_for_message("LLM: Eglot runs one server for a buffer, and here it is other: use lsp-mode")


def test_without_the_program_it_is_said_where_to_get_it(emacs: Path, tmp_path: Path, file: Path) -> None:
    with seated(emacs, tmp_path, file, setup("eglot") + '(setq lsp-llm-command (list "no-such-lsp-llm"))') as user:
        user.wait_for_message('"no-such-lsp-llm" is not on the PATH of Emacs: install lsp-llm (pipx install lsp-llm)')
        user.press("a")
        user.wait_for_message('LLM: "no-such-lsp-llm" is not on the PATH of Emacs')


def test_a_buffer_without_a_file_is_to_be_saved_first(with_eglot: PackageUser) -> None:
    with_eglot.editor.keys("C-x", "b")
    with_eglot.editor.type("new")
    with_eglot.editor.keys("Enter")
    with_eglot.press("r")
    with_eglot.wait_for_message("LLM: this buffer visits no file: save it first")
