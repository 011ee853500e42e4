import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.context.mentions import Mention, find_mentions


def found(text: str) -> list[str]:
    """What each mention stands for."""
    return [mention.path or mention.target for mention in find_mentions(text)]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("see @src/a.py", ["src/a.py"]),
        ("@src/a.py, @b.md; (@c/d) and @e.txt.", ["src/a.py", "b.md", "c/d", "e.txt"]),
        ("is it @src/a.py? or @b.py!", ["src/a.py", "b.py"]),
        ("all of @src/ and @.", ["src/", "."]),
        ("up @../a and @.. and @./b", ["../a", "..", "./b"]),
        ("@.github/ci.yml:", [".github/ci.yml"]),
        ('@"my file.md" and @"a".', ["my file.md", "a"]),
        ("@app/(group)/page.tsx (@app/(group))", ["app/(group)/page.tsx", "app/(group)"]),
        ("@app/[id].ts [@a]", ["app/[id].ts", "a"]),
        ("@buffer @diagnostics @diff @symbols", ["buffer", "diagnostics", "diff", "symbols"]),
        ("fix @diagnostics.", ["diagnostics"]),
        ("@diff/a @buffers @diff.py @./diff", ["diff/a", "buffers", "diff.py", "./diff"]),
        ("# ai: like @a.py", ["a.py"]),
        ("//@a.py", ["a.py"]),
        ("@Größe/ß.py", ["Größe/ß.py"]),
        ("@a.py\n@b.py", ["a.py", "b.py"]),
    ],
)
def test_mentions_are_found(text: str, mentions: list[str]) -> None:
    assert found(text) == mentions


@pytest.mark.parametrize(
    "text",
    [
        "anna@example.org",
        "git@github.com:a/b.git",
        "mail me @ home",
        "ends with @",
        "user@",
        "@@ -1,2 +3 @@",
        "left-pad@1.2.3",
        '@""',
        "@'",
        "@,",
        "@...",
    ],
)
def test_other_at_signs_are_none(text: str) -> None:
    assert found(text) == []


def test_code_is_told_from_prose() -> None:
    text = "use `@property` and\n```python\n@diff\n@a.b\n```\n@property ~~~ @c\n~~~\n@d\n"
    mentions = [(mention.path, mention.is_code) for mention in find_mentions(text)]
    assert mentions == [
        ("property", True),
        ("diff", True),
        ("a.b", True),
        ("property", False),
        ("c", False),
        ("d", True),
    ]


def test_spans_are_those_of_the_text() -> None:
    text = 'see @src/a.py. and @"b c" or @diff'
    assert [text[mention.start : mention.end] for mention in find_mentions(text)] == ["@src/a.py", '@"b c"', "@diff"]
    assert find_mentions("@diff") == (Mention(0, 5, "diff"),)


@given(st.text('@"ab./`~ \n(){}[]\\\ud800\0é', max_size=60))
def test_any_text_has_mentions_in_order_that_do_not_overlap(text: str) -> None:
    end = 0
    for mention in find_mentions(text):
        assert end <= mention.start < mention.end <= len(text)
        assert text[mention.start] == "@"
        assert mention.path in text
        end = mention.end
