"""Shows what is in no document of the user's, as a file that the client opens: differences, and prompts (two ports)."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lsp_llm.lsp.client import Client
from lsp_llm.lsp.uris import shown_name, uri_of
from lsp_llm.text.diffing import diff
from lsp_llm.text.document import split_lines

HINT = 'nothing was changed: take it with "LLM: accept", drop it with "LLM: restore original"'

LONGEST_NAME = 40
"""Letters of a document's name that the name of its difference ends with: file systems have limits."""


class Preview:
    """Files in a temporary folder that lives as long as the server."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def show_difference(self, uri: str, job_id: str, original: str, answer: str) -> None:
        """Write the file and ask the client to show it; where it cannot, the path is told."""
        name = Path(shown_name(uri)).name or "document"
        try:
            path = self._write(f"{name[-LONGEST_NAME:]}.{job_id}.diff", difference(name, original, answer))
        except (OSError, ValueError) as error:
            self._client.show_message("warning", f"LLM: the answer of job {job_id} cannot be shown ({error}); {HINT}")
            return
        self._open(uri_of(str(path)), f"LLM: the answer of job {job_id} is in {path}; {HINT}")

    def show_text(self, name: str, text: str) -> None:
        """Write a file of this name and ask the client to show it; where it cannot, the path is told."""
        try:
            path = self._write(name[-LONGEST_NAME:], text)
        except (OSError, ValueError) as error:
            self._client.show_message("warning", f"LLM: {name} cannot be shown ({error})")
            return
        self._open(uri_of(str(path)), f"LLM: {path} has it")

    def show_file(self, path: Path) -> None:
        """Ask the client to show a file of the user's, once the command that wants it has its answer."""
        said = f"LLM: open {path}"
        asyncio.get_running_loop().call_soon(partial(self._open, uri_of(str(path)), said, takes_focus=True))

    def show_beside(self, uri: str) -> None:
        """Ask the client to open a document while the user goes on elsewhere, once a command has its answer."""
        asyncio.get_running_loop().call_soon(self._open, uri, f"LLM: open {shown_name(uri)}")

    def _open(self, uri: str, otherwise: str, *, takes_focus: bool = False) -> None:
        """Ask the client to show a document; `otherwise` is told where it does not."""

        def shown(result: Any) -> None:
            if not (isinstance(result, dict) and result.get("success")):
                self._client.show_message("info", otherwise)

        self._client.request("window/showDocument", {"uri": uri, "takeFocus": takes_focus}, shown)

    def _write(self, name: str, text: str) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="lsp-llm-")
        path = Path(self._folder.name) / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def close(self) -> None:
        """Remove the files."""
        if self._folder is not None:
            self._folder.cleanup()


def difference(name: str, original: str, answer: str) -> str:
    """A unified difference without context; its changes are numbered as `accept` and `restore` count them."""
    old, new = split_lines(original), split_lines(answer)
    lines = [f"# {HINT}", f"--- {name} (now)", f"+++ {name} (answer)"]
    for number, hunk in enumerate(diff(old, new), 1):
        before, after = _shown(old[hunk.old_start : hunk.old_end]), _shown(new[hunk.new_start : hunk.new_end])
        lines.append(f"@@ -{hunk.old_start + 1},{len(before)} +{hunk.new_start + 1},{len(after)} @@ change {number}")
        lines += [f"-{line}" for line in before] + [f"+{line}" for line in after]
    return "\n".join(lines) + "\n"


def _shown(lines: Sequence[str]) -> list[str]:
    """Without their ends; behind the last end there is no line."""
    return [line.rstrip("\r\n") for line in lines if line]
