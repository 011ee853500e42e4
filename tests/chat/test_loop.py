from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.loop import GO_ON, Course
from lsp_llm.errors import Unavailable, UserError
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.jobs.answering import Prepared
from lsp_llm.status.events import Message
from lsp_llm.stream.events import Finish, ReplayGiven, Text, Thinking, ToolCalled, UsageReported
from lsp_llm.stream.filters.originals import Originals
from tests.chat.sending import Doing, Host, Menu, Table, whole
from tests.turns import until

ACT = ToolCall("call_1", "act")


async def ok() -> str:
    return "ok"


async def test_answer_call_answer(tmp_path: Path) -> None:
    menu = Menu(whole("I look.", ACT), whole("Found."))
    table = Table(tmp_path, menu, Doing(ok))
    await table.send.run()
    assert table.words == [("user", "Hello"), ("assistant", "I look."), ("user", ""), ("assistant", "Found.")]
    (result,) = table.paper.turns[2].tool_results
    assert (result.call_id, result.text, result.is_error) == ("call_1", "ok", False)
    course = table.send.course
    assert course.text == "".join(table.ear.texts) == "I look.\n\nFound."
    assert (course.usage, course.finish, course.calls) == (Usage(20, 4), FinishReason.STOP, [ACT])
    assert course.message_id == table.paper.turns[3].message_id
    assert [[spec.name for spec in asked] for asked in menu.tools] == [["act"], ["act"]]
    assert menu.asked[1] == table.send.chat.turns[:3]
    assert table.paper.document.text.endswith("## User\n\n")


async def test_calls_that_share_an_id_with_an_earlier_answer_get_another(tmp_path: Path) -> None:
    table = Table(tmp_path, Menu(whole("", ACT), whole("", ACT), whole("Done.")), Doing(ok))
    await table.send.run()
    ids = [call.call_id for turn in table.paper.turns for call in turn.tool_calls]
    assert ids == ["call_1", "call_1_2"] == table.ear.calls
    assert [result.call_id for turn in table.paper.turns for result in turn.tool_results] == ids


async def test_the_model_is_told_when_the_rounds_are_over_and_stopped_if_it_does_not_heed(tmp_path: Path) -> None:
    done: list[str] = []

    async def act() -> str:
        done.append("done")
        return "ok"

    table = Table(tmp_path, Menu(*(whole("", ACT) for _ in range(4)), whole("never asked")), Doing(act), rounds=2)
    await table.send.run()
    results = [result for turn in table.paper.turns for result in turn.tool_results]
    assert [result.is_error for result in results] == [False, False, True, True]
    assert "limit of 2 rounds" in results[2].text
    assert done == ["done", "done"]
    assert [status.text for status in table.told if isinstance(status, Message)] == [
        "the model was stopped after 2 rounds of tool calls; send again to let it go on"
    ]


async def test_a_model_that_heeds_the_limit_has_the_last_word(tmp_path: Path) -> None:
    table = Table(tmp_path, Menu(whole("", ACT), whole("", ACT), whole("So be it.")), Doing(ok), rounds=1)
    await table.send.run()
    assert table.words[-1] == ("assistant", "So be it.")
    assert not [status for status in table.told if isinstance(status, Message)]


async def test_a_host_that_pauses_is_asked_to_go_on(tmp_path: Path) -> None:
    menu = Menu(whole("Half", finish=FinishReason.PAUSE), whole("Whole"))
    table = Table(tmp_path, menu)
    await table.send.run()
    assert menu.asked[1][-1].text == "Half"
    assert table.send.course.text == "Half\n\nWhole"


async def test_cut_off(tmp_path: Path) -> None:
    table = Table(tmp_path, Menu(whole("Half", finish=FinishReason.LENGTH)))
    await table.send.run()
    assert table.paper.turns[1].status == "cut off"
    assert table.send.course.finish == "length"


async def test_a_stop_in_the_middle_of_an_answer(tmp_path: Path) -> None:
    host = Host()
    table = Table(tmp_path, Menu(host), Doing(ok))
    task = asyncio.create_task(table.send.run())
    host.say(Thinking("Hm"), Text("Ha"), ToolCalled(ACT))
    await until(lambda: table.ear.texts)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    turn = table.paper.turns[1]
    assert (turn.text, turn.thinking, turn.status, turn.tool_calls) == ("Ha", "Hm", "cancelled", ())
    assert host.closed.is_set(), "the connection is closed"
    assert table.send.course.finish == "cancelled"
    assert table.ear.calls == [], "an answer that is not whole calls nothing"


async def test_a_stop_in_the_middle_of_the_calls(tmp_path: Path) -> None:
    hangs = asyncio.Event()

    async def hang() -> str:
        hangs.set()
        await asyncio.Event().wait()
        return "never"

    calls = [ToolCall("a", "act"), ToolCall("b", "hang")]
    table = Table(tmp_path, Menu(whole("", *calls)), Doing(ok), Doing(hang, "hang"))
    task = asyncio.create_task(table.send.run())
    await hangs.wait()
    await until(lambda: table.ear.results)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [(result.call_id, result.is_error) for result in table.paper.turns[2].tool_results] == [
        ("a", False), ("b", True)
    ]  # fmt: skip


async def test_a_failure_keeps_what_came(tmp_path: Path) -> None:
    class Breaking(Host):
        async def events(self):  # type: ignore[no-untyped-def]
            yield [Text("Ha")]
            raise Unavailable("gone")

    table = Table(tmp_path, Menu(Breaking()))
    with pytest.raises(Unavailable):
        await table.send.run()
    assert (table.paper.turns[1].text, table.paper.turns[1].status) == ("Ha", "failed")


async def test_nothing_is_written_for_an_answer_that_never_came(tmp_path: Path) -> None:
    async def refused() -> Prepared:
        raise UserError("no key")

    class NoKey(Menu):
        async def prepared(self, chat, tools):  # type: ignore[no-untyped-def]
            return await refused()

    table = Table(tmp_path, NoKey())
    with pytest.raises(UserError):
        await table.send.run()
    assert table.paper.document.text == "## User\n\nHello\n"


async def test_a_page_that_takes_nothing_ends_no_answer_and_is_told_once(tmp_path: Path) -> None:
    host = Host()
    table = Table(tmp_path, Menu(host))
    task = asyncio.create_task(table.send.run())
    table.paper.trouble = "the disk is full"
    for word in ("One ", "two "):
        host.say(Text(word))
    await until(lambda: len(table.ear.texts) == 2)
    table.paper.trouble = ""
    host.finish("three")
    await task
    assert table.send.course.text == "One two three"
    assert table.words[1] == ("assistant", "One two three"), "what waited goes out with the next words"
    assert [status for status in table.told if isinstance(status, Message)] == [Message("the disk is full", "error")]


async def test_what_a_dialect_wants_back_is_kept_with_the_turn_as_it_is_sent(tmp_path: Path) -> None:
    replay = Replay("gemini", {"parts": []})
    first = Host(ToolCalled(ACT), ReplayGiven(replay), Finish(FinishReason.TOOL_USE))
    second = Host(ToolCalled(ACT), ReplayGiven(replay), Finish(FinishReason.TOOL_USE))
    table = Table(tmp_path, Menu(first, second, whole("Done")), Doing(ok))
    await table.send.run()
    assert [[call.call_id for call in turn.tool_calls] for turn, _ in table.kept] == [["call_1"], ["call_1_2"]]


async def test_secrets_come_back_in_the_answer(tmp_path: Path) -> None:
    table = Table(tmp_path, Menu(whole("It is MARK_1.")))
    await table.send.run()
    assert table.words[1] == ("assistant", "It is secret.")


async def test_costs_are_added_up(tmp_path: Path) -> None:
    hosts = (Prepared(each, Originals({}), spent=lambda usage: 0.5) for each in (whole("", ACT), whole("Done")))
    table = Table(tmp_path, Menu(*hosts), Doing(ok))
    await table.send.run()
    assert table.send.course.cost == 1.0


def test_a_course_that_never_began() -> None:
    assert (Course().text, Course().thinking, Course().finish) == ("", "", "unknown")


async def test_an_answer_that_was_cut_off_goes_on_as_the_same_turn(tmp_path: Path) -> None:
    replay = Replay("anthropic", [{"type": "text", "text": " an answer."}])
    counts = UsageReported(Usage(10, 2))
    more = Host(Thinking("Hm."), Text(" an answer."), counts, ReplayGiven(replay), Finish(FinishReason.STOP))
    menu = Menu(more)
    table = Table(tmp_path, menu)
    half = Turn("a-1", "assistant", "Half", "So.", usage=Usage(5, 1), status="cut off")
    table.send.chat = table.send.chat.with_turn(half)
    await table.send.go_on()
    assert [turn.role for turn in menu.asked[0]] == ["user", "assistant", "user"]
    turn = table.send.chat.turns[-1]
    assert (turn.message_id, turn.text, turn.thinking) == ("a-1", "Half an answer.", "So.\n\nHm.")
    assert (turn.status, turn.usage, len(table.send.chat.turns)) == ("done", Usage(15, 3), 2)
    course = table.send.course
    assert (course.text, course.thinking) == (" an answer.", "Hm.") == ("".join(table.ear.texts), table.ear.thoughts[0])
    assert course.usage == Usage(10, 2), "what this send used"
    assert table.kept == [], "what the host wants back is not the whole answer"


async def test_an_answer_that_goes_on_may_call_tools(tmp_path: Path) -> None:
    table = Table(tmp_path, Menu(whole(" look.", ACT), whole("Found.")), Doing(ok))
    table.send.chat = table.send.chat.with_turn(Turn("a-1", "assistant", "I", status="cancelled"))
    await table.send.go_on()
    said = [(turn.role, turn.text) for turn in table.send.chat.turns]
    assert said == [("user", "Hello"), ("assistant", "I look."), ("user", ""), ("assistant", "Found.")]
    assert table.send.course.text == "".join(table.ear.texts) == " look.\n\nFound."


async def test_an_answer_without_a_word_goes_on_from_the_question(tmp_path: Path) -> None:
    menu = Menu(whole("Found."))
    table = Table(tmp_path, menu)
    table.send.chat = table.send.chat.with_turn(Turn("a-1", "assistant", thinking="Hm.", status="cancelled"))
    await table.send.go_on()
    assert GO_ON not in menu.asked[0], "the model would not know what it is about"
    turn = table.send.chat.turns[-1]
    assert (turn.message_id, turn.text, turn.thinking) == ("a-1", "Found.", "Hm.")
