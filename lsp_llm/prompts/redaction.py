"""Takes secrets out of what is about to leave the machine, each behind a mark of its own; pure.

The same secret has the same mark in all texts, so that a model can speak of it and repeat it; whoever reads the answer
puts the secret back in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

from lsp_llm.prompts.secret_scan import find_secrets

_MARK = "REDACTED_SECRET_{number}"
_MARKS = re.compile(r"REDACTED_SECRET_\d+")


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
        return self.apply_in_parts([text])[0]

    def leave(self, text: str) -> None:
        """A text goes out as it is, so that no mark may be one of its words."""
        self._taken.append(text)

    def apply_in_parts(self, parts: Sequence[str]) -> list[str]:
        """A text that is cut in parts, each without its secrets; one across a cut is taken out of the parts it is in.

        What of it lies in a part has a mark of its own, so that the part can be had back as it was.
        """
        text = "".join(parts)
        self._taken.append(text)
        spans = [piece for span in find_secrets(text) for piece in self._beside_marks(text, *span)]
        ends = list(accumulate(map(len, parts)))
        return [self._without(text, start, end, spans) for start, end in pairwise([0, *ends])]

    def _beside_marks(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """A span without the marks in it: beside a telling word a mark looks like a secret itself."""
        for mark in _MARKS.finditer(text, start, end):
            if mark[0] in self._marks.values():
                if start < mark.start():
                    yield start, mark.start()
                start = mark.end()
        if start < end:
            yield start, end

    def _without(self, text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> str:
        found, at = list[str](), start
        for low, high in ((max(low, start), min(high, end)) for low, high in spans):
            if low < high:
                found += [text[at:low], self._mark(text[low:high])]
                at = high
        return "".join([*found, text[at:end]])

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
