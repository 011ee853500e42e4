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

from lsp_llm.cli.columns import as_json, columns, printable
from lsp_llm.cli.configured import configured_aloud
from lsp_llm.commands.job import Job, Surroundings
from lsp_llm.commands.prompting import Prompting
from lsp_llm.commands.showing import ShownPrompt, shown_prompt
from lsp_llm.config.files import user_file
from lsp_llm.config.redactor import Redactor
from lsp_llm.config.settings import Settings
from lsp_llm.context.language import known_id
from lsp_llm.context.library import LibraryByRoot, built_in_prompts
from lsp_llm.context.templates import SUFFIX, TemplatesByRoot, built_in_folder
from lsp_llm.errors import UserError
from lsp_llm.providers.registry import choose_preset
from lsp_llm.text.document import Document


def render(options: argparse.Namespace) -> int:
    """Print it; raises UserError."""
    if options.template is not None:
        print(rendered_template(options.template, options.args), end="")
        return 0
    if options.file is None:
        raise UserError("name a file, or a template: lsp-llm render FILE --lines A:B --prompt TEXT")
    settings = configured_aloud(options.config)
    job = _job(options, settings)
    library = LibraryByRoot([user_file().parent / "prompts", built_in_prompts()])
    prompting = Prompting(_template_folders(), library.read)
    shown = shown_prompt(prompting, job, settings, Redactor(os.environ))
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
    beside = {file.name: _text(file) for file in sorted(path.parent.glob(f"*{SUFFIX}"))}
    sources = TemplatesByRoot(_template_folders()).read(Path.cwd()).sources()
    found = Renderer({**sources, **beside, path.name: _text(path)}).render(path.name, variables)
    for warning in found.warnings:
        print(f"lsp-llm: {warning}", file=sys.stderr)
    return found.text


def _template_folders() -> list[Path]:
    return [user_file().parent / "templates", built_in_folder()]


def _job(options: argparse.Namespace, settings: Settings) -> Job:
    path = Path(os.path.abspath(options.file))  # noqa: PTH100  As an editor names it: links are not followed.
    document = Document(_text(path))
    start, end = _offsets(document, options.lines)
    root = Path.cwd()
    return Job(
        kind="replace" if end > start else "yap",
        text=document.text,
        start=start,
        end=end,
        path=str(path),
        language_id=known_id("", str(path)),
        line_end=document.line_end,
        query=options.prompt,
        preset=options.preset or choose_preset(settings, os.environ)[0],
        action=options.action,
        around=Surroundings(root if path.is_relative_to(root) else None),
    )


def _offsets(document: Document, lines: str) -> tuple[int, int]:
    """Whole lines, the place behind one, or, where none are named, all."""
    if not lines:
        return 0, document.length
    first, colon, last = lines.partition(":")
    if not first.isdecimal() or (colon and not last.isdecimal()) or not 1 <= int(first) <= int(last or first):
        raise UserError(f"--lines: {lines} is neither a line nor two with a colon between, counted from 1")
    if not colon:
        end = document.offset(int(first) - 1, sys.maxsize)
        return end, end
    return document.offset(int(first) - 1, 0), document.offset(int(last), 0)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text") from None


def _lines(shown: ShownPrompt) -> Iterator[str]:
    sizes = [(f"{section.tokens:,}", section.name) for section in shown.sections]
    width = max(len(tokens) for tokens, _ in [*sizes, (f"{shown.tokens:,}", "")])
    rows = [(tokens.rjust(width), name) for tokens, name in [*sizes, (f"{shown.tokens:,}", "tokens, about")]]
    yield from columns(rows)
    yield from (f"lsp-llm: {printable(note)}" for note in shown.notes)
