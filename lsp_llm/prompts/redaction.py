"""Takes secrets out of what is about to leave the machine, each behind a mark of its own; pure.

The same secret has the same mark in all texts, so that a model can speak of it and repeat it; whoever reads the answer
puts the secret back in its place.
"""

from __future__ import annotations

from collections.abc import Mapping

from lsp_llm.prompts.secret_scan import find_secrets

_MARK = "REDACTED_SECRET_{number}"


class Redaction:
    """Replaces secrets in texts that go out together."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}
        self._taken: list[str] = []

    @property
    def originals(self) -> Mapping[str, str]:
        """Mark to secret."""
        return {mark: secret for secret, mark in self._marks.items()}

    def apply(self, text: str) -> str:
        """The text without its secrets."""
        parts, at = [], 0
        self._taken.append(text)
        for start, end in find_secrets(text):
            parts += [text[at:start], self._mark(text[start:end])]
            at = end
        return "".join([*parts, text[at:]])

    def _mark(self, secret: str) -> str:
        if secret not in self._marks:
            self._marks[secret] = self._free_mark()
        return self._marks[secret]

    def _free_mark(self) -> str:
        """A mark that stands in no text, so that the answer's marks are ours alone."""
        number = len(self._marks) + 1
        while any(_MARK.format(number=number) in text for text in self._taken) or self._is_given(number):
            number += 1
        return _MARK.format(number=number)

    def _is_given(self, number: int) -> bool:
        return _MARK.format(number=number) in self._marks.values()
