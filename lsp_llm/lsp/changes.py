"""Makes changes that a user has accepted: in the editor where the file is open, else on the disk (the `Hands` port).

Nothing is changed where the text is not the one that was meant any more; a file is replaced as a whole or not at all.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import stat
from pathlib import Path

from lsp_llm.jobs.edit_events import Answered
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.documents import Documents, OpenDocument
from lsp_llm.lsp.preview import Preview
from lsp_llm.lsp.uris import path_of, uri_of
from lsp_llm.text.edits import Edit
from lsp_llm.tools.base import Outcome, Proposal

CHANGED = "its text has changed meanwhile; read it again"


class Changes:
    """Changes of the files of one client's workspace."""

    def __init__(self, client: Client, documents: Documents, preview: Preview) -> None:
        self._client = client
        self._documents = documents
        self._preview = preview

    def show(self, name: str, proposal: Proposal) -> None:
        """The difference, as a preview is shown."""
        text = proposal.text or ""
        self._preview.show_difference(uri_of(proposal.path), name, text, changed_text(proposal))

    async def make(self, proposal: Proposal) -> Outcome:
        """Make the change."""
        found = next((item for item in self._documents.all() if path_of(item.uri) == proposal.path), None)
        if found is None:
            return await asyncio.to_thread(write, proposal)
        if found.document.text != (proposal.text or ""):
            return Outcome("failed", CHANGED)
        return await self._apply(found, Edit(proposal.start, proposal.end, proposal.replacement))

    async def _apply(self, found: OpenDocument, edit: Edit) -> Outcome:
        future: asyncio.Future[tuple[Answered, str]] = asyncio.get_running_loop().create_future()

        def answered(said: Answered, reason: str) -> None:
            if not future.done():
                future.set_result((said, reason))

        self._client.apply(found.uri, [edit], found.version, answered)
        said, reason = await future
        if said is Answered.APPLIED:
            return Outcome("accepted", "it is not saved yet")
        return Outcome("failed", reason or "the editor did not take it")


def changed_text(proposal: Proposal) -> str:
    """The whole file as it would be."""
    text = proposal.text or ""
    return text[: proposal.start] + proposal.replacement + text[proposal.end :]


def write(proposal: Proposal) -> Outcome:
    """Replace a file on the disk, or make a new one with its folders; blocks."""
    path = Path(proposal.path)
    try:
        if _text_of(path) != proposal.text:
            return Outcome("failed", CHANGED)
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, changed_text(proposal).encode("utf-8"), None if proposal.text is None else path.stat().st_mode)
    except (OSError, UnicodeError) as error:
        return Outcome("failed", str(error))
    return Outcome("accepted")


def _text_of(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None


def _replace(path: Path, content: bytes, mode: int | None) -> None:
    """Without a mode the file is a new one, for whom the user's own rules say."""
    fresh = path.with_name(f".new-{secrets.token_hex(4)}")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        if mode is not None:
            fresh.chmod(stat.S_IMODE(mode))
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
