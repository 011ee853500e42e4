"""`lsp-llm render`: what would be sent for a place in a file, or what a template makes of its variables; sends nothing.

The request goes to standard output as JSON. How large its parts are, and what there is to say, goes to stderr.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from lsp_llm.app.shared import PromptFolders
from lsp_llm.cli.asked import Prompts, place_in
from lsp_llm.cli.columns import as_json, columns, printable
from lsp_llm.cli.configured import configured_aloud
from lsp_llm.cli.text_file import TextFile
from lsp_llm.commands.showing import ShownPrompt, shown_prompt
from lsp_llm.config.redactor import Redactor
from lsp_llm.context.templates import SUFFIX, TemplatesByRoot
from lsp_llm.errors import UserError


def render(options: argparse.Namespace) -> int:
    """Print it; raises UserError."""
    if options.template is not None:
        print(rendered_template(options.template, options.args), end="")
        return 0
    if options.file is None:
        raise UserError("name a file, or a template: lsp-llm render FILE --lines A:B --prompt TEXT")
    settings, prompts = configured_aloud(options.config), Prompts()
    place = place_in(options.file, TextFile.read(options.file).text, options.lines)
    job = prompts.job(options, settings, place)
    shown = shown_prompt(prompts.prompting, job, settings, Redactor(os.environ))
    print(as_json(shown.request))
    print("\n".join(_lines(shown)), file=sys.stderr)
    return 0


def rendered_template(path: Path, values: str) -> str:
    """One template with variables in JSON; it may include its neighbours and every template in force here."""
    from lsp_llm.prompts.rendering import Renderer

    try:
        variables = msgspec.json.decode(values, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise UserError(f"--args is no JSON object: {error}") from None
    beside = {file.name: TextFile.read(file).text for file in sorted(path.parent.glob(f"*{SUFFIX}"))}
    sources = TemplatesByRoot(PromptFolders().templates).read(Path.cwd()).sources()
    found = Renderer({**sources, **beside, path.name: TextFile.read(path).text}).render(path.name, variables)
    for warning in found.warnings:
        print(f"lsp-llm: {warning}", file=sys.stderr)
    return found.text


def _lines(shown: ShownPrompt) -> Iterator[str]:
    sizes = [(f"{section.tokens:,}", section.name) for section in shown.sections]
    width = max(len(tokens) for tokens, _ in [*sizes, (f"{shown.tokens:,}", "")])
    rows = [(tokens.rjust(width), name) for tokens, name in [*sizes, (f"{shown.tokens:,}", "tokens, about")]]
    yield from columns(rows)
    yield from (f"lsp-llm: {printable(note)}" for note in shown.notes)
