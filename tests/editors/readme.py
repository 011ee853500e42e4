"""The configuration blocks of README.md, word for word, so that the tests run what users paste."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def block(heading: str, language: str, number: int = 1) -> str:
    """The first (second, …) code block of a language below a heading, which may stand at any level."""
    text = README.read_text(encoding="utf-8")
    start = re.search(rf"^#+ {re.escape(heading)}$", text, re.MULTILINE)
    assert start is not None, f"README.md has no heading {heading!r}"
    found = [fence["code"] for fence in FENCE.finditer(text, start.end()) if fence["language"] == language]
    assert len(found) >= number, f"README.md has no {language} below {heading!r}"
    return found[number - 1]
