from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.stream.filters.code_fence import CodeFence
from tests.every_way import filter_every_way


def filtered(answer: str) -> str:
    return filter_every_way(CodeFence, answer)


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("```python\nx = 1\n```\n\nThat sets x.\n", "x = 1\n"),
        ("\n\n~~~\nx = 1\n~~~", "x = 1\n"),
        ("```\r\nx\r\n```\r\nmore", "x\r\n"),
        ("``` c++ title=a\nx\n`````\nmore", "x\n"),
        ("  ```\n  x\n  ```\n", "  x\n"),
        ("```\n```", ""),
        ("```\nnever closed\n", "never closed\n"),
        ("```\nnever `closed`", "never `closed`"),
    ],
)
def test_the_content_of_the_fence_is_the_answer(answer: str, result: str) -> None:
    assert filtered(answer) == result


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "x = 1\n",
        "Here it is:\n```\nx\n```\n",
        "``x``\n",
        "```x``` is code\n",
        "```",
        "~~~ x",
        "\n \n",
        "# a\n\n```\nb\n```",
    ],
)
def test_an_answer_that_does_not_begin_with_a_fence_stays(answer: str) -> None:
    assert filtered(answer) == answer


@pytest.mark.parametrize(
    "content",
    [
        "# Title\n```python\nx\n```\nend\n",
        "```a\n```b\n```\n```\n",
        "    ```\n    x\n    ```\n",
        " ```\nx\n ```\n",
        "~~~\nx\n~~~\n",
        'a = "```"\n``` ` \n``x\n',
    ],
)
def test_fences_inside_survive(content: str) -> None:
    assert filtered(f"```markdown\n{content}```\nBye.") == content


def test_a_longer_outer_fence_keeps_shorter_ones() -> None:
    content = "```\nx\n```\n```python\ny\n"
    assert filtered(f"````\n{content}````\nBye.") == content


def test_text_streams_while_only_a_possible_fence_waits() -> None:
    fence = CodeFence()
    parts = ["```py\nx = ", "1\n``", "y", "\n```", "\n"]
    assert [fence.push(part).text for part in parts] == ["x = ", "1\n", "``y", "\n", ""]


PARTS = st.sampled_from(["```", "~~~", "`", "~", "\n", "\r\n", " ", "\t", "x", "python", "é😀\u2028"])


@given(st.lists(PARTS, max_size=12).map("".join))
def test_cuts_do_not_matter(answer: str) -> None:
    assert filtered(answer) in answer


@given(st.text(st.sampled_from("xé😀\u2028\n"), max_size=20))
def test_content_without_fences_comes_back_exactly(content: str) -> None:
    assert filtered(f"```\n{content}\n```\nBye.") == f"{content}\n"
    assert filtered(f"a{content}") == f"a{content}"
