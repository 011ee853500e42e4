"""A model's text on its way into a document: whole, byte by byte and cut anywhere."""

from __future__ import annotations

from hypothesis import given

from lsp_llm.chat.conversation import tidy
from lsp_llm.chat.escaping import LineEscaper
from lsp_llm.chat.lines import Block, State, after, escaped
from tests.chat.making import TEXT
from tests.every_way import every_cut


def written(text: str, block: Block) -> str:
    """The same for every cut, with the line that closes an open fence."""
    results = set()
    for chunks in every_cut(text):
        escaper = LineEscaper(block)
        pieces = [*map(escaper.push, chunks), escaper.finish()]
        results.add("".join([*pieces, "|", escaper.closing_line]))
    assert len(results) == 1, results
    return results.pop()


def expected(text: str, block: Block) -> str:
    """Line by line, with nothing held back."""
    lines, state = [], State(block)
    for line in tidy(text).split("\n"):
        lines.append(line if state.fence else escaped(line, block))
        state = after(lines[-1], state)
    return "\n".join(lines) + "|" + state.closing_line


@given(TEXT)
def test_every_cut_gives_the_same_lines(text: str) -> None:
    for block in (Block.BODY, Block.THINKING):
        assert written(text, block) == expected(text, block)


def test_line_ends_and_blank_edges() -> None:
    assert written("\n  \r\na\r\rb \r\n\n \n", Block.BODY) == "a\n\nb |"
    assert written("\r\n", Block.BODY) == "|"
    assert written("", Block.BODY) == "|"


def test_words_come_at_once() -> None:
    escaper = LineEscaper(Block.BODY)
    assert escaper.push("Hel") == "Hel"
    assert escaper.push("lo\n") == "lo"
    assert escaper.push("#") == ""
    assert escaper.push("# Us") == ""
    assert escaper.push("age") == "\n## Usage"
    assert escaper.push("\n## User") == ""
    assert escaper.push("\n```py\n") == "\n\\## User\n```py"
    assert escaper.push("## User") == "\n## User"
    assert escaper.closing_line == "```"


def test_a_long_line_costs_what_it_is_long() -> None:
    escaper = LineEscaper(Block.BODY)
    for _ in range(100_000):
        assert escaper.push("word ") == "word "
    assert escaper.finish() == ""
