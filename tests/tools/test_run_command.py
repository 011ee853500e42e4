import asyncio
import json
from pathlib import Path

import pytest

from lsp_llm.tools.base import ToolFailed
from lsp_llm.tools.run_command import MAX_BYTES_EACH_END, RUN_COMMAND
from tests.tools.test_child import is_gone
from tests.tools.worlds import comes_true, run, world


async def ran(command: str, root: Path, limit_seconds: float = 20.0) -> str:
    return await run(RUN_COMMAND, json.dumps({"command": command}), world(root, limit_seconds=limit_seconds))


async def test_it_runs_in_the_workspace_and_shows_errors_too(tmp_path: Path) -> None:
    assert await ran("pwd; echo oops >&2; echo done | tr d D", tmp_path) == f"{tmp_path}\noops\nDone\n"
    assert await ran("true", tmp_path) == "The command printed nothing; exit code 0."


async def test_a_failure_is_told_with_what_was_printed(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"exit code 3\.\nwhy"):
        await ran("echo why; exit 3", tmp_path)
    with pytest.raises(ToolFailed, match="exit code 127"):
        await ran("no-such-program-anywhere", tmp_path)


async def test_one_that_hangs_is_killed_and_what_it_said_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"did not end within 2 s and was killed\.\nbegun"):
        # Long enough for a shell on a busy machine to say its word.
        await ran("echo begun; sleep 600", tmp_path, limit_seconds=2)


async def test_what_it_leaves_running_does_not_hold_the_result_back(tmp_path: Path) -> None:
    text = await ran("sleep 600 & echo $!", tmp_path, limit_seconds=60)
    assert await is_gone(int(text))


async def test_a_flood_is_bounded(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="bytes cut") as told:
        await ran("yes", tmp_path, limit_seconds=0.5)
    assert len(str(told.value)) < 2 * MAX_BYTES_EACH_END + 200
    text = await ran("seq 200000", tmp_path)
    assert text.startswith("1\n2\n")
    assert text.endswith("\n200000\n")


async def test_keys_stay_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "visible-a1b2c3")
    monkeypatch.setenv("LSP_LLM_COLOUR", "blue")
    text = await ran("env", tmp_path)
    assert "visible" not in text
    assert "LSP_LLM_COLOUR=blue" in text


async def test_a_stop_ends_it_and_all_that_it_started(tmp_path: Path) -> None:
    task = asyncio.create_task(ran("sleep 600 & echo $! > started.new; mv started.new started; wait", tmp_path))
    assert await comes_true((tmp_path / "started").exists)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await is_gone(int((tmp_path / "started").read_text()))


@pytest.mark.parametrize("command", ["", "  ", "echo \0"])
async def test_no_command_is_none(command: str, tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="no command"):
        await ran(command, tmp_path)


async def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="cannot be started: No such file"):
        await ran("true", tmp_path / "gone")


def test_an_approval_for_good_is_for_that_command_line() -> None:
    from lsp_llm.exchange.tools import ToolCall

    assert RUN_COMMAND.prepare(ToolCall("1", "run_command", '{"command": "make test"}')).subject == "make test"
