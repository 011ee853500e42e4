"""What a terminal would obey is taken out of every line before it is drawn; it changes nothing that can be seen.

A model, a tool's result, a file's name or a server may say anything, also what sets a title or writes the clipboard.
"""

from __future__ import annotations

import re
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

# All of Unicode's "Cc". They have no width, so that a line stays as wide as it was measured.
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class NoControls(LineFilter):
    """For the lines of all widgets."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same line without control characters; what Textual itself tells the terminal stays."""
        return [
            segment if segment.control or not _CONTROLS.search(segment.text) else _without(segment)
            for segment in segments
        ]


def _without(segment: Segment) -> Segment:
    return Segment(_CONTROLS.sub("", segment.text), segment.style)
