import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.context.instruction import Query, find_instruction, find_query, instruction_note
from tests.context.test_selection import marked


@pytest.mark.parametrize(
    "comment",
    [
        "# ai: do it", "// ai: do it", "-- ai: do it", "; ai: do it", ";; ai: do it", "% ai: do it", "! ai: do it",
        '" ai: do it', "' ai: do it", "REM ai: do it", ":: ai: do it", ".. ai: do it", "/// ai: do it", "//! ai: do it",
        "/* ai: do it */", "/** ai: do it **/", "<!-- ai: do it -->", "{- ai: do it -}", "(* ai: do it *)",
        "--[[ ai: do it ]]", "#= ai: do it =#", "#| ai: do it |#", "{# ai: do it #}", "<%-- ai: do it --%>",
        "<# ai: do it #>", "@* ai: do it *@", "{{!-- ai: do it --}}", "{{-- ai: do it --}}", "{/* ai: do it */}",
        "%{ ai: do it %}", "#ai:do it", "# AI: do it", "# llm: do it", "    # Llm:   do it  ", "f(/* ai: do it */ x)",
        "x = 1  # ai: do it", 'x = "a"  # ai: do it', "/*\n * ai: do it\n */", "<!--\nai: do it\n-->", "#\tai: do it",
        "fn f<'a>(x: &'a str, y: &'a str) {} // ai: do it",
    ],
)  # fmt: skip
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_an_ai_comment_in_the_selection_is_the_instruction(comment: str, line_end: str) -> None:
    selection = f"a = 1\n{comment}\nb = 2\n".replace("\n", line_end)
    assert find_instruction([], selection) == "do it"


@pytest.mark.parametrize(
    "text",
    [
        "ai: no comment", "# said: x", "# see ai: x", "# ai : x", "# air: x", "# ai:", "#   ai:   ", "x = '# aim'",
        "http://ai:80/x", "a--ai: x", 'x = "# ai: x"', "x = ` // ai: x`", '  "ai: x",', "  'ai: x': 1,", "  'ai: x',",
        "y = !ai: x", "x = ' ai: y", '"""ai: x"""', "", "# TODO(ai): x", "* ai: x", "ai: true",
    ],
)  # fmt: skip
def test_anything_else_is_not(text: str) -> None:
    assert find_instruction([text], text) is None


@pytest.mark.parametrize(
    ("comment", "instruction"),
    [
        ("# ai: one\n# two\n# three\nx = 1", "one\ntwo\nthree"),
        ("// ai: one\n//\n//  - two\ncode()", "one\n\n - two"),
        ("/* ai: one\n * two\n   three */ code()", "one\ntwo\nthree"),
        ("<!-- ai: one\ntwo -->\nthree", "one\ntwo"),
        ("# ai: one\n\n# not this\n", "one"),
        ("# ai: one\n// not this\n", "one"),
        ("x = 1  # ai: one\n       # two\n", "one\ntwo"),
        ("# ai: one\n# ai: two\n", "one\ntwo"),
        ("# ai: one\ncode()\n# llm: two\n", "one\ntwo"),
        ("REM ai: one\nrem two\n", "one\ntwo"),
        ("/* ai: one\nthe selection ends before the comment does", "one"),
    ],
)
def test_an_instruction_goes_on_over_the_comment_lines_that_follow(comment: str, instruction: str) -> None:
    assert find_instruction([], comment) == instruction


@pytest.mark.parametrize(
    ("above", "instruction"),
    [
        ("x = 1\n# ai: do it", "do it"),
        ("    # ai: do\n    # it", "do\nit"),
        ("/* ai: do\n * it\n */", "do\nit"),
        ("# ai: one\n# llm: two", "one\ntwo"),
        ("# ai: too far\n\n# llm: near", "near"),
        ("# ai: do it\nx = 1", None),
        ("# ai: do it\n\n", None),
        ("x = 1  # ai: about x", None),
        ("/* ai: about f */ f()", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("line_end", ["", "\n", "\r\n"])
def test_above_the_selection_it_stands_alone_on_the_lines_directly_above(
    above: str, instruction: str | None, line_end: str
) -> None:
    assert find_instruction([line + line_end for line in above.split("\n")], "f()\n") == instruction


def test_a_comment_in_the_selection_wins_over_one_above() -> None:
    assert find_instruction(["# ai: of last time"], "# ai: of now") == "of now"


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n# ai: do it||\n",
        "x = 1\n# ai: d||o it\n",
        "# ai: do it\n||\n",
        "# ai: do it\n    ||",
        "# ai: do it\n|\n|",
        "# ai: do it\n||f()\n",
        "# ai: do it\n    f(||)\n",
        "# ai: do it\r\n    |f()|\r\n",
        "f(||)  # ai: do it\n",
        "    |# ai: do it\n    f()|\n",
    ],
)
def test_an_instruction_is_found_from_the_cursor_or_selection(text: str) -> None:
    assert find_query("", marked(text)) == Query("do it", "comment")


def test_a_cursor_at_the_end_of_a_longer_comment_takes_all_of_it() -> None:
    assert find_query("", marked("# ai: do\n# it||\n")) == Query("do\nit", "comment")


def test_what_is_given_wins_and_is_passed_on_as_it_is() -> None:
    assert find_query(" as said\n", marked("|# ai: do it|")) == Query(" as said\n", "given")
    assert find_query(" \n", marked("|# ai: do it|")) == Query("do it", "comment")
    assert find_query("", marked("|f()|")) == Query("", "none")


def test_a_comment_far_above_costs_nothing() -> None:
    assert find_query("", marked("# ai: do it\n" + "x" * 10_000 + "\n||")) == Query("", "none")


SNIPPETS = st.lists(
    st.sampled_from(
        ["# ", "ai:", "llm:", "/*", "*/", "<!--", "--[[", "%{", '"', "`", " ", "\n", "\r", "rem ", "x", "é"]
    )
    | st.text(max_size=3)
).map("".join)


@given(st.lists(SNIPPETS, max_size=5), SNIPPETS)
def test_finding_never_raises_and_never_finds_nothing(above: list[str], selection: str) -> None:
    found = find_instruction(above, selection)
    assert found is None or found.strip()
    assert find_query("", marked(f"{''.join(above).replace('|', '')}|{selection.replace('|', '')}|")).text is not None


@given(SNIPPETS)
def test_an_instruction_is_made_of_the_text_it_stands_in(selection: str) -> None:
    found = find_instruction([], selection) or ""
    assert set(found) <= set(selection) | {"\n"}


def test_the_note_says_what_is_followed() -> None:
    assert instruction_note("replace", "given") == ""
    assert instruction_note("yap", "comment") == "following the ai: comment"
    assert instruction_note("replace", "none").startswith("no instruction: following the comments in the selection")
    assert instruction_note("yap", "none") == "no instruction: going on from here"
