"""The library, presets and templates with the real server: menus, running, choosing, repeating, diagnostics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import CAPABILITIES, Buffer, LspClient, Refusal, host_options

SOURCE = "one\ntwo\nthree\nfour\nfive\n"
ALL = {"start": {"line": 0, "character": 0}, "end": {"line": 5, "character": 0}}
CURSOR = {"start": {"line": 1, "character": 1}, "end": {"line": 1, "character": 1}}
PICKING = {**CAPABILITIES, "window": {"workDoneProgress": True, "showMessage": {"messageActionItem": {}}}}
WRONG = {"range": {**CURSOR, "end": {"line": 1, "character": 3}}, "message": "two is wrong", "source": "counter"}


def options(base_url: str) -> dict[str, Any]:
    values = host_options(base_url)
    values["presets"]["spare"] = {"provider": "fake", "model": "s"}
    return values


class Scene:
    """A client in a project with a document, and a host that answers."""

    def __init__(self, client: LspClient, host: FakeHost, root: Path) -> None:
        self.client, self.host, self.root = client, host, root
        self.uri = (root / "list.py").as_uri()
        self.buffer: Buffer = client.open(self.uri, SOURCE)

    async def menu(self, place: Any = ALL, *diagnostics: Any) -> dict[str, Any]:
        params = {
            "textDocument": {"uri": self.uri},
            "range": place,
            "context": {"diagnostics": list(diagnostics), "triggerKind": 1},
        }
        found = await self.client.request("textDocument/codeAction", params)
        return {action["title"]: action["command"] for action in found}

    async def pick(self, title: str, place: Any = ALL, *diagnostics: Any) -> Any:
        command = (await self.menu(place, *diagnostics))[title]
        params = {"command": command["command"], "arguments": command["arguments"]}
        return await self.client.request("workspace/executeCommand", params)

    async def answered(self, job: Any, text: str) -> str:
        """Answer the job, and give what it asked."""
        exchange = await self.host.request()
        await exchange.say(text)
        await exchange.done()
        assert (await self.client.ended(job["jobId"]))["kind"] == "finished"
        return str(exchange.json)

    def problems(self, uri: str) -> list[Any]:
        """All that was published for a document, in order."""
        told = [item["params"] for item in self.client.notifications if "publishDiagnostics" in item["method"]]
        return [params["diagnostics"] for params in told if params["uri"] == uri]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with FakeHost() as host, LspClient(options=options(host.base_url), root=tmp_path) as client:
        yield Scene(client, host, tmp_path)


async def test_a_prompt_of_the_project_is_in_the_menu_and_runs(scene: Scene) -> None:
    folder = scene.root / ".lsp-llm" / "prompts"
    folder.mkdir(parents=True)
    (folder / "shout.md").write_text(
        "---\ntitle: shout\nwhen: selection\n---\nShout in {{ language }}. {{ user_query }}"
    )
    scene.client.open((scene.root / "other.py").as_uri(), "")
    job = await scene.pick("LLM: shout")
    asked = await scene.answered(job, SOURCE.upper())
    assert "Shout in Python." in asked
    assert scene.buffer.text == SOURCE.upper()


async def test_a_fix_tells_the_model_what_is_wrong_and_where(scene: Scene) -> None:
    job = await scene.pick("LLM: fix: two is wrong", CURSOR, WRONG)
    asked = await scene.answered(job, SOURCE.replace("two", "2"))
    assert "list.py:2: error (counter): two is wrong" in asked
    assert "> 2 | two" in asked
    assert scene.buffer.text == SOURCE.replace("two", "2")


async def test_what_cannot_be_run_is_refused_with_a_sentence(scene: Scene) -> None:
    place = {"uri": scene.uri, "range": ALL}
    with pytest.raises(Refusal, match='there is no prompt "fxi" in the library; did you mean "fix"') as caught:
        await scene.client.command("run", {"action": "fxi", **place})
    assert caught.value.code == -32803
    with pytest.raises(Refusal, match='nothing is selected: the prompt "refactor" replaces what is selected'):
        await scene.client.command("run", {"action": "refactor", **place, "range": CURSOR | {"end": CURSOR["start"]}})
    with pytest.raises(Refusal, match="missing required field `action`"):
        await scene.client.command("run", place)


async def test_the_last_instruction_is_repeated_also_after_a_restart(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path / "state")}
    async with FakeHost() as host:
        for words in ("first", ""):
            async with LspClient(options=options(host.base_url), environ=environ, root=tmp_path) as client:
                scene = Scene(client, host, tmp_path)
                place = {"uri": scene.uri, "range": ALL}
                job = await client.command("replace", {"query": words, **place}) if words else None
                asked = await scene.answered(job or await client.command("repeat", place), SOURCE.upper())
                assert "first" in asked


async def test_a_preset_is_remembered_for_the_workspace_and_for_no_other(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path / "state")}
    here, there = tmp_path / "here", tmp_path / "there"
    async with FakeHost() as host:
        setting = {"options": options(host.base_url), "environ": environ}
        async with LspClient(root=here, **setting) as client, LspClient(root=here, **setting) as other:
            chosen = {"id": "spare", "reason": 'you chose the preset "spare" for this workspace'}
            assert await client.command("preset", {"id": "spare"}) == chosen
            assert await other.command("preset") == chosen
            with pytest.raises(Refusal, match='there is no preset "spar"; did you mean "spare"'):
                await client.command("preset", {"id": "spar"})
            job = await other.command("yap", {"uri": Scene(other, host, here).uri, "range": CURSOR})
            exchange = await host.request()
            assert exchange.json["model"] == "s"
            await exchange.done()
            await other.ended(job["jobId"])
        async with LspClient(root=there, **setting) as client:
            assert (await client.command("preset"))["id"] == "fake"
        async with LspClient(root=here, **setting) as client:
            assert (await client.request("lsp-llm/presets/list", None))["chosen"] == "spare"
            by_settings = {"id": "fake", "reason": 'the settings choose the preset "fake"'}
            assert await client.command("preset", {"id": None}) == by_settings


async def test_without_a_name_the_one_in_use_is_answered_and_the_user_is_asked_then(tmp_path: Path) -> None:
    initialize = {"capabilities": PICKING}
    async with LspClient(options=options("http://127.0.0.1:9/v1"), initialize=initialize, root=tmp_path) as client:
        asked: asyncio.Queue[Any] = asyncio.Queue()
        client.answers["window/showMessageRequest"] = asked.put_nowait
        assert (await client.command("preset"))["id"] == "fake"
        message = await asyncio.wait_for(asked.get(), 60)
        assert {"title": "spare"} in message["params"]["actions"]
        assert (await client.command("preset", {"id": "fake"}))["reason"].startswith("you chose")
        client.send({"id": message["id"], "result": {"title": "spare"}})
        assert (await client.command("preset"))["id"] == "spare"
        scene = Scene(client, FakeHost(), tmp_path)
        assert not any(title.startswith("LLM: use") for title in await scene.menu())


async def test_a_client_that_cannot_ask_has_the_presets_in_its_menu(scene: Scene) -> None:
    assert await scene.pick("LLM: use spare") == {
        "id": "spare",
        "reason": 'you chose the preset "spare" for this workspace',
    }
    titles = [title for title in await scene.menu() if title.startswith("LLM: use")]
    assert "LLM: use fake" in titles
    assert "LLM: use spare" not in titles
    assert scene.client.asked("window/showMessageRequest") == 0


async def test_a_template_is_told_what_is_wrong_while_it_is_written(scene: Scene) -> None:
    uri = (scene.root / ".lsp-llm" / "templates" / "openai" / "fill_mode_user_prompt.xml.jinja").as_uri()
    buffer = scene.client.open(uri, "{{ user_query }}\n{% if %}\n", "jinja")
    await scene.client.until(lambda: len(scene.problems(uri)) == 1)
    ((problem,),) = scene.problems(uri)
    assert (problem["range"]["start"]["line"], problem["severity"]) == (1, 1)
    assert problem["message"].startswith("Expected an expression")
    scene.client.type(buffer, buffer.edit({"range": {**CURSOR, "end": {"line": 1, "character": 8}}, "newText": ""}))
    scene.client.type(buffer, buffer.edit({"range": {**CURSOR, "start": {"line": 1, "character": 0}}, "newText": ""}))
    await scene.client.until(lambda: scene.problems(uri)[-1] == [])
    scene.client.type(buffer, buffer.edit({"range": CURSOR, "newText": "{{ user_querry }}"}))
    await scene.client.until(lambda: scene.problems(uri)[-1] != [])
    assert scene.problems(uri)[-1][0]["severity"] == 2
    scene.client.close(buffer)
    await scene.client.until(lambda: scene.problems(uri)[-1] == [])


async def test_a_prompt_of_the_library_is_told_too_and_other_files_are_not(scene: Scene) -> None:
    uri = (scene.root / ".lsp-llm" / "prompts" / "own.md").as_uri()
    scene.client.open((scene.root / "notes.md").as_uri(), "---\nkind: repalce\n---\n{% if %}", "markdown")
    scene.client.open(uri, "---\nkind: repalce\n---\ntext", "markdown")
    await scene.client.until(lambda: bool(scene.problems(uri)))
    ((problem,),) = scene.problems(uri)
    assert problem["range"]["start"] == {"line": 1, "character": 0}
    assert not scene.problems((scene.root / "notes.md").as_uri())


async def test_a_broken_template_in_a_fill_is_a_message_with_file_and_line(scene: Scene) -> None:
    path = scene.root / ".lsp-llm" / "templates" / "openai" / "fill_mode_user_prompt.xml.jinja"
    path.parent.mkdir(parents=True)
    path.write_text("fine\n{% if %}\n")
    job = await scene.client.command("replace", {"uri": scene.uri, "range": ALL})
    ended = await scene.client.ended(job["jobId"])
    assert f"{path}, line 2: Expected an expression" in ended["reason"]
    assert any(f"{path}, line 2" in message for message in scene.client.messages())
    assert scene.buffer.text == SOURCE
