from __future__ import annotations

from typing import Any

import pytest

from lsp_llm.commands.ask import Ask
from lsp_llm.commands.cancel import Cancel, CancelOptions
from lsp_llm.commands.chat import Chat, ChatOptions
from lsp_llm.commands.replace import Replace, ReplaceOptions
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target
from lsp_llm.lsp.arguments import Arguments
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.messages import Position, Range

URI = "file:///project/shop.py"
TEXT = "one\ntwo 😀\nthree\r\n"
TWO = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 3}}


@pytest.fixture
def documents() -> Documents:
    documents = Documents()
    documents.open(URI, "python", 3, TEXT)
    return documents


@pytest.fixture
def arguments(documents: Documents) -> Arguments:
    return Arguments(documents)


def read(arguments: Arguments, command: Any, *values: Any) -> tuple[Any, Any]:
    return arguments.read(command, values, "utf-16")


def text_of(target: Target | None) -> str:
    assert target is not None
    return target.document.slice(target.start, target.end)


def test_a_place_becomes_offsets_of_an_open_document(arguments: Arguments) -> None:
    target, options = read(arguments, Replace(), {"uri": URI, "range": TWO, "query": "q", "preset": "p"})
    assert (target.uri, target.path, target.language_id, target.version) == (URI, "/project/shop.py", "python", 3)
    assert text_of(target) == "two"
    assert options == ReplaceOptions("q", "p")


def test_columns_count_in_the_clients_encoding(arguments: Arguments) -> None:
    place = {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 8}}
    target, _ = arguments.read(Replace(), [{"uri": URI, "range": place}], "utf-8")
    assert text_of(target) == "😀"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([{"uri": URI, "rnage": TWO}], 'lsp-llm.replace has no argument "rnage": did you mean "range"?'),
        ([{"uri": URI, "range": TWO, "Query": ""}], 'lsp-llm.replace has no argument "Query": did you mean "query"?'),
        (
            [{"uri": URI, "range": TWO, "zz": 1}],
            'lsp-llm.replace has no argument "zz": known: mode, preset, query, range, uri',
        ),
        ([{"range": TWO}], 'lsp-llm.replace needs "uri", a string'),
        ([{"uri": 5, "range": TWO}], 'lsp-llm.replace needs "uri", a string'),
        ([], 'lsp-llm.replace needs "uri", a string'),
        ([{"uri": URI}], 'lsp-llm.replace needs "range", an LSP range: {start: {line, character}'),
        ([{"uri": URI, "range": [1, 2]}], 'lsp-llm.replace needs "range"'),
        ([{"uri": URI, "range": {"start": {"line": 0, "character": 0}}}], 'lsp-llm.replace needs "range"'),
        (
            [{"uri": URI, "range": {"start": {"line": -1, "character": 0}, "end": {"line": 0, "character": 0}}}],
            'lsp-llm.replace needs "range"',
        ),
        ([{"uri": URI, "range": TWO, "query": 5}], "lsp-llm.replace: Expected `str`, got `int` - at `$.query`"),
        ([{"uri": "file:///x.py", "range": TWO}], "/x.py is not open in the editor: open it first"),
        ([{"uri": "untitled:Untitled-1", "range": TWO}], "untitled:Untitled-1 is not open in the editor"),
        ([5], "lsp-llm.replace takes one object of arguments, not 5"),
        ([["x" * 500]], "lsp-llm.replace takes one object of arguments, not ['xxx"),
    ],
)
def test_a_mistake_is_named(arguments: Arguments, values: list[Any], said: str) -> None:
    with pytest.raises(UserError) as caught:
        read(arguments, Replace(), *values)
    assert str(caught.value).startswith(said)
    assert len(str(caught.value)) <= 200


def test_text_is_no_argument_of_a_command_without_a_query(arguments: Arguments) -> None:
    with pytest.raises(UserError, match=r"^lsp-llm\.cancel takes one object of arguments, not 'all'$"):
        read(arguments, Cancel(), "all")


def test_a_command_without_a_place_reads_its_options_only(arguments: Arguments) -> None:
    assert read(arguments, Cancel(), {"jobId": "3"}) == (None, CancelOptions(job_id="3"))
    assert read(arguments, Cancel()) == (None, CancelOptions())
    assert read(arguments, Cancel(), None) == (None, CancelOptions())
    with pytest.raises(UserError, match='no argument "range"'):
        read(arguments, Cancel(), {"range": TWO})


def test_an_argument_may_be_called_like_a_part_of_json_rpc(arguments: Arguments) -> None:
    with pytest.raises(UserError, match='has no argument "jsonrpc"'):
        read(arguments, Replace(), {"jsonrpc": "2.0", "uri": URI, "range": TWO})


class TestAsk:
    """Free text, and a place in one of four ways."""

    @pytest.mark.parametrize("values", [["use math", {}], [{"query": "use math"}], ["use", "math"], ["use math"]])
    def test_text_is_the_query(self, arguments: Arguments, values: list[Any]) -> None:
        place = {"uri": URI, "range": TWO}
        _, options = read(arguments, Ask(), *values, place)
        assert options.query == "use math"

    def test_lines_count_from_one(self, arguments: Arguments) -> None:
        target, _ = read(arguments, Ask(), {"query": "q", "path": "/project/shop.py", "line": 1, "endLine": 2})
        assert text_of(target) == "one\ntwo 😀\n"

    def test_one_line_is_a_cursor_at_its_end(self, arguments: Arguments) -> None:
        target, _ = read(arguments, Ask(), {"query": "q", "uri": URI, "line": 2})
        assert (target.start, target.end) == (9, 9)

    def test_a_path_alone_is_its_first_line(self, arguments: Arguments) -> None:
        target, _ = read(arguments, Ask(), {"query": "q", "path": "shop.py"})
        assert (target.start, target.end) == (3, 3)

    def test_lines_past_the_end_are_the_end(self, arguments: Arguments) -> None:
        target, _ = read(arguments, Ask(), {"query": "q", "uri": URI, "line": 99, "endLine": 10**12})
        assert (target.start, target.end) == (len(TEXT), len(TEXT))

    @pytest.mark.parametrize(
        "lines", [{"line": 0}, {"line": 2, "endLine": 1}, {"line": "2"}, {"line": 1, "endLine": 0}, {"line": 1.5}]
    )
    def test_lines_that_are_none(self, arguments: Arguments, lines: dict[str, Any]) -> None:
        with pytest.raises(UserError, match="line and endLine count from 1, endLine not before line"):
            read(arguments, Ask(), {"query": "q", "uri": URI, **lines})

    def test_lines_need_a_document(self, arguments: Arguments) -> None:
        with pytest.raises(UserError, match='needs "path", a string'):
            read(arguments, Ask(), {"query": "q", "line": 2})
        with pytest.raises(UserError, match=r"/no/where\.py is not open"):
            read(arguments, Ask(), {"query": "q", "path": "/no/where.py", "line": 2})

    def test_without_a_place_it_is_the_last_one_seen(self, arguments: Arguments) -> None:
        look(arguments, (0, 0), (0, 3))
        seen = look(arguments, (1, 0), (1, 3))
        assert read(arguments, Ask(), "q")[0] == seen
        assert read(arguments, Ask(), {"query": "q", "uri": URI})[0] == seen

    def test_no_place_was_seen_yet(self, arguments: Arguments) -> None:
        with pytest.raises(UserError, match=r"^lsp-llm\.ask needs a place: give uri and range, or path and line, or"):
            read(arguments, Ask(), "q")

    def test_a_place_in_another_document_or_another_text_is_not_used(
        self, arguments: Arguments, documents: Documents
    ) -> None:
        """What was selected a while ago may be anywhere by now."""
        look(arguments, (1, 0), (1, 3))
        documents.open("file:///project/other.py", "python", 1, TEXT)
        with pytest.raises(UserError, match="needs a place"):
            read(arguments, Ask(), {"query": "q", "uri": "file:///project/other.py"})
        documents.get(URI).version += 1
        with pytest.raises(UserError, match="needs a place"):
            read(arguments, Ask(), "q")
        documents.get(URI).version -= 1
        assert read(arguments, Ask(), "q")
        documents.open(URI, "python", 3, TEXT)
        with pytest.raises(UserError, match="needs a place"):
            read(arguments, Ask(), "q")


def test_a_document_is_the_same_however_its_uri_is_spelled(arguments: Arguments) -> None:
    other = "file:///%70roject/shop.py"
    assert read(arguments, Cancel(), {"uri": other}) == (None, CancelOptions(uri=URI))
    assert read(arguments, Chat(), {"text": "x", "chat": other}) == (None, ChatOptions("x", chat=URI))
    assert read(arguments, Cancel(), {"uri": "file:///other.py"}) == (None, CancelOptions(uri="file:///other.py"))
    arguments.look(URI, Range(Position(1, 0), Position(1, 3)), "utf-16", cursor_is_a_character=False)
    target, _ = read(arguments, Ask(), {"uri": other, "query": "q"})
    assert text_of(target) == "two"


def look(
    arguments: Arguments, start: tuple[int, int], end: tuple[int, int], *, cursor_is_a_character: bool = False
) -> Target:
    place = Range(Position(*start), Position(*end))
    return arguments.look(URI, place, "utf-16", cursor_is_a_character=cursor_is_a_character)


@pytest.mark.parametrize(
    ("start", "end", "offsets"),
    [
        ((0, 0), (0, 1), (1, 1)),
        ((0, 2), (0, 3), (3, 3)),
        ((0, 3), (1, 0), (3, 3)),
        ((1, 4), (1, 6), (9, 9)),
        ((2, 5), (3, 0), (15, 15)),
        ((3, 0), (3, 0), (17, 17)),
        ((0, 0), (0, 2), (0, 2)),
        ((0, 3), (1, 1), (3, 5)),
    ],
    ids=[
        "a letter",
        "the last letter",
        "a line end",
        "an astral one",
        "CRLF",
        "the end",
        "two letters",
        "two with end",
    ],
)
def test_a_cursor_on_a_character_stands_behind_it_but_before_a_line_end(
    arguments: Arguments, start: tuple[int, int], end: tuple[int, int], offsets: tuple[int, int]
) -> None:
    target = look(arguments, start, end, cursor_is_a_character=True)
    assert (target.start, target.end) == offsets


def test_other_clients_select_one_character_and_mean_it(arguments: Arguments) -> None:
    assert text_of(look(arguments, (0, 0), (0, 1))) == "o"
