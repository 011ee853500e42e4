import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lsp_llm.exchange.tools import ToolCall, ToolSpec
from lsp_llm.tools import execution
from lsp_llm.tools.approval import Policy
from lsp_llm.tools.base import Approval, Outcome, Prepared, Proposal, ToolFailed, World
from lsp_llm.tools.execution import STOPPED, Execution, Limits
from lsp_llm.tools.registry import Toolbox, toolbox
from lsp_llm.tools.results import MAX_CHARACTERS
from tests.context.folders import write
from tests.tools.test_desk import Screen
from tests.tools.worlds import KEY, Folder, User, comes_true, world


@dataclass
class Acting:
    """A tool that does what a test wants."""

    act: Callable[[], Awaitable[str]]
    name: str = "act"
    approval: Approval = "before"

    @property
    def spec(self) -> ToolSpec:
        return ToolSpec(self.name, "")

    def prepare(self, call: ToolCall) -> Prepared:
        async def run(where: World) -> str:
            return await self.act()

        return Prepared("", run)


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "GRACE_SECONDS", 0.05)


async def carried_out(
    root: Path, *calls: ToolCall, tools: Toolbox | None = None, policy: Policy = "always", seconds: float = 20
) -> list[tuple[str, bool]]:
    screen = Screen()
    box = tools or toolbox(("run_command",), ())
    results = await Execution(screen, Limits(seconds, seconds)).carry_out(calls, box, world(root), policy)
    assert [result.call_id for result in results] == [call.call_id for call in calls]
    assert sorted(call_id for call_id, _ in screen.calls) == sorted(call.call_id for call in calls)
    assert sorted(map(repr, screen.results)) == sorted(map(repr, results)), "what is shown is what the model is told"
    return [(result.text, result.is_error) for result in results]


def read(call_id: str, path: str) -> ToolCall:
    return ToolCall(call_id, "read_file", json.dumps({"path": path}))


async def test_results_come_in_the_order_of_the_calls(tmp_path: Path) -> None:
    write(tmp_path, {"a": "A", "b": "B"})
    (first, _), (gone, failed), (last, _) = await carried_out(tmp_path, read("1", "a"), read("2", "x"), read("3", "b"))
    assert first.endswith("\nA")
    assert (gone, failed) == ("x cannot be read: No such file or directory.", True)
    assert last.endswith("\nB")


async def test_calls_run_side_by_side(tmp_path: Path) -> None:
    meeting = asyncio.Barrier(3)

    async def meet() -> str:
        await meeting.wait()
        return "met"

    box = Toolbox((Acting(meet),))
    assert await carried_out(tmp_path, *(ToolCall(each, "act") for each in "123"), tools=box) == [("met", False)] * 3


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (ToolCall("1", "rm"), "There is no tool 'rm'; there are: read_file, list_files, search"),
        (ToolCall("1", "read_file", '{"pth": "a"}'), "The arguments of read_file do not fit: Object"),
        (ToolCall("1", "read_file", '{"path": "a"', "The arguments are cut off."), "The arguments are cut off."),
        (ToolCall("1", "run_command", '{"command": ["rm"]}'), "$.command"),
    ],
)
async def test_a_call_that_cannot_be_meant_is_told_and_nobody_is_asked(
    call: ToolCall, said: str, tmp_path: Path
) -> None:
    [(text, is_error)] = await carried_out(tmp_path, call, policy="ask")
    assert is_error
    assert said in text
    assert text.endswith("Nothing was carried out.")


async def test_calls_with_one_id_are_not_carried_out(tmp_path: Path) -> None:
    write(tmp_path, {"a": "A"})
    results = await carried_out(tmp_path, read("1", "a"), read("1", "a"), read("2", "a"))
    assert [is_error for _, is_error in results] == [True, True, False]


async def test_each_call_is_asked_for_and_a_no_is_told(tmp_path: Path) -> None:
    screen = Screen()
    write(tmp_path, {"a": "A"})
    run = Execution(screen, Limits())
    calls = [read("1", "a"), ToolCall("2", "run_command", '{"command": "touch made"}')]
    working = asyncio.create_task(run.carry_out(calls, toolbox(("run_command",), ()), world(tmp_path), "ask"))
    assert await comes_true(lambda: len(run.desk.waiting) == 2)
    assert run.desk.answer("1", "allow")
    assert run.desk.answer("2", "deny")
    first, second = await working
    assert not first.is_error
    assert second.is_error
    assert "The user denied this call" in second.text
    assert not (tmp_path / "made").exists()


async def test_nobody_answers(tmp_path: Path) -> None:
    [(text, is_error)] = await carried_out(tmp_path, read("1", "a"), policy="ask", seconds=0.01)
    assert (text, is_error) == ("The user did not answer in time; the call was not carried out.", True)


@pytest.mark.parametrize("name", ["read_file", "edit_file"])
async def test_a_policy_that_denies_denies_all(name: str, tmp_path: Path) -> None:
    arguments = '{"path": "a"}' if name == "read_file" else '{"path": "a", "new_text": "x"}'
    [(text, is_error)] = await carried_out(tmp_path, ToolCall("1", name, arguments), policy="never")
    assert "settings deny" in text
    assert is_error


async def test_a_tool_that_hangs_is_stopped(tmp_path: Path) -> None:
    stopped = asyncio.Event()

    async def hang() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return ""

    [(text, is_error)] = await carried_out(tmp_path, ToolCall("1", "act"), tools=Toolbox((Acting(hang),)), seconds=0.01)
    assert text.startswith("The call did not end within")
    assert is_error
    assert stopped.is_set()


@pytest.mark.parametrize(("policy", "seconds"), [("always", "0.01"), ("ask", "0.02")])
async def test_a_proposal_has_the_users_time_only_where_the_user_is_asked(
    policy: Policy, seconds: str, tmp_path: Path
) -> None:
    async def hang() -> str:
        await asyncio.Event().wait()
        return ""

    run = Execution(Screen(), Limits(call_seconds=0.01, approval_seconds=0.02))
    box = Toolbox((Acting(hang, approval="within"),))
    [result] = await run.carry_out([ToolCall("1", "act")], box, world(tmp_path), policy)
    assert result.text == f"The call did not end within {seconds} s and was stopped."


async def test_a_tool_that_does_not_heed_a_cancel_holds_nobody_up(tmp_path: Path) -> None:
    let_go = asyncio.Event()

    async def deaf() -> str:
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue
        raise LookupError("too late to matter")

    [(text, _)] = await carried_out(tmp_path, ToolCall("1", "act"), tools=Toolbox((Acting(deaf),)), seconds=0.01)
    assert text.startswith("The call did not end within")
    let_go.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ZeroDivisionError("by zero"), "act failed: ZeroDivisionError: by zero"),
        (ToolFailed(f"401 for {KEY}"), "401 for REDACTED_SECRET_1"),
        (TimeoutError(), "act failed: TimeoutError:"),
        (asyncio.CancelledError(), "The call was broken off from within."),
        (ExceptionGroup("several", [OSError("a")]), "act failed: ExceptionGroup: several"),
    ],
)
async def test_a_tool_that_raises_ends_in_an_error_result(error: BaseException, said: str, tmp_path: Path) -> None:
    async def fail() -> str:
        raise error

    [(text, is_error)] = await carried_out(tmp_path, ToolCall("1", "act"), tools=Toolbox((Acting(fail),)))
    assert text.startswith(said)
    assert is_error


async def test_floods_are_cut_and_secrets_taken_out(tmp_path: Path) -> None:
    async def flood() -> str:
        return f"key {KEY} " + "x" * 10_000_000

    [(text, is_error)] = await carried_out(tmp_path, ToolCall("1", "act"), tools=Toolbox((Acting(flood),)))
    assert len(text) < MAX_CHARACTERS + 100
    assert text.startswith("key REDACTED_SECRET_1 xxx")
    assert not is_error


async def test_a_stop_ends_every_call_and_tells_what_did_not_end(tmp_path: Path) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def hang() -> str:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return ""

    screen = Screen()
    write(tmp_path, {"a": "A"})
    run = Execution(screen, Limits())
    box = Toolbox((*toolbox((), ()).tools, Acting(hang, approval="within")))
    calls = [ToolCall("1", "act"), read("2", "a")]
    working = asyncio.create_task(run.carry_out(calls, box, world(tmp_path), "ask"))
    await begun.wait()
    await screen.asked.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert ended.is_set()
    assert {result.call_id: result.text for result in screen.results} == {"1": STOPPED, "2": STOPPED}
    assert run.desk.waiting == ()


async def test_proposals_come_one_at_a_time_and_each_of_what_the_last_one_left(tmp_path: Path) -> None:
    class Slow(User):
        at_once = 0

        async def propose(self, proposal: Proposal) -> Outcome:
            self.at_once += 1
            assert self.at_once == 1
            await asyncio.sleep(0)
            self.at_once -= 1
            return await super().propose(proposal)

    write(tmp_path, {"a": "1 2 3"})
    user = Slow(Folder(tmp_path))
    calls = [
        ToolCall(each, "edit_file", json.dumps({"path": "a", "old_text": each, "new_text": f"{each}{each}"}))
        for each in "123"
    ]
    screen = Screen()
    results = await Execution(screen, Limits()).carry_out(calls, toolbox((), ()), world(tmp_path, user), "ask")
    assert [result.is_error for result in results] == [False] * 3
    assert user.folder.buffers[tmp_path / "a"] == "11 22 33"
    assert {asked for _, asked in screen.calls} == {False}, "the proposal is the question"


async def test_no_calls_have_no_results(tmp_path: Path) -> None:
    assert await carried_out(tmp_path) == []
