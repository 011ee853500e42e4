from __future__ import annotations

import pytest

from lsp_llm.commands.filtering import filters_for, prefill_for
from lsp_llm.commands.job import Job
from lsp_llm.config.settings import Preset
from lsp_llm.context.selection import select
from lsp_llm.exchange.kinds import Kind
from tests.every_way import filter_every_way

TEXT = "def one():\n    # ai: make it two\n    return 1\n"
MARKS = {"REDACTED_SECRET_1": "-----BEGIN\n    two\n    END", "REDACTED_SECRET_12": "other"}


def job(selected: str, kind: Kind, text: str, line_end: str = "\n") -> Job:
    start = text.index(selected)
    return Job(kind, text, start, start + len(selected), "/project/shop.py", "python", line_end, "", "fake")


@pytest.mark.parametrize(
    ("selected", "kind", "line_end", "answer", "written"),
    [
        ("    return 1\n", "replace", "\n", "```python\nreturn 2\n```\n", "    return 2\n"),
        ("    return 1\n", "replace", "\n", "<think>hm</think>return 2", "    return 2\n"),
        ("return 1", "replace", "\n", "return 2\n", "return 2"),
        ("    return 1\n", "replace", "\r\n", "return 2\nreturn 3\n", "    return 2\r\n    return 3\r\n"),
        ("return 1", "yap", "\n", "```\nkept\n```\n", "```\nkept\n```\n"),
        ("return 1", "yap", "\r\n", "<think>hm</think>a\nb", "a\r\nb"),
        # A key of several lines keeps its own blanks, while the line of its mark is moved.
        (
            "    return 1\n",
            "replace",
            "\n",
            "```\nkey = REDACTED_SECRET_1\nx = REDACTED_SECRET_12\n```",
            "    key = -----BEGIN\n    two\n    END\n    x = other\n",
        ),
        ("    return 1\n", "replace", "\r\n", "REDACTED_SECRET_1", "    -----BEGIN\r\n    two\r\n    END\r\n"),
        ("return 1", "yap", "\n", "REDACTED_SECRET_12 REDACTED_SECRET_3", "other REDACTED_SECRET_3"),
    ],
)
def test_what_reaches_the_document(selected: str, kind: Kind, line_end: str, answer: str, written: str) -> None:
    text, marked = (words.replace("\n", line_end) for words in (TEXT, selected))
    asked = job(marked, kind, text, line_end)
    selection = select(asked.text, asked.start, asked.end)
    assert filter_every_way(lambda: filters_for(asked, selection, MARKS), answer) == written


def test_an_answer_is_begun_only_for_a_replacement_of_a_preset_that_wants_it() -> None:
    begun = Preset("fake", prefill=True)
    assert prefill_for(job("return 1", "replace", TEXT), begun) == "```"
    assert prefill_for(job("return 1", "yap", TEXT), begun) == ""
    assert prefill_for(job("return 1", "replace", TEXT), Preset("fake")) == ""
