"""The initialize request: what the client is and can, digested once into a value, and what the server answers.

It is read and answered before anything heavy is imported (greeting.py), so it is plain dicts that are looked at here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import lsp_llm
from lsp_llm.lsp.clients import ClientRow
from lsp_llm.lsp.names import COMMAND_NAMES, METHODS
from lsp_llm.lsp.uris import path_of
from lsp_llm.text.positions import Encoding

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
PROTOCOL_VERSION = 1
FULL, INCREMENTAL = 1, 2

Value = TypeVar("Value")


class Misshapen(Exception):
    """Params of initialize that are not of the protocol's shape."""


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What a client says of itself."""

    name: str = ""
    version: str = ""
    encoding: Encoding = "utf-16"
    roots: tuple[str, ...] = ()
    """Folders of the workspace as file paths."""
    options: Any = None
    process_id: int | None = None
    shows_progress: bool = False
    has_configuration: bool = False
    can_pick: bool = False
    """Whether it says that a message may have answers to pick from."""
    refreshes_lenses: bool = False
    wants_status: bool = False
    takes_streamed_edits: bool = False


def read_facts(params: Any) -> ClientFacts:
    """Digest the params of initialize, decoded from JSON; raises Misshapen."""
    if not isinstance(params, dict):
        raise Misshapen("the params are no object")
    own = _own(params)
    return ClientFacts(
        name=_at(params, "clientInfo.name", str),
        version=_at(params, "clientInfo.version", str),
        encoding=choose_encoding(_at(params, "capabilities.general.positionEncodings", list)),
        roots=_roots(params),
        options=params.get("initializationOptions"),
        process_id=_at(params, "processId", int) or None,
        shows_progress=_at(params, "capabilities.window.workDoneProgress", bool),
        can_pick=_at(params, "capabilities.window", dict).get("showMessage") is not None,
        has_configuration=_at(params, "capabilities.workspace.configuration", bool),
        refreshes_lenses=_at(params, "capabilities.workspace.codeLens.refreshSupport", bool),
        wants_status=own.get("status") is True,
        takes_streamed_edits=own.get("stream") is True,
    )


def choose_encoding(offered: Sequence[str]) -> Encoding:
    """The client's first choice that we know; utf-16, which every client has, where it offers nothing."""
    for name in offered:
        for encoding in ENCODINGS:
            if name == encoding:
                return encoding
    return "utf-16"


def answer(facts: ClientFacts, row: ClientRow) -> dict[str, Any]:
    """The result of initialize."""
    diagnostics = {"interFileDependencies": False, "workspaceDiagnostics": False}
    return {
        "serverInfo": {"name": "lsp-llm", "version": lsp_llm.__version__},
        "capabilities": {
            "positionEncoding": facts.encoding,
            "textDocumentSync": {
                "openClose": True,
                "save": True,
                "change": FULL if row.wants_full_sync else INCREMENTAL,
            },
            "codeActionProvider": {"codeActionKinds": ["quickfix", "refactor.rewrite"]},
            # Asked of every document, and answered for chats alone.
            "codeLensProvider": {"resolveProvider": False},
            "completionProvider": {"triggerCharacters": ["@", "/"]},
            "documentLinkProvider": {"resolveProvider": False},
            "documentSymbolProvider": True,
            "foldingRangeProvider": True,
            "hoverProvider": True,
            "executeCommandProvider": {"commands": list(COMMAND_NAMES)},
            **({"diagnosticProvider": diagnostics} if row.reports_when_refreshed else {}),
            "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
            "experimental": {"lspLlm": {"version": PROTOCOL_VERSION, "methods": list(METHODS)}},
        },
    }


def _at(value: Any, path: str, kind: type[Value]) -> Value:
    """What stands at a path of keys; where nothing or null does, the empty value of its kind."""
    for key in path.split("."):
        if value is None:
            return kind()
        if not isinstance(value, dict):
            raise Misshapen(f"{path}: an object with {key} is expected")
        value = value.get(key)
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise Misshapen(f"{path}: not of its type")
    return value


def _roots(params: Any) -> tuple[str, ...]:
    folders = _at(params, "workspaceFolders", list)
    uris = [_at(folder, "uri", str) for folder in folders] or [_at(params, "rootUri", str)]
    root_path = _at(params, "rootPath", str)
    paths = [path for uri in uris if (path := path_of(uri))]
    return tuple(paths or ([root_path] if root_path else []))


def _own(params: Any) -> dict[str, Any]:
    """Our part of what the client says under `experimental`, where any shape may stand."""
    experimental = _at(params, "capabilities", dict).get("experimental")
    own = experimental.get("lspLlm") if isinstance(experimental, dict) else None
    return own if isinstance(own, dict) else {}
