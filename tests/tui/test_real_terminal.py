"""One whole conversation with the real program in a real terminal of 80×24, by keys alone."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.editors import waiting
from tests.editors.hosting import HostedExchange, Hosting
from tests.editors.terminal import Terminal
from tests.lsp.chat_client import call
from tests.tui.stage import config_file

TMUX = shutil.which("tmux")
LIMIT_SECONDS = 60

pytestmark = pytest.mark.skipif(TMUX is None, reason="no tmux here, which the real terminal is made of")


@contextmanager
def terminal(home: Path, *arguments: str) -> Iterator[Terminal]:
    assert TMUX is not None
    shown = Terminal(Path(TMUX), [sys.executable, "-m", "lsp_llm", "chat", *arguments], home, columns=80, rows=24)
    try:
        shown.wait_for("● Connected", LIMIT_SECONDS)
        yield shown
    except TimeoutError:
        raise AssertionError(shown.screen()) from None
    finally:
        shown.close()


def asks_tool(host: Hosting, exchange: HostedExchange) -> None:
    host.wait_for(call(exchange._exchange, ("c1", "read_file", {"path": "shop.py"}), text="I look."))


def test_a_conversation(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".config/lsp-llm").mkdir(parents=True)
    (home / "shop.py").write_text("TAX = 0.19\n")
    with Hosting() as host:
        settings = config_file(tmp_path, host)
        shutil.copy(settings, home / ".config/lsp-llm/config.toml")
        with terminal(home) as shown:
            shown.type("Hello")
            shown.keys("Enter")
            exchange = host.request()
            shown.wait_for("waiting for the first word", LIMIT_SECONDS)
            exchange.say("# Good\n\nday, ")
            shown.wait_for("day,", LIMIT_SECONDS)
            exchange.say("you.")
            exchange.done()
            shown.wait_for("day, you.", LIMIT_SECONDS)
            shown.wait_for("9 in · 3 out", LIMIT_SECONDS)

            shown.type("Tell me more")
            shown.keys("Enter")
            exchange = host.request()
            exchange.say("Once upon")
            shown.wait_for("Once upon", LIMIT_SECONDS)
            shown.resize(1, 1)
            shown.resize(20, 3)
            shown.resize(80, 24)
            shown.keys("Escape")
            exchange.wait_until_closed()
            shown.wait_for("stopped: Ctrl+G has it go on", LIMIT_SECONDS)

            shown.type("What is the tax?")
            shown.keys("Enter")
            asks_tool(host, host.request())
            shown.wait_for("Allow (a)", LIMIT_SECONDS)
            shown.keys("Tab")
            shown.wait_for("d Deny", LIMIT_SECONDS)
            shown.keys("a")
            exchange = host.request()
            assert "TAX = 0.19" in exchange.asked
            exchange.say("It is 19 %.")
            exchange.done()
            shown.wait_for("It is 19 %.", LIMIT_SECONDS)
            assert all(len(line) <= 80 for line in shown.screen().splitlines())
            shown.keys("C-q")
            shown.wait_for("lsp-llm chat --chat ", LIMIT_SECONDS)
            waiting.wait_until(lambda: not shown.is_running(), LIMIT_SECONDS, shown.screen)

        with terminal(home, "--continue") as shown:
            shown.wait_for("It is 19 %.", LIMIT_SECONDS)
            shown.type("Thanks")
            shown.keys("Enter")
            exchange = host.request()
            assert json.dumps(exchange._exchange.json).count("What is the tax?") == 1
            exchange.say("Welcome.")
            exchange.done()
            shown.wait_for("Welcome.", LIMIT_SECONDS)
