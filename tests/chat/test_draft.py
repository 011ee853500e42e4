from __future__ import annotations

import pytest

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.draft import Draft, add_turn, attempt
from lsp_llm.exchange.outcome import Usage
from lsp_llm.exchange.tools import ToolCall, ToolResult
from tests.chat.sending import Ear, Paper


def draft(paper: Paper, ear: Ear, complaints: list[str]) -> Draft:
    made = Draft(paper, ear, "m-1", complaints.append)
    made.model = "gpt"
    return made


def test_it_stands_on_the_page_as_it_comes() -> None:
    paper, ear = Paper("## User\n\nHi\n"), Ear()
    made = draft(paper, ear, [])
    assert not made.is_begun
    made.text("")
    assert paper.document.text == "## User\n\nHi\n"
    made.thinking("Hm.")
    made.text("Hel")
    assert "Hm." in paper.document.text and "Hel" in paper.document.text
    made.text("lo\n")
    call = ToolCall("c", "act")
    turn = made.end("done", "2026-11-20T12:00:00+00:00", Usage(1, 2), [call])
    assert paper.turns[1] == turn
    assert (turn.text, turn.thinking, turn.model, turn.message_id) == ("Hello", "Hm.", "gpt", "m-1")
    assert turn.tool_calls == (call,)
    assert (ear.texts, ear.thoughts, made.characters, paper.settled) == (["Hel", "lo\n"], ["Hm."], 6, 1)


def test_an_empty_one_is_not_written() -> None:
    paper = Paper("## User\n\nHi\n")
    assert draft(paper, Ear(), []).end("failed", "").is_empty
    assert paper.document.text == "## User\n\nHi\n"


def test_calls_alone_are_a_turn() -> None:
    paper = Paper("## User\n\nHi\n")
    turn = draft(paper, Ear(), []).end("done", "", None, [ToolCall("c", "act")], lambda turn: turn)
    assert paper.turns[1] == turn


def test_a_page_that_takes_nothing_is_complained_of() -> None:
    paper, complaints = Paper(), list[str]()
    made = draft(paper, Ear(), complaints)
    paper.trouble = "full"
    made.text("x")
    assert complaints == ["full", "full"], "its heading and its words"
    paper.trouble = ""
    made.text("y")
    made.end("done", "")
    assert paper.turns[0].text == "xy"


def test_a_whole_turn() -> None:
    paper, complaints = Paper("## Assistant\n\nHi\n"), list[str]()
    results = Turn("r", "user", tool_results=(ToolResult("c", "act", "ok"),))
    add_turn(paper, results, complaints.append)
    assert (paper.turns[1].tool_results, complaints) == (results.tool_results, [])
    paper.trouble = "full"
    add_turn(paper, Turn("u", "user", "x"), complaints.append)
    assert set(complaints) == {"full"}
    paper.trouble = ""
    paper.settle()
    assert paper.turns[2].text == "x", "what waited goes out whole"


def test_only_what_the_user_can_mend_is_told() -> None:
    def fault() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        attempt(fault, lambda sentence: None)


def test_an_answer_that_goes_on_is_not_on_the_page_before_its_first_new_word() -> None:
    paper, ear = Paper("## User\n\nHi\n"), Ear()
    made = Draft(paper, ear, "m-1", [].append, Turn("m-1", "assistant", "Half an", "Hm."))
    made.thinking("So ")
    made.thinking("then.")
    assert not made.is_begun and paper.document.text == "## User\n\nHi\n"
    made.text(" answer.")
    turn = made.end("done", "2026-11-20T12:00:00+00:00")
    assert (turn.text, turn.thinking) == ("Half an answer.", "Hm.\n\nSo then."), "one text, below all thinking"
    assert paper.turns[1] == turn
    assert (ear.texts, ear.thoughts) == ([" answer."], ["So ", "then."]), "the former words are not told again"


def test_an_answer_that_goes_on_with_a_call_keeps_its_words() -> None:
    paper = Paper("## User\n\nHi\n")
    made = Draft(paper, Ear(), "m-1", [].append, Turn("m-1", "assistant", "Half"))
    made.thinking("Hm.")
    made.end("done", "", None, [ToolCall("c", "act")])
    assert (paper.turns[1].text, paper.turns[1].thinking) == ("Half", "Hm.")
    assert [call.call_id for call in paper.turns[1].tool_calls] == ["c"]


def test_an_answer_to_which_nothing_came_is_left_as_it_was() -> None:
    paper = Paper("## User\n\nHi\n")
    made = Draft(paper, Ear(), "m-1", [].append, Turn("m-1", "assistant", "Half"))
    made.thinking("Hm.")
    made.end("cancelled", "")
    assert paper.document.text == "## User\n\nHi\n"


@pytest.mark.parametrize(("text", "gap"), [("Half\r\n\r\n", "\n\n"), ("Half ", ""), ("a:\n    ", "\n    "), ("\n", "")])
def test_where_it_was_cut_off_between_two_lines_the_line_end_is_kept(text: str, gap: str) -> None:
    paper = Paper("## User\n\nHi\n")
    made = Draft(paper, Ear(), "m-1", [].append)
    made.text(text)
    assert made.end("cut off", "").gap == gap
    (*_, former) = paper.turns
    assert former.gap == gap
    after, ear = Paper("## User\n\nHi\n"), Ear()
    more = Draft(after, ear, "m-1", [].append, former)
    more.text("So.")
    more.text(" End.")
    whole = more.end("done", "")
    assert whole.text == former.text + "".join(ear.texts) == f"{former.text}{gap}So. End."
    assert (after.turns[-1], whole.gap) == (whole, "")


def test_an_answer_that_is_whole_ends_where_it_ends() -> None:
    made = Draft(Paper("## User\n\nHi\n"), Ear(), "m-1", [].append)
    made.text("Whole.\n\n")
    assert made.end("done", "").gap == ""
