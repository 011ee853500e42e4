"""Helix lists servers language by language: entries for those that the user names, each with what it had before.

It asks `hx --health` which servers a language has, and writes nothing.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lsp_llm.cli.setup.marked_block import block_in
from lsp_llm.cli.setup.toml_tables import COMMENT, read
from lsp_llm.cli.setup.values import Unmergeable
from lsp_llm.cli.toml_text import toml_value
from lsp_llm.errors import UserError

SERVER = "lsp-llm"
CHATS = "markdown"
"""Chats are Markdown, so this language is always among them."""
LIMIT_SECONDS = 30
_NAME = re.compile(r"[\w.+#-]+")
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_SERVER_LINE = re.compile(r"\s+\S+ (?P<name>[^:]+): ")

Server = str | dict[str, Any]
"""A server as a language lists it: its name, or a table with the name and which features it is for."""
Servers = Callable[[str], Sequence[Server]]


def languages_text(ours: str, names: Iterable[str], servers: Servers) -> str:
    """The text of ours with entries for these languages in the place of its own."""
    wanted = dict.fromkeys([CHATS, *names])
    for name in wanted:
        if not _NAME.fullmatch(name):
            raise UserError(f"--languages: {name!r} is no name of a language; hx --health lists them")
    return _head(ours) + "\n".join(_entry(name, servers(name)) for name in wanted)


def as_installed(text: str, ours: str) -> str:
    """Ours for the languages that an earlier setup chose, else for its own, with the servers listed by the user."""
    theirs, built_in = listed(block_in(text, COMMENT) or text), listed(ours)
    names = [name for name, servers in theirs.items() if SERVER in map(_name, servers)] or list(built_in)
    return _head(ours) + "\n".join(_entry(name, theirs.get(name) or built_in[name]) for name in names)


def listed(text: str) -> dict[str, list[Server]]:
    """The servers that a languages.toml lists for each language; nothing where it cannot be read."""
    try:
        entries = read(text).get("language", [])
    except Unmergeable:
        return {}
    return {entry["name"]: entry["language-servers"] for entry in entries if {"name", "language-servers"} <= {*entry}}


def _name(server: Server) -> str:
    return server if isinstance(server, str) else str(server["name"])


def servers_of(program: str, text: str) -> Servers:
    """Which servers a language has: by the user's languages.toml, else as Helix says of itself."""
    own = listed(text)
    return lambda name: own[name] if name in own else _asked(program, name)


def _asked(program: str, name: str) -> list[Server]:
    try:
        ended = subprocess.run(
            [program, "--health", name], capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(f"{program} --health {name}: {error}") from None
    said = _COLOUR.sub("", ended.stdout + ended.stderr)
    if "not found\n" in said.partition("Configured")[0]:
        raise UserError(f"--languages: Helix knows no language {name}; hx --health lists them")
    lines = said.partition("language servers:")[2].splitlines()[1:]
    found: list[Server] = []
    for line in lines:
        if not (match := _SERVER_LINE.match(line)):
            break
        found.append(match["name"])
    return found


def _head(ours: str) -> str:
    return ours.partition("[[language]]")[0]


def _entry(name: str, servers: Sequence[Server]) -> str:
    ours = next((server for server in servers if _name(server) == SERVER), SERVER)
    all_of_them = [*(server for server in servers if _name(server) != SERVER), ours]
    return f'[[language]]\nname = "{name}"\nlanguage-servers = {toml_value(all_of_them)}\n'
