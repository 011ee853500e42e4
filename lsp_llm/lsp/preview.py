"""Shows what is in no document of the user's, as a file that the client opens: differences, and prompts (two ports)."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lsp_llm.lsp.client import Client
from lsp_llm.lsp.uris import shown_name, uri_of
from lsp_llm.text.document import Document, split_lines
from lsp_llm.text.edits import Edit

HINT = 'nothing was changed: take it with "LLM: accept", drop it with "LLM: restore original"'

BESIDE: Mapping[str, Any] = {"takeFocus": False}
LONGEST_NAME = 40
"""Letters of a document's name that the name of its difference ends with: file systems have limits."""


class Preview:
    """Files in a temporary folder that lives as long as the server."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def show_difference(self, uri: str, job_id: str, document: Document, changes: Sequence[Edit]) -> None:
        """Write the file and ask the client to show it; where it cannot, the path is told."""
        name = Path(shown_name(uri)).name or "document"
        text = difference(shown_name(uri), document, changes)
        try:
            path = self._write(f"{name[-LONGEST_NAME:]}.{job_id}.diff", text)
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
        """Ask the client to show a file at its end, to write there, once the command that wants it has its answer."""
        how = {"takeFocus": True, **_at_its_end(path)}
        asyncio.get_running_loop().call_soon(self._open, uri_of(str(path)), f"LLM: open {path}", how)

    def show_beside(self, uri: str) -> None:
        """Ask the client to open a document while the user goes on elsewhere, once a command has its answer."""
        asyncio.get_running_loop().call_soon(self._open, uri, f"LLM: open {shown_name(uri)}")

    def _open(self, uri: str, otherwise: str, how: Mapping[str, Any] = BESIDE) -> None:
        """Ask the client to show a document; `otherwise` is told where it does not."""

        def shown(result: Any) -> None:
            if not (isinstance(result, dict) and result.get("success")):
                self._client.show_message("info", otherwise)

        self._client.request("window/showDocument", {"uri": uri, **how}, shown)

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


def _at_its_end(path: Path) -> dict[str, Any]:
    """The last line that has an end: some editors know no line behind it, and refuse to go there."""
    try:
        lines = split_lines(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    place = {"line": max(len(lines) - 2, 0), "character": 0}
    return {"selection": {"start": place, "end": place}}


def difference(name: str, document: Document, changes: Sequence[Edit]) -> str:
    """A unified difference without context, of whole lines as the document counts them; its changes are numbered."""
    lines = [f"# {HINT}", f"--- {name}\t(now)", f"+++ {name}\t(answer)"]
    growth = 0
    for number, change in enumerate(changes, 1):
        first, before, after = _whole_lines(document, change)
        lines.append(f"@@ -{_place(first, before)} +{_place(first + growth, after)} @@ change {number}")
        lines += [*_shown("-", before), *_shown("+", after)]
        growth += len(after) - len(before)
    return "\n".join(lines) + "\n"


def _whole_lines(document: Document, change: Edit) -> tuple[int, list[str], list[str]]:
    """The first line that a change touches, counted from 0, all of those lines, and what becomes of them."""
    first, column = document.point(change.start)
    behind, rest = document.point(change.end)
    text = document.lines[first][:column] + change.text
    if rest or (text and not text.endswith(("\n", "\r"))):
        text += document.lines[behind][rest:]
        behind += 1
    # Behind the last line end there is no line.
    return first, [line for line in document.lines[first:behind] if line], [line for line in split_lines(text) if line]


def _place(first: int, lines: Sequence[str]) -> str:
    """Of no lines, the place is the line before them."""
    return f"{first + 1 if lines else first},{len(lines)}"


def _shown(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        words = line.rstrip("\r\n")
        yield f"{mark}{words}"
        if words == line:
            yield "\\ No newline at end of file"
