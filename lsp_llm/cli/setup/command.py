"""`lsp-llm setup EDITOR`: prints an editor's configuration, or asks, and puts it where the editor reads it.

It writes nothing into the user's files that it has not shown as a difference.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence

from lsp_llm.cli.exit_codes import DONE, FAILED
from lsp_llm.cli.setup.changes import Change, carry_out, changes_for, difference, text_at
from lsp_llm.cli.setup.editors import LANGUAGES, Editor, editor_named
from lsp_llm.cli.setup.helix_languages import as_installed, languages_text, servers_of
from lsp_llm.cli.setup.places import Home, home_here
from lsp_llm.cli.setup.sources import folder, text_of
from lsp_llm.errors import UserError


def set_up(options: argparse.Namespace) -> int:
    """Print, or write; 1 where the user does not agree, else 0."""
    editor, home = editor_named(options.editor), home_here()
    names = [name for name in options.languages.split(",") if name]
    texts = {file.source: text_of(editor.name, file.source) for file in editor.files}
    if names and LANGUAGES not in texts:
        raise UserError(f"--languages is for helix: {editor.title} lists no servers by language")
    if LANGUAGES in texts:
        texts[LANGUAGES] = _languages(editor, home, texts[LANGUAGES], names, keeps=options.write)
    if options.write:
        wanted = [change for change in changes_for(editor, home, texts) if change.is_needed]
        return _write(editor, wanted, asks=not options.yes)
    for file in editor.files:
        print(f"lsp-llm: {file.place(home)}", file=sys.stderr, flush=True)
        print(texts[file.source], end="", flush=True)
    if editor.part:
        print(f"lsp-llm: {folder() / editor.name} goes to {editor.part.place(home)}", file=sys.stderr)
    print(f"lsp-llm: lsp-llm setup {editor.name} --write does that", file=sys.stderr)
    return DONE


def _languages(editor: Editor, home: Home, ours: str, names: Sequence[str], *, keeps: bool) -> str:
    """`keeps`: the languages of an earlier setup stay where none are named."""
    place = next(file.place(home) for file in editor.files if file.source == LANGUAGES)
    there = (text_at(place) or "").replace("\r\n", "\n")
    if not names:
        return as_installed(there, ours) if keeps else ours
    program = next(filter(None, map(shutil.which, editor.programs)), None)
    if program is None:
        raise UserError("--languages asks hx which servers a language has, and there is none on the PATH")
    return languages_text(ours, names, servers_of(program, there))


def _write(editor: Editor, changes: Sequence[Change], *, asks: bool) -> int:
    if not changes:
        print(f"There is nothing to do: {editor.title} is set up. lsp-llm doctor {editor.name} looks closer.")
        return DONE
    part = [change.path.parent for change in changes if change.is_ours]
    for change in changes:
        print("" if change.is_ours else difference(change), end="")
    if part:
        print(f"new or changed below {os.path.commonpath(part)}, of lsp-llm's own files: {len(part)}")
    if asks and not _is_agreed():
        print("Nothing was written.")
        return FAILED
    for change in changes:
        backup = carry_out(change)
        if not change.is_ours:
            print(f"Written: {change.path}" + (f"; as it was: {backup}" if backup else ""))
    if editor.client:
        print(f"It needs {editor.client}.")
    return DONE


def _is_agreed() -> bool:
    if not sys.stdin.isatty():
        raise UserError("nothing was written: --write asks first, and nobody can answer here; add --yes")
    try:
        return input("Write this? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
