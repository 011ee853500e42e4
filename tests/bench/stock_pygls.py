"""The reference: a language server as one writes it with pygls alone, awaiting one edit per token.

It has the features of lsp-llm, pygls' own workspace and httpx' own lines. It is what the ratios of the bench are to.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("stock-pygls", "1")
KINDS = [types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite]


@server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=KINDS))
def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
    """Offer to insert."""
    command = types.Command("insert", "stock.yap", arguments=[{"uri": params.text_document.uri}])
    return [types.CodeAction("insert", kind=types.CodeActionKind.RefactorRewrite, command=command)]


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def did_open(params: types.DidOpenTextDocumentParams) -> None:
    """The workspace takes it."""


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def did_change(params: types.DidChangeTextDocumentParams) -> None:
    """The workspace takes it."""


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
def did_close(params: types.DidCloseTextDocumentParams) -> None:
    """The workspace takes it."""


@server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
def did_change_configuration(params: types.DidChangeConfigurationParams) -> None:
    """Nothing to set."""


@server.command("stock.nothing")
def nothing(ls: LanguageServer, argument: Any) -> None:
    """A command that does nothing."""


@server.command("stock.yap")
async def yap(ls: LanguageServer, argument: Any) -> None:
    """Stream an answer to a line of a document: one edit per token, each awaited."""
    line, column = argument["line"], 0
    async with (
        httpx.AsyncClient(timeout=None) as client,
        client.stream("POST", argument["url"], json=argument["body"]) as response,
    ):
        async for text in response.aiter_lines():
            if not text.startswith("data: {"):
                continue
            delta = json.loads(text[6:])["choices"][0]["delta"]["content"]
            if not delta:
                continue
            document = ls.workspace.get_text_document(argument["uri"])
            place = types.Position(line, column)
            edit = types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version),
                [types.TextEdit(types.Range(place, place), delta)],
            )
            change = types.WorkspaceEdit(document_changes=[edit])
            await ls.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(change))
            line, column = line + delta.count("\n"), 0 if delta.endswith("\n") else column + len(delta)


if __name__ == "__main__":
    server.start_io()
