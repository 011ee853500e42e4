"""`lsp-llm fill`: an answer takes the place of lines of a file, by the rules that hold in an editor.

The file is written once, at the end. What had come before a Ctrl+C is kept, as in an editor.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from lsp_llm.cli.answers import answered_in_file
from lsp_llm.cli.asked import Prompts, place_in
from lsp_llm.cli.columns import as_json, printable
from lsp_llm.cli.configured import configured_aloud
from lsp_llm.cli.desk import VERSION, Desk, Result
from lsp_llm.cli.differences import print_diff, unified_diff
from lsp_llm.cli.telling import telling
from lsp_llm.cli.text_file import TextFile
from lsp_llm.commands.job import Job
from lsp_llm.config.settings import Settings
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target
from lsp_llm.text.document import Document


def fill(options: argparse.Namespace) -> int:
    """Fill in, or show what would be different; gives the exit code. Raises UserError."""
    settings, prompts = configured_aloud(options.config), Prompts()
    file = TextFile.read(options.file)
    if not options.dry_run:
        file.check_writable()
    job = prompts.fill(options, settings, place_in(options.file, file.text, options.lines))
    document = Document(file.text)
    result = asyncio.run(_filled(settings, prompts, job, document, [] if options.dry_run else [file]))
    diff = unified_diff(str(options.file), file.text, document.text)
    written = bool(diff) and not options.dry_run
    if options.json:
        print(as_json(answered_in_file(result, job.path, diff, written=written)))
    elif options.dry_run:
        print_diff(diff)
    if result.was_stopped:
        kept = "has what had come, and the lines that were not reached" if written else "is as it was"
        print(f"lsp-llm: stopped: {printable(str(options.file))} {kept}", file=sys.stderr)
    return result.exit_code


async def _filled(settings: Settings, prompts: Prompts, job: Job, document: Document, files: list[TextFile]) -> Result:
    """Fill in the document, and write it into the files; raises UserError."""
    uri = Path(job.path).as_uri()
    with telling() as teller:
        async with Desk(settings, prompts.prompting, teller) as desk:
            desk.begin(job, Target(uri, job.path, job.language_id, document, VERSION, job.start, job.end))
            result = await desk.done()
            # Now and not later: closing what is open may take a while, and a second Ctrl+C ends that.
            for file in files:
                _write(file, document)
                desk.keep()
            return result


def _write(file: TextFile, document: Document) -> None:
    text = document.text
    if text != file.text:
        try:
            file.replace(text)
        except UserError as error:
            raise UserError(f"{error}; the answer is in: lsp-llm history --limit 1") from None
