from typing import Any

import pytest

from lsp_llm.tools.mcp_content import text_of


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ({"type": "text", "text": "hello"}, "hello"),
        ({"type": "image", "data": "AAAA", "mimeType": "image/png"}, "[image, image/png, which cannot be shown]"),
        ({"type": "audio", "data": "AAAA", "mimeType": "audio/wav"}, "[audio, audio/wav, which cannot be shown]"),
        ({"type": "resource", "resource": {"uri": "file:///a", "text": "A"}}, "file:///a:\nA"),
        (
            {"type": "resource", "resource": {"uri": "file:///a", "blob": "AAAA"}},
            "[resource file:///a, which is no text]",
        ),
        ({"type": "resource_link", "uri": "file:///a", "name": "a"}, "[resource file:///a]"),
        ({"type": "hologram"}, "[hologram, which cannot be shown]"),
        ({}, "[something, which cannot be shown]"),
    ],
)
def test_each_block_is_text_or_named(block: dict[str, Any], text: str) -> None:
    assert text_of([block], None) == text


def test_blocks_are_lines_and_what_is_structured_stands_in_for_none() -> None:
    two = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert text_of(two, {"c": 1}) == "a\nb"
    assert text_of([], {"c": 1}) == '{"c":1}'
    assert text_of([], None) == ""
