"""A prompt of the library as a command: its text is the instruction, its kind and preset hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsp_llm.chat.head import read_head
from lsp_llm.commands.retry import Retry
from lsp_llm.commands.run import Run
from lsp_llm.errors import UserError
from lsp_llm.status.events import Queued
from tests.commands.desk import CommandDesk
from tests.fakes.chats import on_disk
from tests.fakes.host import FakeHost
from tests.fakes.jobs import URI
from tests.fakes.lsp_client import LspClient, host_options


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


async def test_a_prompt_for_a_chat_begins_one_with_the_selection_and_is_answered(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("TAX = 0.19\n")
    async with FakeHost() as host, LspClient(root=tmp_path, options=host_options(host.base_url)) as client:
        code = client.open((tmp_path / "shop.py").as_uri(), "TAX = 0.19\n")
        client.answers["window/showDocument"] = lambda params: {"success": True}
        place = {"uri": code.uri, "range": code.range(0, len(code.text))}
        assert await client.command("run", {"action": "explain", "query": "in verse", **place}) == {}
        await client.until(lambda: client.asked("window/showDocument") == 1)
        shown = next(item["params"] for item in client.requests if item["method"] == "window/showDocument")
        chat = client.open(shown["uri"], on_disk(shown["uri"]), "markdown")
        assert read_head(chat.text).title == "explain shop.py: in verse"
        exchange = await host.request()
        said = exchange.json["messages"][-1]["content"]
        for part in ("TAX = 0.19", "Explain this Python text", "in verse"):
            assert part in said
        await exchange.say("A tax in verse.")
        await exchange.done()
        await client.until(lambda: "A tax in verse." in chat.text)
        assert code.text == "TAX = 0.19\n"
