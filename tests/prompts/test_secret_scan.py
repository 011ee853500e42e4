from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.prompts.secret_scan import _BESIDE_A_WORD, _SHAPES, _looks_random, find_secrets


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in find_secrets(text)]


# No real keys: made up, of the length that the issuer's have.
SHAPES = [
    "sk-ant-api03-" + "aB3" * 12,
    "sk-proj-" + "Zz9" * 12,
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "a1B2_" * 10,
    "glpat-" + "a1B2" * 5,
    "AKIA" + "ABCD1234EFGH5678",
    "AIza" + "a1B2-" * 7,
    "gsk_" + "a1B2" * 10,
    "hf_" + "aBcD" * 9,
    "xoxb-123456789012-abcdef",
    "npm_" + "a1B2" * 9,
    "sk_" + "live_" + "a1B2" * 6,
    "SG." + "a1B2" * 5 + "." + "c3D4" * 8,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWhlcmU",
]


@pytest.mark.parametrize("secret", SHAPES)
def test_well_known_keys_are_known_by_their_shape(secret: str) -> None:
    for text in (secret, f'client = Client("{secret}")', f"x{chr(10)}{secret}{chr(10)}y", f"[{secret}](url)"):
        assert found(text) == [secret]


def test_a_private_key_is_one_secret_even_where_it_is_cut() -> None:
    block = "-----BEGIN RSA PRIVATE KEY-----\nabc\ndef\n-----END RSA PRIVATE KEY-----"
    assert found(f"a\n{block}\nb") == [block]
    assert found(f"a\n{block[:40]}") == [block[:40]]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('password = "hunter2-but-Longer9"', "hunter2-but-Longer9"),
        ("API_KEY=9f8e7d6c5b4a39281706", "9f8e7d6c5b4a39281706"),
        ("  'client_secret': 'q8Zt-4Vb_x0Lm7',", "q8Zt-4Vb_x0Lm7"),
        ('const authToken = "k3v9QwZp1LxT";', "k3v9QwZp1LxT"),
        ("accessKey: 7Gh2kL9pQ4rS", "7Gh2kL9pQ4rS"),
        ("DATABASE_URL=postgres://app:s3cr3tPa55@db.example/x", "s3cr3tPa55"),
        ('token: str = "k3v9QwZp1LxT"', "k3v9QwZp1LxT"),
        ("let token: Option<&str> = x; let api_token: &str = b'k3v9QwZp1LxT';", ""),
    ],
)
def test_a_value_beside_a_telling_word(text: str, secret: str) -> None:
    assert found(text) == ([secret] if secret else [])


@pytest.mark.parametrize(
    "text",
    [
        'password = os.environ["DB_PASSWORD_1"]',
        "token = self.tokens[index4]",
        'api_key = "your-api-key-1234"',
        'secret = "xxxxxxxxxxxx"',
        "password: ${DB_PASSWORD1}",
        "max_tokens = 100000000",
        "def tokenize2(text): return text.split()",
        'token_kind = "identifier"',
        "https://example.com/path:8080/x@y",
        "sk-learn is a library; sk-short",
        "commit 2f0c1a9b8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert found(text) == []


@given(st.text(alphabet="sk-ant_=:\"' \nAbz09", max_size=200))
def test_spans_are_in_order_and_do_not_touch(text: str) -> None:
    spans = find_secrets(text)
    assert all(start < end for start, end in spans)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))


@given(
    st.text(alphabet="sk-gh_pToKeN=\"' \nAbz09İſ:", max_size=80).map(lambda text: f"{text}token = 'aB3aB3aB3aB3'{text}")
)
def test_what_is_looked_for_by_its_beginning_is_found_wherever_it_stands(text: str) -> None:
    """The patterns alone, which are slow, find no more."""
    spans = find_secrets(text)
    for pattern in (_SHAPES, _BESIDE_A_WORD):
        for match in pattern.finditer(text):
            start, end = match.span(match.lastgroup or 0)
            if pattern is _SHAPES or _looks_random(text[start:end]):
                assert any(low <= start and end <= high for low, high in spans)
