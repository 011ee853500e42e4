"""`lsp-llm doctor EDITOR`: an editor, its version, and whether it starts this program as the pages in editors/ say.

It starts no server, asks no host, and mends nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import lsp_llm
from lsp_llm.cli.configured import configured
from lsp_llm.cli.doctor_here import chosen_preset, program
from lsp_llm.cli.exit_codes import DONE, FAILED
from lsp_llm.cli.findings import Finding, report_of, show
from lsp_llm.cli.presets import key_words
from lsp_llm.cli.setup.changes import Change, changes_for, text_at
from lsp_llm.cli.setup.editors import LANGUAGES, Editor, editor_named
from lsp_llm.cli.setup.helix_languages import as_installed
from lsp_llm.cli.setup.places import Home, home_here
from lsp_llm.cli.setup.sources import text_of
from lsp_llm.config.settings import Settings
from lsp_llm.errors import UserError
from lsp_llm.providers.discovery_presets import preset_list

LIMIT_SECONDS = 30
_VERSION = re.compile(r"\d+(?:\.\d+)*")
_START = re.compile(r"""["'/]lsp-llm["'],?\s[^\n]*\n?[^\n]*--stdio""")


def examine_editor(name: str, config_file: Path | None, *, as_data: bool) -> int:
    """Print what is found of one editor; 1 where there is a problem, else 0."""
    editor, home, settings = editor_named(name), home_here(), configured(config_file).settings
    findings = [
        *program(),
        *_editor(editor),
        *_server(),
        *_set_up(editor, home),
        *chosen_preset(settings, os.environ),
        *_key(settings, os.environ),
    ]
    report = report_of(findings)
    show(report, as_data=as_data)
    return DONE if report.ok else FAILED


def _editor(editor: Editor) -> Iterator[Finding]:
    path = next(filter(None, map(shutil.which, editor.programs)), None)
    if path is None:
        names = " or ".join(editor.programs)
        yield Finding("editor", "note", f"there is no {names} on the PATH", "start it another way, or install it")
        return
    said = _output(path)
    found = _VERSION.search(said)
    if found is None:
        yield Finding(
            "editor", "note", f"{path} does not say its version", f"it should be {_dotted(editor.oldest)} or later"
        )
        return
    version = tuple(map(int, found[0].split(".")))
    if version < editor.oldest:
        text = f"{editor.title} {found[0]} ({path}) is too old"
        yield Finding("editor", "problem", text, f"install {_dotted(editor.oldest)} or later")
    else:
        yield Finding("editor", "ok", f"{editor.title} {found[0]} ({path})")
    for quirk in editor.quirks:
        if editor.oldest <= version < quirk.below:
            yield Finding("editor", "note", quirk.text, quirk.advice)
    if editor.client:
        yield Finding(
            "editor", "note", f"it needs {editor.client}", "see its page in editors/; that is not looked at here"
        )


def _server() -> Iterator[Finding]:
    path = shutil.which("lsp-llm")
    if path is None:
        advice = "install it where editors find programs, such as ~/.local/bin, or name its full path"
        yield Finding("server", "problem", "lsp-llm is not on the PATH: the editor cannot start it", advice)
        return
    said = _output(path).strip()
    if said == f"lsp-llm {lsp_llm.__version__}":
        yield Finding("server", "ok", f"the editor starts {path}, where its PATH is this one")
    else:
        yield Finding(
            "server", "problem", f"{path} is another version or does not run: {said}", "remove it, or update it"
        )


def _output(path: str) -> str:
    try:
        ended = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        return str(error)
    return (ended.stdout or ended.stderr).partition("\n")[0]


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _set_up(editor: Editor, home: Home) -> Iterator[Finding]:
    try:
        changes = changes_for(editor, home, _texts(editor, home))
    except UserError as error:
        yield Finding("setup", "problem", str(error).partition("; ")[0], f"compare it with lsp-llm setup {editor.name}")
        yield from _rivals(editor, home)
        return
    theirs, part = ([change for change in changes if change.is_ours is is_ours] for is_ours in (False, True))
    if own := _own_start(editor, home, theirs):
        yield Finding("setup", "ok", f"{own} starts lsp-llm by lines of your own")
        return
    yield from (_compared(change, editor) for change in theirs)
    # Whoever has other lines in that file may do without the part.
    if part and not any(change.is_needed and _has_some(change) for change in theirs):
        yield _part(part, editor, home)
    yield from _rivals(editor, home)


def _own_start(editor: Editor, home: Home, changes: list[Change]) -> Path | None:
    """The one file that starts the server where setup has written nothing, as with a block pasted from README.md."""
    if not any(change.is_needed for change in changes):
        return None
    places = dict.fromkeys([*(change.path for change in changes), *(place(home) for place in editor.rivals)])
    try:
        starting = [path for path in places for _ in range(_starts(path))]
    except UserError:
        return None
    return starting[0] if editor.part and len(starting) == 1 else None


def _starts(path: Path) -> int:
    """How often a file starts the server; raises UserError for one that cannot be read."""
    return len(_START.findall(text_at(path) or ""))


def _compared(change: Change, editor: Editor) -> Finding:
    if not change.is_needed:
        return Finding("setup", "ok", f"{change.path} is as lsp-llm setup {editor.name} writes it")
    said = "has another configuration" if _has_some(change) else "has nothing of lsp-llm"
    advice = f"lsp-llm setup {editor.name} --write shows what differs, and asks before it writes"
    return Finding("setup", "note" if _has_some(change) else "problem", f"{change.path} {said}", advice)


def _has_some(change: Change) -> bool:
    return change.before is not None and "lsp-llm" in change.before


def _part(changes: list[Change], editor: Editor, home: Home) -> Finding:
    place = editor.part.place(home) if editor.part else ""
    if not any(change.is_needed for change in changes):
        return Finding("setup", "ok", f"{place} has the part of this version")
    said = "is not there" if all(change.before is None for change in changes) else "is of another version"
    return Finding("setup", "problem", f"{place} {said}", f"lsp-llm setup {editor.name} --write puts it there")


def _texts(editor: Editor, home: Home) -> dict[str, str]:
    """Ours, with the languages that the user has chosen for Helix."""
    texts = {file.source: text_of(editor.name, file.source) for file in editor.files}
    for file in editor.files:
        if file.source == LANGUAGES:
            texts[LANGUAGES] = as_installed(text_at(file.place(home)) or "", texts[LANGUAGES])
    return texts


def _rivals(editor: Editor, home: Home) -> Iterator[Finding]:
    """Two servers that offer the same commands: some editors then refuse them, others ask both."""
    for file in editor.files:
        ours = len(_START.findall(text_of(editor.name, file.source)))
        yield from _more_than(ours, file.place(home))
    for place in editor.rivals:
        yield from _more_than(0, place(home))


def _more_than(count: int, path: Path) -> Iterator[Finding]:
    try:
        found = _starts(path)
    except UserError as error:
        yield Finding("setup", "problem", str(error), "mend it")
        return
    if found > count:
        said = f"{path} starts lsp-llm once more: two servers would offer the same commands"
        yield Finding("setup", "problem", said, "take that one out")


def _key(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    found = preset_list(settings, environ)
    row = next((row for row in found.presets if row.name == found.chosen), None)
    if row is None:
        return
    if row.key == "missing":
        advice = f"set {row.key_place} where the editor starts, or api_key_command; lsp-llm doctor looks closer"
        yield Finding("key", "problem", f"{row.name}: there is no key in {row.key_place}", advice)
    else:
        yield Finding("key", "ok", f"{row.name}: {key_words(row)}")
