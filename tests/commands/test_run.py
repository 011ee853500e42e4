"""A prompt of the library as a command: its text is the instruction, its kind and preset hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsp_llm.commands.retry import Retry
from lsp_llm.commands.run import Run
from lsp_llm.errors import UserError
from lsp_llm.status.events import Queued
from tests.commands.desk import CommandDesk
from tests.fakes.jobs import URI


def write(desk: CommandDesk, folder: Path, name: str, text: str) -> None:
    desk.root = folder
    path = folder / ".lsp-llm" / "prompts" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


async def test_what_the_prompt_says_for_the_place_is_the_instruction(desk: CommandDesk) -> None:
    job = desk.run(Run(), "two = 2\n", action="refactor", query="in Italian")
    _, words, source = await desk.asked()
    assert "Make this easier to read and to change" in words
    assert "in Italian" in words
    source.finish("due = 2\n")
    await desk.log.end(job["jobId"])
    assert "due = 2" in desk.text


async def test_the_prompts_own_kind_preset_and_variables_hold(desk: CommandDesk, tmp_path: Path) -> None:
    write(desk, tmp_path, "own", "---\nkind: yap\npreset: other\nvariables: {tone: short}\n---\nSay {{ vars.tone }}.")
    job = desk.run(Run(), "two|", action="own")
    resolved, words, source = await desk.asked()
    assert (resolved.name, "Say short." in words) == ("other", True)
    source.finish("!")
    await desk.log.end(job["jobId"])
    assert "two! = 2" in desk.text


async def test_the_users_preset_stands_above_the_prompts(desk: CommandDesk, tmp_path: Path) -> None:
    write(desk, tmp_path, "own", "---\npreset: other\n---\nGo.")
    job = desk.run(Run(), "two", action="own", preset="safe")["jobId"]
    assert desk.log.of(job) == [Queued(URI, "replace", "safe")]
    await desk.runner.close()


async def test_a_retry_renders_the_prompt_again(desk: CommandDesk) -> None:
    await desk.answered(desk.run(Run(), "two = 2\n", action="refactor", query="in Italian"), "due = 2\n")
    desk.run(Retry(), query="in French")
    _, words, _ = await desk.asked()
    assert "Make this easier to read" in words
    assert "in French" in words
    assert "in Italian" not in words
    await desk.runner.close()


async def test_what_cannot_be_run_is_told(desk: CommandDesk) -> None:
    with pytest.raises(UserError, match='there is no prompt "refactr" in the library; did you mean "refactor"'):
        desk.run(Run(), "two", action="refactr")
    with pytest.raises(UserError, match='the prompt "explain" begins a chat, and there are no chats yet'):
        desk.run(Run(), "two", action="explain")
    with pytest.raises(UserError, match='nothing is selected: the prompt "refactor" replaces what is selected'):
        desk.run(Run(), "two|", action="refactor")
    with pytest.raises(UserError, match='there is no preset "othr"; did you mean "other"'):
        desk.run(Run(), "two", action="refactor", preset="othr")


async def test_a_broken_prompt_fails_with_its_file_and_line_and_touches_nothing(
    desk: CommandDesk, tmp_path: Path
) -> None:
    before = desk.text
    write(desk, tmp_path, "own", "---\ntitle: own\n---\none\n{% if %}\n")
    job = desk.run(Run(), "two", action="own")["jobId"]
    ended = await desk.log.end(job)
    assert f"{tmp_path}/.lsp-llm/prompts/own.md, line 5: Expected an expression" in str(ended)
    assert desk.text == before
