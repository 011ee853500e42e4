"""`lsp-llm pipe`: a text comes in, the answer that takes its place goes out as it comes; it touches no file."""

from __future__ import annotations

import argparse
import asyncio
import sys

from lsp_llm.cli.answers import answered
from lsp_llm.cli.asked import Place, Prompts
from lsp_llm.cli.columns import as_json
from lsp_llm.cli.configured import configured_aloud
from lsp_llm.cli.desk import VERSION, Desk, Result
from lsp_llm.cli.output import Output
from lsp_llm.cli.telling import Teller, telling
from lsp_llm.cli.text_file import text_of
from lsp_llm.commands.job import Job
from lsp_llm.config.settings import Settings
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change

NAME = "stdin"
"""What the text is called, for the model and in the history."""


def pipe(options: argparse.Namespace) -> int:
    """Answer; gives the exit code. Raises UserError, and BrokenPipeError where the reader has gone."""
    settings, prompts = configured_aloud(options.config), Prompts()
    text = _standard_input()
    if not (text.strip() or options.prompt.strip() or options.action):
        raise UserError("there is nothing to answer: say --prompt TEXT, or send a text to standard input")
    job = prompts.fill(options, settings, Place(text, 0, len(text), NAME))
    if options.json:
        result = asyncio.run(_gathered(settings, prompts, job))
        print(as_json(answered(result)))
    else:
        result = asyncio.run(_streamed(settings, prompts, job, Output()))
    return result.exit_code


def _standard_input() -> str:
    """All that comes; nothing where nothing is piped in: in a terminal one would wait for a person who waits too."""
    if sys.stdin is None or sys.stdin.isatty():
        return ""
    try:
        return text_of(sys.stdin.buffer.read(), "standard input")
    except OSError as error:
        raise UserError(f"standard input cannot be read: {error.strerror}") from None


async def _gathered(settings: Settings, prompts: Prompts, job: Job) -> Result:
    with telling() as teller:
        async with Desk(settings, prompts.prompting, teller) as desk:
            desk.begin(job, _page(job))
            return await desk.done()


async def _streamed(settings: Settings, prompts: Prompts, job: Job, output: Output) -> Result:
    page = _page(job)
    with telling() as teller:
        async with Desk(settings, prompts.prompting, teller) as desk:
            stream = _Stream(page.document, output, teller)
            desk.begin(job, page)
            printing = asyncio.create_task(output.run())
            # That it ends first means that nobody reads.
            printing.add_done_callback(lambda _: desk.stop("the output was closed"))
            try:
                result = await desk.done()
                stream.end(job.text, result)
            finally:
                output.end()
                await printing
            return result


def _page(job: Job) -> Target:
    """An empty page for the answer."""
    return Target(NAME, NAME, job.language_id, Document(""), VERSION, 0, 0)


class _Stream:
    """A page, written to the output as it grows."""

    def __init__(self, page: Document, output: Output, teller: Teller) -> None:
        self._page = page
        self._output = output
        self._teller = teller
        self._characters = 0
        self._is_withdrawn = False
        page.follow(self._take)

    def end(self, asked: str, result: Result) -> None:
        """Nothing more comes; a whole answer ends as `asked` does, and with a line end where that is empty."""
        if self._is_withdrawn and not result.was_stopped:
            print("lsp-llm: the model took back what it had begun with: the answer comes once more", file=sys.stderr)
            self._output.write(f"\n{self._page.text}")
        is_open = not self._page.text.endswith("\n")
        if is_open and not result.was_stopped and (not asked or asked.endswith("\n")):
            self._output.write("\n")

    def _take(self, change: Change) -> None:
        self._is_withdrawn |= bool(change.removed) or change.start != self._characters
        # What was printed cannot be taken back.
        if not self._is_withdrawn:
            if self._output.may_be_seen:
                self._teller.hush()
            self._characters += len(change.inserted)
            self._output.write(change.inserted)
