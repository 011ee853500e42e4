"""`lsp-llm chat` as it is called: without a terminal, the extra or an address; the rest is in tests/tui."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from lsp_llm.app.shared import ServeOptions, shared_parts
from lsp_llm.cli.chat import Inside, reached
from lsp_llm.config.redactor import Redactor
from lsp_llm.errors import UserError
from tests.cli.calling import bare_environment
from tests.cli.terminal import Terminal
from tests.fakes.link_client import LinkClient


def test_without_a_terminal_it_says_so(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "lsp_llm", "chat"],
        env=bare_environment(tmp_path), input="Hello\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "lsp-llm: chat needs a terminal for what you type and for what it shows; `lsp-llm pipe` does not\n"
    )


async def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text("import sys\nsys.modules['textual'] = None\n")
    async with Terminal(tmp_path, "chat", environ={"PYTHONPATH": str(hidden)}) as terminal:
        await terminal.shows("lsp-llm: chat needs the extra: pip install 'lsp-llm[tui]'.")


async def test_settings_that_are_not_there_are_told_before_the_screen_changes(tmp_path: Path) -> None:
    async with Terminal(tmp_path, "chat", "--config", "none.toml") as terminal:
        await terminal.shows("lsp-llm: --config: there is no file none.toml")
        assert await terminal.end() == 1


def test_connecting_wants_an_address(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("")
    with pytest.raises(UserError, match="--connect wants an address"):
        reached(argparse.Namespace(connect="", config=config), Redactor({}))
    config.write_text('[remote]\nurl = "tcp://127.0.0.1:9"\n')
    assert reached(argparse.Namespace(connect="", config=config), Redactor({}))


async def test_the_server_inside_can_be_had_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("lsp_llm.cli.chat.PAUSE_SECONDS", 0)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    inside = Inside(shared_parts(ServeOptions()))
    for _ in range(2):
        async with LinkClient(await inside.link()) as client:
            assert await client.request("lsp-llm/chat/list", {}) == {"chats": []}
    await inside.close()
