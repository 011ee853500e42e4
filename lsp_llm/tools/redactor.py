"""Takes secrets out of what tools found, for a whole chat, and puts them back into edits; it reads nothing itself."""

from __future__ import annotations

import re
import threading

from lsp_llm.prompts.redaction import Redaction
from lsp_llm.stream.filters.originals import Originals


class Redactor:
    """A `Redaction` that calls side by side may use; a secret has the same mark in all of a chat."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        # Files are read in threads, and marks are counted.
        self._lock = threading.Lock()

    def apply(self, text: str) -> str:
        """The text without its secrets."""
        with self._lock:
            return self._redaction.apply(text)

    def by_line(self, text: str) -> str:
        """The same with every line where it was: a mark for several lines is followed by as many line ends."""
        redacted = self.apply(text)
        for mark, secret in self._originals().items():
            if ends := secret.count("\n"):
                # One mark may be the beginning of another, as 1 is of 12.
                redacted = re.sub(rf"{mark}(?!\d)", mark + "\n" * ends, redacted)
        return redacted

    def restored(self, text: str) -> str:
        """A text of the model's with the secrets for their marks; only for what stays on this machine."""
        originals = Originals(self._originals())
        return originals.push(text).text + originals.finish().text

    def _originals(self) -> dict[str, str]:
        with self._lock:
            return dict(self._redaction.originals)
