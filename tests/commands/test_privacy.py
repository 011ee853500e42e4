from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.commands.gathering import Along
from lsp_llm.commands.privacy import MARGIN_CHARACTERS, CleanTexts, Guard
from lsp_llm.context.base import Item
from lsp_llm.context.selection import select
from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import Message
from lsp_llm.prompts import redaction
from lsp_llm.prompts.secret_scan import find_secrets

SECRET, OTHER = "ghp_" + "a1B2" * 9, "ghp_" + "c3D4" * 9


def test_a_secret_has_one_mark_wherever_it_stands() -> None:
    guard = Guard("redact", CleanTexts())
    along = guard.along(
        Along("a.py", (Item("file", "b.py", f"k = {SECRET}"),), (f"bad {SECRET}",), f"+{OTHER}", (f"1: {SECRET}",))
    )
    assert along.files[0].text == "k = REDACTED_SECRET_1"
    assert (along.diagnostics, along.git_diff) == (("bad REDACTED_SECRET_1",), "+REDACTED_SECRET_2")
    assert along.symbols == ("1: REDACTED_SECRET_1",)
    (message,) = guard.messages([Message("user", f"so: {SECRET}")], [])
    assert message.text == "so: REDACTED_SECRET_1"
    assert guard.originals == {"REDACTED_SECRET_1": SECRET, "REDACTED_SECRET_2": OTHER}
    assert guard.note.startswith("2 secrets were left out of the prompt (b.py, git diff)")


def test_a_secret_across_the_edge_of_a_selection_is_taken_out_of_both_sides() -> None:
    text = f"x = 1\nkey = {SECRET}\ny = 2\n"
    guard, middle = Guard("redact", CleanTexts()), text.index(SECRET) + 10
    safe = guard.selection(select(text, 6, middle), "a.py", 100)
    assert (safe.before, safe.text, safe.after) == ("x = 1\n", "key = REDACTED_SECRET_1", "REDACTED_SECRET_2\ny = 2\n")
    # What is put back for the selection's mark is the part that stood there.
    assert guard.originals == {"REDACTED_SECRET_1": SECRET[:10], "REDACTED_SECRET_2": SECRET[10:]}


def test_what_is_out_of_reach_is_not_looked_at_unless_marks_bring_it_near() -> None:
    line = f"key = {SECRET}\n"
    text = line * 3_000 + "here\n" + line * 3_000
    here = text.index("here")
    guard = Guard("redact", CleanTexts())
    safe = guard.selection(select(text, here, here + 5), "a.py", 40_000)
    for side in (safe.before[-40_000:], safe.after[:40_000]):
        assert "ghp_" not in side
    assert safe.text == "here\n"
    assert safe.before.startswith(line)
    assert len(safe.before) < len(line) * 3_000
    near = guard.selection(select(text, here, here + 5), "a.py", 10)
    assert near.after[MARGIN_CHARACTERS + 1_000 :].count("ghp_") > 2_000


@given(st.lists(st.sampled_from(["a" * 2_500, "b" * 3_000, "\n", f"key = {SECRET}", "c" * 100]), max_size=8))
def test_in_a_message_all_is_looked_at_that_is_not_known(pieces: list[str]) -> None:
    text = " ".join(pieces)
    guard = Guard("redact", CleanTexts())
    (safe,) = guard.messages([Message("user", text)], ["a" * 2_500, "b" * 3_000, "c" * 100, "d" * 5_000])
    whole = Guard("redact", CleanTexts()).text(text, "")
    assert safe.text == whole


def test_a_file_that_is_known_to_be_clean_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clean, looked = CleanTexts(), list[str]()
    along = Along("a.py", (Item("file", "b.py", "clean"), Item("file", "c.py", f"k = {SECRET}")))

    def look(text: str) -> list[tuple[int, int]]:
        looked.append(text)
        return find_secrets(text)

    monkeypatch.setattr(redaction, "find_secrets", look)
    found = [Guard("redact", clean).along(along) for _ in range(2)]
    assert found[0] == found[1]
    assert (looked.count("clean"), looked.count(f"k = {SECRET}")) == (1, 2)


def test_a_mark_stands_in_no_text_that_goes_along() -> None:
    clean = CleanTexts()
    clean.add("see REDACTED_SECRET_1")
    along = Along("a.py", (Item("file", "b.py", "see REDACTED_SECRET_1"), Item("file", "c.py", SECRET)))
    assert Guard("redact", clean).along(along).files[1].text == "REDACTED_SECRET_2"


def test_blocking_sends_nothing_and_says_where() -> None:
    guard = Guard("block", CleanTexts())
    assert guard.text("plain", "a.py") == "plain"
    with pytest.raises(UserError, match=r"^nothing was sent: b\.py holds what looks like a secret"):
        guard.text(f"k = {SECRET}", "b.py")


def test_a_user_may_let_secrets_go() -> None:
    guard = Guard("send", CleanTexts())
    assert guard.text(f"k = {SECRET}", "a.py") == f"k = {SECRET}"
    assert (guard.note, guard.originals) == ("", {})
