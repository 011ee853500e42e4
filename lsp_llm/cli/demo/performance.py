"""`lsp-llm demo`: an answer streams into a file, through the real server and the embedded engine, with no key.

It knows no protocol and draws nothing. The server sees no settings and no history of the user's, and whatever happens
neither a process nor a file is left behind.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from lsp_llm.cli.demo.client import DemoClient
from lsp_llm.cli.demo.moments import Asked, Opened, Over, Screen
from lsp_llm.cli.demo.picture import PictureScreen
from lsp_llm.cli.demo.plain import PlainScreen
from lsp_llm.cli.demo.story import Story, invoice_story
from lsp_llm.cli.demo.terminal import TerminalScreen
from lsp_llm.cli.demo.wording import unified_diff
from lsp_llm.errors import UserError

# -P keeps the demo's folder, in which the server runs, out of its module path.
_SERVER = (sys.executable, "-P", "-m", "lsp_llm")
_USER_FOLDERS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")


def run_demo(picture: Path | None = None) -> int:
    """Play the demo, or write a picture of it to a file; raises UserError where anything is not as it should be."""
    with _screen(picture) as screen:
        perform(invoice_story(), screen)
    return 0


def perform(story: Story, screen: Screen) -> None:
    """Play a story; raises UserError when a document is not the expected one, or with what the server says."""
    with tempfile.TemporaryDirectory(prefix="lsp-llm-demo-") as folder:
        asyncio.run(_play(story, screen, Path(folder)))


@contextmanager
def _screen(picture: Path | None) -> Iterator[Screen]:
    console = Console(highlight=False)
    if picture is not None:
        yield PictureScreen(picture)
    elif sys.stdout.isatty() and not console.is_dumb_terminal and not console.options.ascii_only:
        with TerminalScreen(console) as screen:
            yield screen
    else:
        yield PlainScreen()


async def _play(story: Story, screen: Screen, folder: Path) -> None:
    file = folder / "work" / story.file_name
    file.parent.mkdir()
    file.write_text(story.source, encoding="utf-8")
    with (folder / "server.log").open("w+b") as log:
        async with DemoClient(_SERVER, _environment(folder), file.parent, log) as client:
            client.open(file, "python")
            await screen.show(Opened(story.file_name, story.source))
            for step in story.steps:
                await screen.show(Asked(step))
                async for moment in client.fill(step):
                    await screen.show(moment)
                _compare(story, step.expected, client.text)
    await screen.show(Over(unified_diff(story.file_name, story.source, client.text)))


def _compare(story: Story, expected: str, actual: str) -> None:
    if actual != expected:
        raise UserError(
            f"the document is not the expected one; the difference:\n{unified_diff(story.file_name, expected, actual)}"
        )


def _environment(folder: Path) -> dict[str, str]:
    """The user's environment without the user's settings, state and choice of a model."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LSP_LLM_")}
    return kept | {name: str(folder / "user") for name in _USER_FOLDERS}
