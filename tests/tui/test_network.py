"""The chat with a server over a bad network: nothing is lost, nothing is doubled, and it is said how it stands."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lsp_llm.chat.loop import GO_ON
from lsp_llm.cli.chat import reached
from lsp_llm.config.redactor import Redactor
from lsp_llm.lsp.framing import frame
from lsp_llm.tui.app import Opening
from tests.fakes.flaky_proxy import FlakyProxy
from tests.fakes.host import FakeHost
from tests.lsp.chat_client import answered
from tests.remote.program import Program
from tests.tui.stage import Stage, asked, config_file, staged

GOING_ON = ("user", GO_ON.text)
TOKEN = "a-token-of-the-tests"
REMOTE = "[remote]\nreconnect_seconds = 0.05\nmax_attempts = 3\n"


@dataclass
class Far(Stage):
    """A chat, the network between, and the host behind."""

    network: FlakyProxy
    host: FakeHost
    chats: Path

    @property
    def file(self) -> str:
        """The only chat's file."""
        (path,) = self.chats.glob("*.chat.md")
        return path.read_text(encoding="utf-8")

    async def interrupted(self) -> None:
        """Wait until the answer is marked, and can go on."""
        await self.shows("the connection broke here", "● Connected")
        await self.until(lambda: self.app.talk.is_cut)

    async def answers(self, *turns: str) -> None:
        """Wait until these are the turns on the screen, and see that they are those of the file."""
        await self.until(lambda: [turn.text for turn in self.app.talk.page] == list(turns))
        await self.until(lambda: not self.app.talk.is_answering)
        file = self.file
        assert all(file.count(f"\n\n{turn}\n") == 1 for turn in turns), file
        assert file.count("## User\n\n") + file.count("## Assistant") in (len(turns), len(turns) + 1), file


@asynccontextmanager
async def far(
    folder: Path, monkeypatch: pytest.MonkeyPatch, scheme: str = "tcp", pulse_seconds: float = 5.0
) -> AsyncIterator[Far]:
    monkeypatch.setenv("LSP_LLM_TOKEN", TOKEN)
    async with FakeHost() as host:
        config = config_file(folder, host, "")
        config.write_text(f"{config.read_text()}{REMOTE}")
        home = folder / "server"
        home.mkdir()
        arguments = ("--config", str(config), f"--{scheme}", "127.0.0.1:0")
        async with (
            Program(home, *arguments, environ={"LSP_LLM_TOKEN": TOKEN}) as program,
            FlakyProxy(program.port) as network,
        ):
            options = argparse.Namespace(connect=f"{scheme}://127.0.0.1:{network.port}", config=config)
            dialing = reached(options, Redactor({}))
            async with staged(dialing, Opening(pulse_seconds=pulse_seconds)) as shown:
                yield Far(shown.app, shown.pilot, network, host, folder / "chats")


@pytest.mark.parametrize("scheme", ["tcp", "ws"])
async def test_typed_while_away_it_is_sent_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    async with far(tmp_path, monkeypatch, scheme) as shown:
        await shown.shows("● Connected")
        shown.network.admits = False
        shown.network.drop()
        await shown.shows("Reconnecting")
        await shown.say("One")
        await shown.say("Two")
        await shown.shows("2 messages wait until there is a connection", "not sent yet")
        await shown.shows("● Error", "2 messages wait until there is a connection")
        shown.network.admits = True
        await shown.press("ctrl+r")
        await shown.shows("● Connected")
        await answered(await shown.host.request(), "1")
        await answered(await shown.host.request(), "2")
        await shown.until(lambda: [turn.text for turn in shown.app.talk.page] == ["One", "1", "Two", "2"])
        assert shown.file.count("## User\n\nOne") == shown.file.count("## User\n\nTwo") == 1


async def test_an_answer_that_is_cut_is_marked_and_can_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with far(tmp_path, monkeypatch) as shown:
        await shown.say("Hello")
        request = await shown.host.request()
        await request.say("Half an")
        await shown.shows("Half an")
        shown.network.drop()
        await request.closed()
        await shown.interrupted()
        await shown.press("ctrl+g")
        request = await shown.host.request()
        assert asked(request) == [("user", "Hello"), ("assistant", "Half an"), GOING_ON]
        await request.say(" ans")
        await shown.shows("Half an ans")
        shown.network.drop()
        await request.closed()
        await shown.interrupted()
        await shown.press("ctrl+g")
        request = await shown.host.request()
        assert asked(request) == [("user", "Hello"), ("assistant", "Half an ans"), GOING_ON], "from the new end"
        await answered(request, "wer.")
        await shown.answers("Hello", "Half an answer.")


async def cut_off(shown: Far) -> None:
    """The host ends an answer before it is whole."""
    await shown.say("Hello")
    request = await shown.host.request()
    await request.say("Half an")
    await request.done("length")
    await shown.until(lambda: shown.app.talk.is_cut)


async def test_what_goes_on_and_is_lost_on_its_way_goes_on_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with far(tmp_path, monkeypatch) as shown:
        await cut_off(shown)
        shown.network.cut_before = b"lsp-llm/chat/continue"
        await shown.press("ctrl+g")
        request = await shown.host.request()
        assert shown.network.connections == 2
        await answered(request, " answer.")
        await shown.answers("Hello", "Half an answer.")


async def test_what_goes_on_and_is_asked_for_twice_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with far(tmp_path, monkeypatch) as shown:
        await cut_off(shown)
        await shown.press("ctrl+g")
        request = await shown.host.request()
        # It has arrived, and nothing of it has come yet: the client cannot know.
        shown.network.drop()
        await request.closed()
        request = await shown.host.request()
        assert asked(request) == [("user", "Hello"), ("assistant", "Half an"), GOING_ON]
        await answered(request, " answer.")
        await shown.answers("Hello", "Half an answer.")


async def test_what_went_on_unheard_is_not_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with far(tmp_path, monkeypatch) as shown:
        await cut_off(shown)
        await shown.press("ctrl+g")
        request = await shown.host.request()
        shown.network.stall()
        await request.say(" ans")
        await shown.until(lambda: "Half an ans" in shown.file)
        shown.network.drop()
        await request.closed()
        shown.network.flow()
        await shown.interrupted()
        await shown.answers("Hello", "Half an ans")
        assert not shown.app.talk.is_answering


async def test_an_answer_that_had_not_begun_is_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with far(tmp_path, monkeypatch) as shown:
        await shown.say("Hello")
        request = await shown.host.request()
        shown.network.drop()
        await request.closed()
        request = await shown.host.request()
        assert asked(request) == [("user", "Hello")]
        await answered(request, "Good day.")
        await shown.shows("Good day.")
        assert shown.file.count("Hello") == 2, "the title, and the message"


async def test_a_message_that_got_lost_is_sent_again_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with far(tmp_path, monkeypatch) as shown:
        await shown.shows("● Connected")
        shown.network.cut_before = b"lsp-llm/chat/send"
        await shown.say("Hello")
        request = await shown.host.request()
        assert shown.network.connections == 2
        await answered(request, "Good day.")
        await shown.shows("Good day.")
        assert [turn.text for turn in shown.app.talk.page] == ["Hello", "Good day."]


async def test_a_connection_that_carries_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with far(tmp_path, monkeypatch, pulse_seconds=1.0) as shown:
        await shown.say("Hello")
        request = await shown.host.request()
        await request.say("Half")
        await shown.shows("Half")
        shown.network.stall()
        await request.say(" more")
        await shown.until(lambda: shown.network.connections == 2)
        shown.network.flow()
        await shown.shows("● Connected", "the connection broke here", "Half")


async def test_a_slow_network_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with far(tmp_path, monkeypatch) as shown:
        shown.network.delay_seconds = 0.1
        await shown.say("Hello")
        request = await shown.host.request()
        for number in range(50):
            await request.say(f"{number} ")
        await request.done()
        await shown.until(lambda: not shown.app.talk.is_answering and shown.app.talk.page[-1].model)
        assert shown.app.talk.page[-1].text == " ".join(map(str, range(50)))


async def test_a_server_that_does_not_let_us_in_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with far(tmp_path, monkeypatch) as shown:
        await shown.shows("● Connected")
    monkeypatch.setenv("LSP_LLM_TOKEN", "another-token-of-the-tests")
    async with FakeHost() as host:
        home = tmp_path / "other"
        home.mkdir()
        async with Program(home, "--tcp", "127.0.0.1:0", environ={"LSP_LLM_TOKEN": TOKEN}) as program:
            address = f"tcp://127.0.0.1:{program.port}"
            options = argparse.Namespace(connect=address, config=config_file(tmp_path, host))
            async with staged(reached(options, Redactor({}))) as shown:
                await shown.shows("● Error", "wrong token")


@pytest.mark.parametrize(
    ("said", "shown_reason"),
    [
        (b"", "there is somebody, who ends every connection before saying anything"),
        (
            b'{"jsonrpc":"2.0","id":null,"error":{"code":-32803,"message":"all places are taken"}}',
            "all places are taken",
        ),
    ],
)
async def test_a_server_that_ends_every_connection_is_given_up_with_its_reason(
    tmp_path: Path, said: bytes, shown_reason: str
) -> None:
    def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(said) if said else b"")
        writer.close()

    config = tmp_path / "config.toml"
    config.write_text(REMOTE)
    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        options = argparse.Namespace(connect=f"tcp://127.0.0.1:{port}", config=config)
        async with staged(reached(options, Redactor({}))) as shown:
            await shown.shows("● Error", shown_reason)
