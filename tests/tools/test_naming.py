import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.tools.naming import is_name, prefixed


@given(st.text(max_size=100), st.text(max_size=100))
def test_every_host_takes_the_name_of_every_tool(server: str, tool: str) -> None:
    assert is_name(prefixed(server, tool))


def test_plain_names_stay_readable() -> None:
    assert prefixed("time", "get_current_time") == "time__get_current_time"


def test_different_tools_keep_different_names() -> None:
    tools = ["a.b", "a_b", "a/b", "a b", "x" * 100, "x" * 101, "ä", "ö"]
    assert len({prefixed("s", tool) for tool in tools}) == len(tools)


@pytest.mark.parametrize("name", ["", "1a", "a.b", "a b", "x" * 65, "ä", "-a", "a\n"])
def test_odd_names_are_none(name: str) -> None:
    assert not is_name(name)
