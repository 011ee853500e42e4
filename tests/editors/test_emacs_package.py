"""The package of editors/emacs in a real Emacs, by Eglot and by lsp-mode: one undo step, and no letter is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.emacs_package import CLIENTS, PackageUser, served
from tests.editors.scenario import (
    ABOVE,
    ANSWER,
    BEGINNING,
    BELOW,
    CHUNK_SECONDS,
    FENCED,
    HELD_BACK,
    LAST_LINE,
    MEANWHILE,
    PLACES,
    SOURCE,
    WITHOUT_END,
    Place,
    chunks,
)

WHOLE = ABOVE + ANSWER + BELOW
# An edit as if the server had sent it: of a version, of two places in the third line, the last one first.
EDIT = """
(let* ((server (lsp-llm-server))
       (place (lambda (character) (list :line 2 :character character)))
       (edit (lambda (from to text)
               (list :range (list :start (funcall place from) :end (funcall place to)) :text text))))
  (lsp-llm-edits-handle
   server (list :jobId "by hand" :uri (lsp-llm-uri server) :kind "insert" :version {version}
                :edits (vector (funcall edit 7 9 "144") (funcall edit 0 4 "PRICE") (funcall edit 0 0 "THE_")))))
"""


@pytest.fixture(params=CLIENTS)
def user(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PackageUser]:
    with served(request, request.param, tmp_path) as user:
        yield user


def test_one_undo_takes_back_a_fill_of_many_edits(user: PackageUser) -> None:
    user.replace_function()
    exchange = user.host.request()
    assert "refuse what is too heavy" in exchange.asked
    lines = [f"weight_{number} = {number}" for number in range(40)]
    for line in lines:
        exchange.say(f"{line}\n")
        user.wait_for_line(line)
        if line == lines[20]:
            # A command, and what Emacs does by itself every ten seconds: each makes a boundary.
            user.editor.carry_out("M->")
            user.editor.in_buffer("(undo-boundary)")
    exchange.done()
    user.installation.wait_for_ends("done")
    assert len(user.edits("insert")) >= len(lines)
    user.wait_for_text(ABOVE + "".join(f"{line}\n" for line in lines) + BELOW)
    user.editor.keys("C-_")
    user.wait_for_text(SOURCE)
    assert user.saved() == SOURCE


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_what_is_typed_meanwhile_is_whole_and_no_edit_lands_elsewhere(user: PackageUser, place: Place) -> None:
    user.replace_function()
    exchange = user.host.request()
    user.go_to_line(place.line)
    user.editor.keys("C-e")
    stream = exchange.stream(chunks(FENCED), CHUNK_SECONDS)
    user.editor.type_slowly(place.text.replace("\n", "\r"))
    stream.result(timeout=60)
    user.installation.wait_for_ends("done")
    assert user.saved() == place.typed()
    assert "wrong place" not in user.installation.transcript()
    user.editor.undo_until(SOURCE)
    assert user.text() == SOURCE


def test_an_undo_in_the_middle_takes_all_back_and_stops_the_job(user: PackageUser) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.stream_part(chunks(WITHOUT_END), CHUNK_SECONDS)
    user.editor.wait_for("    # Nothing is weighed twice: the sum is made while the limit is seen to.")
    user.editor.keys("C-_")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped: its text was undone")
    assert user.text() == SOURCE


def test_an_undo_right_after_an_edit_over_the_end_of_a_line_stops_the_job_too(user: PackageUser) -> None:
    """Told as what is inserted and what is deleted, it would be told as two changes when it is undone, too."""
    user.replace_function()
    exchange = user.host.request()
    exchange.say("def price(weights):\n    # Nothing")
    user.wait_for_line("    # Nothing")
    exchange.say(" is weighed twice\n        # too")
    user.wait_for_line("        # too")
    user.editor.keys("C-_")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped: its text was undone")
    assert user.text() == SOURCE


def test_a_change_in_between_is_a_step_of_its_own(user: PackageUser) -> None:
    user.replace_function()
    exchange = user.host.request()
    exchange.say("def price(weights):\n    # one\n")
    user.editor.wait_for("    # one")
    user.go_to_line(4)
    user.editor.keys("C-k")
    user.editor.wait_until(lambda: "LIMIT = 30" not in user.text())
    exchange.say("    # two\n    # three\n")
    user.editor.wait_for("    # three")
    user.editor.keys("C-_")
    user.editor.wait_until(lambda: "    # two" not in user.text())
    assert "LIMIT = 30" not in user.text()
    user.editor.keys("C-_")
    user.editor.wait_until(lambda: "LIMIT = 30" in user.text())
    assert "    # one" in user.text()
    user.editor.keys("C-_")
    user.wait_for_text(SOURCE)


def test_what_was_typed_before_and_after_is_no_part_of_the_step(user: PackageUser) -> None:
    user.go_to_line(3)
    user.editor.keys("C-e")
    user.editor.type("  # before")
    user.replace_function()
    exchange = user.host.request()
    exchange.say(FENCED)
    exchange.done()
    user.installation.wait_for_ends("done")
    user.go_to_line(3)
    user.editor.keys("C-e")
    user.editor.type(" after")
    for text in (
        WHOLE.replace("RATE = 12\n", "RATE = 12  # before after\n"),
        WHOLE.replace("RATE = 12\n", "RATE = 12  # before\n"),
        SOURCE.replace("RATE = 12\n", "RATE = 12  # before\n"),
        SOURCE,
    ):
        user.wait_for_text(text)
        user.editor.keys("C-_")


def test_two_jobs_at_once_are_one_step(user: PackageUser) -> None:
    user.replace_function()
    function = user.host.request()
    user.go_to_line(LAST_LINE + 3)
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
    user.editor.keys("C-_")
    user.wait_for_text(SOURCE)


def test_point_stays_where_text_comes_in(user: PackageUser) -> None:
    user.go_to_line(3)
    user.editor.keys("C-e")
    user.press("a")
    user.editor.type("say why")
    user.editor.keys("Enter")
    exchange = user.host.request()
    exchange.stream(chunks("  # the carrier says so\n", 6), CHUNK_SECONDS)
    user.installation.wait_for_ends("done")
    user.editor.type(" + 0")
    user.editor.wait_until(lambda: "RATE = 12 + 0" in user.text())
    assert "the carrier says so" in user.text()


def test_edits_are_carried_out_in_their_order_and_one_for_an_older_text_is_refused(user: PackageUser) -> None:
    user.go_to_line(3)
    user.editor.keys("C-e")
    user.editor.type("!")
    user.editor.wait_until(lambda: "RATE = 12!" in user.text())
    now = int(user.editor.in_buffer("(lsp-llm-version (lsp-llm-server))"))
    refused = user.editor.in_buffer(EDIT.format(version=now - 1))
    assert "the buffer has changed" in refused
    assert "RATE = 12!" in user.text()
    assert user.editor.in_buffer(EDIT.format(version=now)) == "(:applied t)"
    assert "\nTHE_PRICE = 144!\n" in user.text()


def test_a_buffer_that_may_not_change_is_left_alone_and_the_server_hears_it(user: PackageUser) -> None:
    user.replace_function()
    exchange = user.host.request()
    user.editor.in_buffer("(setq buffer-read-only t)")
    exchange.say(FENCED)
    user.editor.wait_until(lambda: "Buffer is read-only" in user.installation.transcript())
    assert user.text() == SOURCE
    user.editor.in_buffer("(setq buffer-read-only nil)")
    exchange.done()
    user.wait_for_text(WHOLE)


def test_a_letter_behind_wide_ones_is_replaced_to_the_letter(user: PackageUser) -> None:
    user.editor.keys("C-x", "h", "Delete")
    user.editor.type('title = "🎈🎈" + "🎈"  # 🎈')
    user.editor.keys("C-a", *["M-f"], "C-e", *["C-b"] * 5, "C-Space", *["C-b"] * 3)
    user.press("a")
    user.editor.type("a rocket")
    user.editor.keys("Enter")
    exchange = user.host.request()
    exchange.say('"🚀"')
    exchange.done()
    user.wait_for_text('title = "🎈🎈" + "🚀"  # 🎈')
