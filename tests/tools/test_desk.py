import asyncio

import pytest

from lsp_llm.exchange.tools import ToolCall, ToolResult
from lsp_llm.tools.approval import Claim, Verdict
from lsp_llm.tools.desk import Desk, Question

READ = Claim("read_file")


class Screen:
    """What the user is shown."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, bool]] = []
        self.verdicts: list[tuple[str, Verdict]] = []
        self.results: list[ToolResult] = []
        self.asked = asyncio.Event()

    def called(self, call: ToolCall, question: Question | None) -> None:
        self.calls.append((call.call_id, question is not None))
        if question is not None:
            self.asked.set()

    def settled(self, call_id: str, verdict: Verdict) -> None:
        self.verdicts.append((call_id, verdict))

    def ended(self, result: ToolResult) -> None:
        self.results.append(result)


def call(call_id: str) -> ToolCall:
    return ToolCall(call_id, "read_file")


async def test_a_call_waits_for_the_users_word() -> None:
    screen = Screen()
    desk = Desk(screen, 600)
    waiting = asyncio.create_task(desk.verdict(call("1"), READ, "ask"))
    await screen.asked.wait()
    assert desk.waiting == ("1",)
    assert desk.answer("1", "deny")
    assert not desk.answer("1", "allow")
    assert await waiting == "denied"
    assert (screen.calls, screen.verdicts) == ([("1", True)], [("1", "denied")])


async def test_a_yes_for_good_lets_all_go_that_wait_for_the_same() -> None:
    screen = Screen()
    desk = Desk(screen, 600)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(desk.verdict(call(each), READ, "ask")) for each in "123"]
        await screen.asked.wait()
        desk.answer("2", "always")
    assert [task.result() for task in tasks] == ["approved"] * 3
    assert sorted(screen.verdicts) == [(each, "approved") for each in "123"]
    assert await desk.verdict(call("4"), READ, "ask") == "approved"
    assert screen.calls[-1] == ("4", False)


async def test_no_word_in_time_is_a_no_and_a_late_one_is_too_late() -> None:
    screen = Screen()
    desk = Desk(screen, 0.01)
    assert await desk.verdict(call("1"), READ, "ask") == "unanswered"
    assert screen.verdicts == [("1", "unanswered")]
    assert not desk.answer("1", "always")


async def test_a_stopped_call_asks_no_longer() -> None:
    screen = Screen()
    desk = Desk(screen, 600)
    waiting = asyncio.create_task(desk.verdict(call("1"), READ, "ask"))
    await screen.asked.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert desk.waiting == ()
    assert screen.verdicts == [("1", "withdrawn")]


async def test_the_policy_asks_nobody() -> None:
    screen = Screen()
    desk = Desk(screen, 600)
    assert await desk.verdict(call("1"), READ, "always") == "approved"
    assert await desk.verdict(call("2"), READ, "never") == "forbidden"
    assert screen.calls == [("1", False), ("2", False)]


async def test_an_answer_that_comes_while_the_question_is_shown_counts() -> None:
    class Hasty(Screen):
        def called(self, call: ToolCall, question: Question | None) -> None:
            desk.answer(call.call_id, "allow")

    desk = Desk(Hasty(), 600)
    assert await desk.verdict(call("1"), READ, "ask") == "approved"
