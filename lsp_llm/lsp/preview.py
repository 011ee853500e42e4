"""Shows a change that is not in the document: a file with the difference, opened by the client (the Viewer port)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from lsp_llm.lsp.client import Client
from lsp_llm.lsp.uris import shown_name, uri_of
from lsp_llm.text.diffing import diff
from lsp_llm.text.document import split_lines

HINT = 'nothing was changed: take it with "LLM: accept", drop it with "LLM: restore original"'


class Preview:
    """Difference files in a temporary folder that lives as long as the server."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def show_difference(self, uri: str, job_id: str, original: str, answer: str) -> None:
        """Write the file and ask the client to show it; where it cannot, the path is told."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="lsp-llm-")
        name = Path(shown_name(uri)).name or "document"
        path = Path(self._folder.name) / f"{name}.{job_id}.diff"
        path.write_text(difference(name, original, answer), encoding="utf-8")

        def shown(result: Any) -> None:
            if not (isinstance(result, dict) and result.get("success")):
                self._client.show_message("info", f"LLM: the answer of job {job_id} is in {path}; {HINT}")

        self._client.request("window/showDocument", {"uri": uri_of(str(path)), "takeFocus": False}, shown)

    def close(self) -> None:
        """Remove the files."""
        if self._folder is not None:
            self._folder.cleanup()


def difference(name: str, original: str, answer: str) -> str:
    """A unified difference without context; its changes are numbered as `accept` and `restore` count them."""
    old, new = split_lines(original), split_lines(answer)
    lines = [f"# {HINT}", f"--- {name} (now)", f"+++ {name} (answer)"]
    for number, hunk in enumerate(diff(old, new), 1):
        before, after = old[hunk.old_start : hunk.old_end], new[hunk.new_start : hunk.new_end]
        lines.append(f"@@ -{hunk.old_start + 1},{len(before)} +{hunk.new_start + 1},{len(after)} @@ change {number}")
        lines += [f"-{_bare(line)}" for line in before] + [f"+{_bare(line)}" for line in after]
    return "\n".join(lines) + "\n"


def _bare(line: str) -> str:
    return line.rstrip("\r\n")
