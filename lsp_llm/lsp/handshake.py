"""The initialize request: what the client is and can, digested once into a value, and what the server answers.

It is answered on the hot path, before the heavy imports, so that the editor does not wait for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

import lsp_llm
from lsp_llm.commands.table import COMMANDS
from lsp_llm.lsp.clients import ClientRow
from lsp_llm.lsp.uris import path_of
from lsp_llm.text.positions import Encoding

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
PROTOCOL_VERSION = 1
FULL, INCREMENTAL = 1, 2


class _ClientInfo(msgspec.Struct):
    name: str = ""
    version: str | None = ""


class _General(msgspec.Struct, rename="camel"):
    position_encodings: list[str] | None = None


class _Window(msgspec.Struct, rename="camel"):
    work_done_progress: bool | None = False


class _Workspace(msgspec.Struct, rename="camel"):
    configuration: bool | None = False


class _LspLlm(msgspec.Struct):
    status: bool = False
    stream: bool = False


class _Experimental(msgspec.Struct, rename="camel"):
    lsp_llm: _LspLlm = msgspec.field(default_factory=_LspLlm)


class _Capabilities(msgspec.Struct):
    general: _General | None = None
    window: _Window | None = None
    workspace: _Workspace | None = None
    experimental: Any = None


class _Folder(msgspec.Struct):
    uri: str


class _Initialize(msgspec.Struct, rename="camel"):
    process_id: int | None = None
    client_info: _ClientInfo | None = None
    root_uri: str | None = None
    root_path: str | None = None
    workspace_folders: list[_Folder] | None = None
    initialization_options: Any = None
    capabilities: _Capabilities = msgspec.field(default_factory=_Capabilities)


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
    wants_status: bool = False


_decoder = msgspec.json.Decoder(_Initialize)


def read_facts(params: msgspec.Raw) -> ClientFacts:
    """Digest the params of initialize; raises msgspec.ValidationError where they are not of the protocol's shape."""
    message = _decoder.decode(params)
    info = message.client_info or _ClientInfo()
    capabilities = message.capabilities
    general = capabilities.general or _General()
    window = capabilities.window or _Window()
    workspace = capabilities.workspace or _Workspace()
    return ClientFacts(
        name=info.name,
        version=info.version or "",
        encoding=choose_encoding(general.position_encodings or ()),
        roots=_roots(message),
        options=message.initialization_options,
        process_id=message.process_id,
        shows_progress=bool(window.work_done_progress),
        has_configuration=bool(workspace.configuration),
        wants_status=_own(capabilities.experimental).status,
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
            "executeCommandProvider": {"commands": [command.name for command in COMMANDS]},
            **({"diagnosticProvider": diagnostics} if row.reports_when_refreshed else {}),
            "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
            "experimental": {"lspLlm": {"version": PROTOCOL_VERSION, "methods": []}},
        },
    }


def _roots(message: _Initialize) -> tuple[str, ...]:
    uris = [folder.uri for folder in message.workspace_folders or ()] or [message.root_uri or ""]
    paths = [path for uri in uris if (path := path_of(uri))]
    return tuple(paths or ([message.root_path] if message.root_path else []))


def _own(experimental: Any) -> _LspLlm:
    """Our part of what the client says under `experimental`, where any shape may stand."""
    try:
        return msgspec.convert(experimental or {}, _Experimental).lsp_llm
    except msgspec.ValidationError:
        return _LspLlm()
