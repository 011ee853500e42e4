"""The whole server in a child process: its life, its settings, what it answers to what."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.config.files import PROJECT_FILE
from lsp_llm.lsp.framing import frame
from lsp_llm.text.edits import Edit
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient, Message, Refusal, host_options

URI = "file:///project/shop.py"
SOURCE = "one\ntwo\nthree\n"
TWO = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 3}}
PLACE = {"uri": URI, "range": TWO}


def action_params(uri: str = URI, place: Message = TWO, **context: Any) -> Message:
    return {"textDocument": {"uri": uri}, "range": place, "context": {"diagnostics": [], **context}}


async def titles(client: LspClient, **context: Any) -> list[str]:
    actions = await client.request("textDocument/codeAction", action_params(**context))
    return [action["title"] for action in actions]


async def test_before_initialize_nothing_is_answered_but_by_an_error() -> None:
    client = LspClient()
    await client.spawn()
    for method in ("shutdown", "textDocument/codeAction", "workspace/executeCommand"):
        with pytest.raises(Refusal) as caught:
            await client.request(method, None)
        assert caught.value.code == -32002
    client.open(URI, SOURCE)
    with pytest.raises(Refusal) as caught:
        await client.request("initialize", {"capabilities": 5})
    assert caught.value.code == -32602
    assert await client.request("initialize", client.params)
    client.notify("exit", None)
    assert await client.gone() == 1


async def test_after_shutdown_nothing_is_answered_but_by_an_error_until_exit() -> None:
    async with LspClient() as client:
        with pytest.raises(Refusal) as caught:
            await client.request("initialize", client.params)
        assert caught.value.code == -32600
        assert await client.request("shutdown", None) is None
        for method in ("shutdown", "textDocument/codeAction"):
            with pytest.raises(Refusal) as caught:
                await client.request(method, None)
            assert caught.value.code == -32600
        client.notify("exit", None)
        assert await client.gone() == 0


@pytest.mark.parametrize(("is_shut_down", "code"), [(True, 0), (False, 1)])
async def test_the_end_of_the_input_is_the_end(is_shut_down: bool, code: int) -> None:
    async with LspClient() as client:
        if is_shut_down:
            await client.request("shutdown", None)
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert await client.gone() == code


async def test_it_ends_with_the_process_that_started_it_though_the_input_stays_open() -> None:
    editor = await asyncio.create_subprocess_exec("sleep", "100")
    async with LspClient(initialize={"processId": editor.pid}) as client:
        client.open(URI, SOURCE)
        assert await titles(client)
        editor.kill()
        await editor.wait()
        assert await client.gone() == 1


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_a_signal_ends_it_with_its_jobs(number: signal.Signals) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url)) as client:
        client.open(URI, SOURCE)
        job = await client.command("replace", PLACE)
        exchange = await host.request()
        client.process.send_signal(number)
        await client.gone()
        await exchange.closed()
        (end,) = client.statuses("cancelled")
        assert (end["jobId"], end["reason"]) == (job["jobId"], "the server is shutting down")
    assert "Traceback" not in client.errors


async def test_shutting_down_stops_what_runs() -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url)) as client:
        client.open(URI, SOURCE)
        job = await client.command("replace", PLACE)
        exchange = await host.request()
        await client.request("shutdown", None)
        await exchange.closed()
        assert (await client.ended(job["jobId"]))["kind"] == "cancelled"
        client.notify("exit", None)
        assert await client.gone() == 0


async def test_whatever_is_sent_is_answered_and_the_next_message_taken() -> None:
    async with LspClient() as client:
        for method, params, code in (
            ("lsp-llm/unheardOf", None, -32601),
            ("lsp-llm/unheardOf", {"jsonrpc": "2.0"}, -32601),
            ("textDocument/codeAction", {"range": 5}, -32602),
            ("workspace/executeCommand", {"command": "lsp-llm.unheardOf"}, -32602),
            ("workspace/executeCommand", {"command": "lsp-llm.cancel", "arguments": [{"jsonrpc": "2.0"}]}, -32602),
        ):
            with pytest.raises(Refusal) as caught:
                await client.request(method, params)
            assert caught.value.code == code, method
        client.send({"id": "bare", "method": "lsp-llm/unheardOf"})
        await client.until(lambda: any(item["method"] == "(answer)" for item in client.notifications))
        assert client.notifications[-1]["params"]["error"]["code"] == -32601
        assert await client.command("cancel") == {"cancelled": []}
    assert "Traceback" not in client.errors


async def test_noise_half_characters_and_other_encodings_do_not_lose_the_document() -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url)) as client:
        stdin = client.process.stdin
        assert stdin is not None
        item = {"uri": URI, "languageId": "python", "version": 1, "text": "HALF = 1\n"}
        opening = json.dumps({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": item}})
        stdin.write(b"noise\n" + frame(opening.replace("HALF", r"a\ud83d").encode()) + frame(b"{") + b"noise\n")
        change = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": "caf_ = 1\n"}]}
        report = json.dumps({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": change})
        stdin.write(frame(report.encode().replace(b"_", b"\xe9")))
        await client.command("ask", {"query": "what is \ud83d this?", "uri": URI, "line": 1, "endLine": 1})
        asked = (await host.request()).json["messages"][-1]["content"]
        assert "caf\ufffd = 1" in asked
        assert "what is \ufffd this?" in asked
        broken = [item for item in client.notifications if item["method"] == "(answer)"]
        assert [item["params"]["error"]["code"] for item in broken] == [-32700] * 3
    assert "Traceback" not in client.errors


async def test_a_document_of_50_mb_is_opened_and_changed() -> None:
    line = "x = 'some source text that goes on for a while, as in files that a program wrote'\n"
    count = 50_000_000 // len(line)
    async with LspClient() as client:
        buffer = client.open(URI, line * count)
        place = {"start": {"line": count, "character": 0}, "end": {"line": count, "character": 0}}
        assert await client.request("textDocument/codeAction", action_params(place=place))
        client.type(buffer, Edit(0, 0, "# mine\n"))
        place = {"start": {"line": count, "character": 0}, "end": {"line": count, "character": 7}}
        actions = await client.request("textDocument/codeAction", action_params(place=place))
        assert actions[0]["command"]["arguments"][0]["range"] == place


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "vscode-notebook-cell:/project/n.ipynb#W0sZmlsZQ", "file:///a%20b"]
)
async def test_documents_of_every_kind_are_filled(uri: str, tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer = client.open(uri, SOURCE)
        job = await client.command("replace", {"uri": uri, "range": TWO})
        exchange = await host.request()
        await exchange.say("2")
        await exchange.done()
        assert (await client.ended(job["jobId"]))["kind"] == "finished"
        assert buffer.text == "one\n2\nthree\n"


class TestCodeActions:
    async def test_what_is_offered_follows_what_goes_on(self) -> None:
        async with FakeHost() as host, LspClient(options=host_options(host.base_url)) as client:
            client.open(URI, SOURCE)
            bare = await titles(client)
            assert bare[:3] == ["LLM: replace selection", "LLM: yap here", "LLM: ask about selection"]
            job = await client.command("replace", PLACE)
            exchange = await host.request()
            assert "LLM: stop" in await titles(client)
            await exchange.say("2")
            await exchange.done()
            await client.ended(job["jobId"])
            of_ended = ["LLM: restore original", "LLM: accept", "LLM: retry"]
            assert await titles(client) == [*bare[:2], *of_ended, *bare[2:]]

    async def test_the_kinds_asked_for(self) -> None:
        async with LspClient() as client:
            client.open(URI, SOURCE)
            assert await titles(client, only=["quickfix"]) == []
            assert (await titles(client, only=["refactor"]))[:2] == ["LLM: replace selection", "LLM: yap here"]
            assert await client.request("textDocument/codeAction", action_params("file:///not/open.py")) == []

    async def test_the_action_is_the_command_ready_to_run(self) -> None:
        async with FakeHost() as host, LspClient(options=host_options(host.base_url)) as client:
            buffer = client.open(URI, SOURCE)
            action = (await client.request("textDocument/codeAction", action_params()))[0]
            await client.request("workspace/executeCommand", action["command"])
            exchange = await host.request()
            await exchange.say("2")
            await client.until(lambda: "2" in buffer.text)
            await exchange.done()

    async def test_helix_cursor_is_no_selection_and_yaps_where_it_stands(self) -> None:
        helix = {"clientInfo": {"name": "helix", "version": "25.07.1"}}
        async with FakeHost() as host, LspClient(options=host_options(host.base_url), initialize=helix) as client:
            buffer = client.open(URI, SOURCE)
            at_line_end = {"start": {"line": 0, "character": 3}, "end": {"line": 1, "character": 0}}
            asked = action_params(place=at_line_end)
            found = [action["title"] for action in await client.request("textDocument/codeAction", asked)]
            assert found[:2] == ["LLM: yap here", "LLM: complete"]
            assert "LLM: replace selection" not in found
            await client.command("ask", "say more")
            exchange = await host.request()
            await exchange.say("!")
            await exchange.done()
            await client.until(lambda: buffer.text == "one!\ntwo\nthree\n")


class TestProgress:
    async def test_it_begins_once_the_client_has_accepted_and_cancels_its_job(self) -> None:
        async with FakeHost() as host, LspClient(options=host_options(host.base_url)) as client:
            asked: list[Message] = []
            client.answers["window/workDoneProgress/create"] = asked.append
            client.open(URI, SOURCE)
            job = await client.command("replace", PLACE)
            exchange = await host.request()
            await client.until(lambda: bool(asked and client.statuses("requestSent")))
            assert self.values(client) == []
            client.send({"id": asked[0]["id"], "result": None})
            await client.until(lambda: bool(self.values(client)))
            assert self.values(client)[0]["kind"] == "begin"
            assert self.values(client)[0]["title"] == "[replacing] fake"
            client.notify("window/workDoneProgress/cancel", {"token": asked[0]["params"]["token"]})
            await exchange.closed()
            assert (await client.ended(job["jobId"]))["kind"] == "cancelled"
            await client.until(lambda: self.values(client)[-1]["kind"] == "end")
            client.notify("window/workDoneProgress/cancel", {"token": asked[0]["params"]["token"]})
            client.notify("window/workDoneProgress/cancel", {"token": 5})

    def values(self, client: LspClient) -> list[Any]:
        return [item["params"]["value"] for item in client.notifications if item["method"] == "$/progress"]


def _configure(client: LspClient, values: Any, message: Message) -> None:
    client.send({"id": message["id"], "result": [values]})


def _was_asked_again(client: LspClient, before: int) -> bool:
    return client.asked("workspace/configuration") > before


class TestSettings:
    """Changed settings are taken up without a restart; which model is asked tells which are in force."""

    async def model(self, client: LspClient, host: FakeHost, uri: str = URI) -> str:
        job = await client.command("replace", {"uri": uri, "range": TWO})
        exchange = await host.request()
        await client.command("cancel", {"jobId": job["jobId"]})
        await client.ended(job["jobId"])
        return str(exchange.json["model"])

    async def test_each_source_while_the_server_runs(self, tmp_path: Path) -> None:
        root = tmp_path / "root"
        root.mkdir()
        uri = (root / "a.py").as_uri()
        async with FakeHost() as host:
            user = tmp_path / "config.toml"
            user.write_text(
                f'preset = "a"\nproviders.fake = {{ base_url = "{host.base_url}", auth = "none" }}\n'
                + "".join(f'presets.{name} = {{ provider = "fake", model = "{name}" }}\n' for name in "abcde")
            )
            async with LspClient("--config", str(user), root=root) as client:
                answer: list[Any] = [None]
                client.answers["workspace/configuration"] = lambda message: client.send(
                    {"id": message["id"], "result": answer}
                )
                client.open(uri, SOURCE)
                assert await self.model(client, host, uri) == "a"
                user.write_text(user.read_text().replace('preset = "a"', 'preset = "b" # changed'))
                assert await self.model(client, host, uri) == "b"
                (root / PROJECT_FILE).write_text('preset = "c"')
                assert await self.model(client, host, uri) == "c"
                answer[0] = {"preset": "d"}
                client.notify("workspace/didChangeConfiguration", {"settings": None})
                await client.until(lambda: client.asked("workspace/configuration") == 2)
                assert await self.model(client, host, uri) == "d"

    @pytest.mark.parametrize("is_before", [True, False])
    async def test_a_command_sent_beside_the_answer_asks_the_preset_of_the_answer(self, is_before: bool) -> None:
        """A person is quicker than the start of a server: nothing may go to the host of settings that are replaced."""
        async with FakeHost() as host:
            options = host_options(host.base_url)
            options["presets"]["other"] = {"provider": "fake", "model": "other"}
            client = LspClient(options=options)
            jobs: list[asyncio.Task[Any]] = []

            def answer(message: Any) -> None:
                body = {"id": message["id"], "result": [{"preset": "other"}]}
                if not is_before:
                    client.send(body)
                jobs.append(asyncio.create_task(client.command("replace", {"uri": URI, "range": TWO})))
                if is_before:
                    # The task sends with the next turn of the loop, the answer with the one after.
                    asyncio.get_running_loop().call_soon(lambda: client.send(body))

            client.answers["workspace/configuration"] = answer
            async with client:
                client.open(URI, SOURCE)
                exchange = await host.request()
                assert exchange.json["model"] == "other"
                (job,) = jobs
                await client.command("cancel", {"jobId": (await job)["jobId"]})
                await client.ended((await job)["jobId"])

    async def test_a_client_that_does_not_answer_is_waited_for_no_longer_than_a_second(self) -> None:
        async with FakeHost() as host:
            client = LspClient(options=host_options(host.base_url))
            client.answers["workspace/configuration"] = lambda message: None
            async with client:
                client.open(URI, SOURCE)
                assert await self.model(client, host) == "m"

    async def test_a_client_that_cannot_be_asked_sends_them(self) -> None:
        async with FakeHost() as host:
            capabilities = {"experimental": {"lspLlm": {"status": True}}}
            options = host_options(host.base_url)
            async with LspClient(options=options, initialize={"capabilities": capabilities}) as client:
                client.open(URI, SOURCE)
                assert await self.model(client, host) == "m"
                changed = {"lsp-llm": {"presets": {"fake": {"model": "n"}}}}
                client.notify("workspace/didChangeConfiguration", {"settings": changed})
                assert await self.model(client, host) == "n"
                assert client.requests == []

    async def test_each_folder_has_its_own_project_file(self, tmp_path: Path) -> None:
        folders = [tmp_path / name for name in ("one", "two")]
        for folder in folders:
            folder.mkdir()
            (folder / PROJECT_FILE).write_text(f'presets.fake.model = "{folder.name}"')
        async with FakeHost() as host:
            options = host_options(host.base_url)
            del options["presets"]["fake"]["model"]
            async with LspClient(options=options, root=folders[0]) as client:
                added = {"added": [{"uri": folders[1].as_uri(), "name": "two"}], "removed": []}
                client.notify("workspace/didChangeWorkspaceFolders", {"event": added})
                for folder in folders:
                    uri = (folder / "a.py").as_uri()
                    client.open(uri, SOURCE)
                    assert await self.model(client, host, uri) == folder.name

    async def test_a_bad_value_is_told_once_with_its_place_and_the_rest_works(self, tmp_path: Path) -> None:
        (tmp_path / PROJECT_FILE).write_text('presets.fake.model = "mine"\n[edits]\nmode = "strem"\n')
        uri = (tmp_path / "a.py").as_uri()
        async with FakeHost() as host:
            options = host_options(host.base_url)
            del options["presets"]["fake"]["model"]
            async with LspClient(options={**options, "prest": "x"}, root=tmp_path) as client:
                client.open(uri, SOURCE)
                assert [await self.model(client, host, uri) for _ in range(2)] == ["mine", "mine"]
                in_file, in_options = client.messages()
                assert in_file.startswith(f"LLM: {tmp_path / PROJECT_FILE}:3: edits.mode: must be ")
                assert in_options.startswith("LLM: initializationOptions: prest: ")
                assert 'did you mean "preset"?' in in_options

    async def test_how_the_user_wants_the_editor_to_be_served(self) -> None:
        async with FakeHost() as host, LspClient(options=host_options(host.base_url)) as client:
            for name, own, version in (("a", {}, 1), ("b", {"version": "null"}, None)):
                uri = f"file:///project/{name}.py"
                own_edits = {"edits": {"client": own}}
                client.answers["workspace/configuration"] = partial(_configure, client, own_edits)
                client.notify("workspace/didChangeConfiguration", {"settings": None})
                asked = client.asked("workspace/configuration")
                await client.until(partial(_was_asked_again, client, asked))
                client.open(uri, SOURCE)
                job = await client.command("replace", {"uri": uri, "range": TWO})
                exchange = await host.request()
                await exchange.say("2")
                await exchange.done()
                await client.ended(job["jobId"])
                (edit,) = (item for item in client.requests[-3:] if item["method"] == "workspace/applyEdit")
                (change,) = edit["params"]["edit"]["documentChanges"]
                assert change["textDocument"] == {"uri": uri, "version": version}

    async def test_nothing_is_said_before_the_client_is_ready(self) -> None:
        """Some clients drop what comes before the answer to initialize."""
        client = LspClient(options={"prest": "x"})
        await client.spawn()
        await client.request("initialize", client.params)
        assert client.messages() == []
        client.notify("initialized", {})
        await client.until(lambda: bool(client.messages()))
        client.notify("exit", None)
        await client.gone()
