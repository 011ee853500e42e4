from __future__ import annotations

import pytest

from lsp_llm.stream.snippet import page_snippet, snippet, snippet_near


@pytest.mark.parametrize(
    ("raw", "secret"),
    [
        ("Incorrect API key provided: sk-proj-abc123XYZ. See the manual", "abc123XYZ"),
        ("Authorization: Bearer eyJhbGciOi.J9 refused", "eyJhbGciOi"),
        ("GET /v1?key=AIzaSyA1234567890&x=1", "AIzaSyA"),
        ("https://user:hunter2@example.org/v1", "hunter2"),
        ('{"api_key": "0123456789"}', "0123456789"),
        ("x-api-key: s3cr3tvalue", "s3cr3tvalue"),
        ("gsk_0a1b2c3d4e5f", "0a1b2c3d"),
        ("azure 0123456789abcdef0123456789abcdef said no", "0123456789abcdef"),
    ],
)
def test_trap_44_secrets_are_hidden(raw: str, secret: str) -> None:
    assert secret in raw
    assert secret not in snippet(raw)
    assert "[hidden]" in snippet(raw.encode())


def test_the_names_of_models_stay_readable() -> None:
    sentence = "The model meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8 does not exist"
    assert snippet(sentence) == sentence


def test_one_short_printable_line() -> None:
    assert snippet("a\x1b[31m\r\n\tb\u202ec\x00") == "a [31m b c"
    assert snippet("word " * 100) == ("word " * 100)[:199] + "…"
    assert snippet(b"caf\xc3") == "caf\ufffd"


def test_of_a_page_only_what_a_reader_sees() -> None:
    page = b"<!doctype html><style>p {}</style><h1>502 Bad Gateway</h1><script>let a = '<p>'</script><!-- x --><p>nginx"
    assert page_snippet(page) == "502 Bad Gateway nginx"


def test_no_half_of_a_secret_is_left_at_the_cut() -> None:
    text = "x" * 100 + " sk-" + "a1" * 60 + " !"
    assert "a1" not in snippet_near(text, text.index("!"))
    assert "!" in snippet_near(text, text.index("!"))
