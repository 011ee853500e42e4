from __future__ import annotations

import json

import pytest

from lsp_llm.lsp.mending import in_utf8, without_half_characters


def test_utf_8_stays_as_it_is() -> None:
    for body in (b'{"a":"b"}', '{"a":"é€😀"}'.encode()):
        assert in_utf8(body) is body


def test_bytes_that_are_no_utf_8_become_replacement_characters() -> None:
    assert in_utf8(b'{"a":"caf\xe9!"}') == '{"a":"caf\ufffd!"}'.encode()


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (r"\ud83d", "\ufffd"),
        (r"a\ude00b", "a\ufffdb"),
        (r"\ud83d\ud83d\ude00", "\ufffd😀"),
        (r"\ud83d\ude00", "😀"),
        (r"\\ud83d", r"\ud83d"),
    ],
)
def test_half_a_surrogate_pair_is_one_utf_16_unit_still(escaped: str, text: str) -> None:
    mended = without_half_characters(f'{{"text": "{escaped}"}}'.encode())
    assert json.loads(mended) == {"text": text}


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        without_half_characters(b"{")
