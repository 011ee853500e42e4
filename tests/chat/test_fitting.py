"""What goes out under a budget."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.fitting import fit_turns, turn_tokens
from lsp_llm.chat.tool_pairs import paired
from lsp_llm.exchange.tools import ToolCall, ToolResult
from lsp_llm.prompts.budget import TokenEstimate

ONE_A_TOKEN = TokenEstimate(1.0)


def ask(message_id: str, size: int) -> Turn:
    return Turn(message_id, "user", "x" * (size - 4))


def call(message_id: str, size: int) -> list[Turn]:
    """A round of twice this size."""
    answer = Turn(message_id, "assistant", tool_calls=(ToolCall(message_id, "", "x" * (size - 4)),))
    return [answer, Turn(f"{message_id}r", "user", tool_results=(ToolResult(message_id, "", "x" * (size - 4)),))]


def kept(turns: Sequence[Turn], limit: int, system: str = "") -> tuple[str, str, int, bool]:
    fitted = fit_turns(turns, system, limit, ONE_A_TOKEN)
    return " ".join(t.message_id for t in fitted.turns), " ".join(fitted.left_out), fitted.tokens, fitted.is_over


def test_the_oldest_exchanges_are_left_out_and_named() -> None:
    turns = [ask("1", 10), *call("2", 10), ask("3", 10), Turn("4", "assistant", "xxxxxx"), ask("5", 10)]
    assert kept(turns, 60) == ("1 2 2r 3 4 5", "", 60, False)
    assert kept(turns, 59) == ("3 4 5", "1 2 2r", 30, False)
    assert kept(turns, 29) == ("5", "1 2 2r 3 4", 10, False)
    assert kept(turns, 35, "x" * 6) == ("5", "1 2 2r 3 4", 16, False)


def test_of_one_long_exchange_the_oldest_rounds_are_left_out() -> None:
    turns = [ask("0", 10), ask("1", 10), *call("2", 10), *call("3", 10), *call("4", 10)]
    assert kept(turns, 50) == ("1 3 3r 4 4r", "0 2 2r", 50, False)
    assert kept(turns, 49) == ("1 4 4r", "0 2 2r 3 3r", 30, False)
    assert kept(turns, 1) == ("1 4 4r", "0 2 2r 3 3r", 30, True)


def test_what_was_just_said_always_goes_out() -> None:
    assert kept([ask("1", 10), ask("2", 100)], 20) == ("2", "1", 100, True)
    assert kept([], 20, "x" * 21) == ("", "", 21, True)


def test_a_conversation_may_begin_with_an_answer() -> None:
    turns = [Turn("1", "assistant", "xxxxxx"), ask("2", 10)]
    assert kept(turns, 20) == ("1 2", "", 20, False)
    assert kept(turns[:1], 1) == ("1", "", 10, True)


def test_thinking_is_not_counted_as_text() -> None:
    assert turn_tokens(Turn("", "assistant", "abc", "xxxxxxxx"), ONE_A_TOKEN) == 7


SIZES = st.integers(5, 30)
PARTS = (
    SIZES.map(lambda size: [ask("q", size)])
    | SIZES.map(lambda size: call("c", size))
    | SIZES.map(lambda size: [Turn("a", "assistant", "x" * size)])
)
ANY = st.lists(PARTS, max_size=8).map(lambda parts: [turn for part in parts for turn in part])


@given(ANY, st.integers(0, 200))
def test_no_call_is_parted_from_its_result(turns: list[Turn], limit: int) -> None:
    whole = list(paired(turns))
    fitted = fit_turns(whole, "", limit, ONE_A_TOKEN)
    assert list(paired(fitted.turns)) == list(fitted.turns)
    assert len(fitted.turns) + len(fitted.left_out) == len(whole)
    assert fitted.tokens == sum(turn_tokens(turn, ONE_A_TOKEN) for turn in fitted.turns)
    assert not whole or fitted.turns[-1] == whole[-1]
