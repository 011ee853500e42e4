from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.config.secrets import Secret, find_key, key_variable, redact
from lsp_llm.config.settings import Provider
from lsp_llm.errors import UserError

SECRET = "sk-live-0123456789"


def nothing_runs(command: str) -> str:
    raise AssertionError(f"ran {command}")


def revealed(
    provider: Provider,
    default_env: str,
    environ: dict[str, str],
    printed: str | None = None,
    ask_keyring: Callable[[str], str | None] = lambda name: None,
) -> str | None:
    run = nothing_runs if printed is None else lambda _: printed
    key = find_key("o", provider, default_env, environ, run, ask_keyring)
    return key.reveal() if key else None


@pytest.mark.parametrize("shown", [repr, str, "{}".format, "{!r:>20}".format, lambda secret: repr([secret])])
def test_a_secret_never_shows(shown: object) -> None:
    assert callable(shown)
    assert SECRET not in shown(Secret(SECRET))
    assert not hasattr(Secret(SECRET), "__dict__")


@pytest.mark.parametrize(
    ("provider", "environ", "printed", "key"),
    [
        (Provider(), {"USUAL": "u"}, None, "u"),
        (Provider(api_key_env="MINE"), {"MINE": "m", "USUAL": "u"}, None, "m"),
        (Provider(api_key_env="MINE", api_key_command="c"), {"MINE": "m"}, None, "m"),
        (Provider(api_key_env="MINE", api_key_command="c"), {"USUAL": "u"}, "c", "c"),
        (Provider(api_key_command="c"), {"USUAL": "u"}, "c", "c"),
        (Provider(), {"USUAL": " u\r\n"}, None, "u"),
        (Provider(auth="none"), {"USUAL": "u"}, None, None),
        (Provider(auth="none", api_key_command="c"), {}, None, None),
    ],
)
def test_where_a_key_is_looked_for(
    provider: Provider, environ: dict[str, str], printed: str | None, key: str | None
) -> None:
    assert revealed(provider, "USUAL", environ, printed) == key


def test_no_key_is_asked_for_where_nothing_names_one() -> None:
    assert revealed(Provider(), "", {}) is None


@pytest.mark.parametrize(
    ("provider", "environ", "variable"),
    [
        (Provider(), {}, "USUAL"),
        (Provider(), {"USUAL": " "}, "USUAL"),
        (Provider(api_key_env="MINE"), {"USUAL": "u"}, "MINE"),
    ],
)
def test_a_missing_key_says_what_to_set(provider: Provider, environ: dict[str, str], variable: str) -> None:
    with pytest.raises(UserError) as raised:
        revealed(provider, "USUAL", environ)
    assert str(raised.value) == (
        f"no API key for o: set the environment variable {variable} where the editor starts, "
        "api_key_command below [providers.o] in the settings, or the password of o for lsp-llm in the system keyring"
    )


@pytest.mark.parametrize("provider", [Provider(api_key_env="MINE"), Provider(base_url="https://host"), Provider()])
def test_the_keyring_is_asked_last(provider: Provider) -> None:
    default_env = "" if provider.base_url else "USUAL"
    assert revealed(provider, default_env, {}, ask_keyring=lambda name: f"kept-for-{name}") == "kept-for-o"


@pytest.mark.parametrize(
    ("provider", "environ", "printed"),
    [
        (Provider(), {"USUAL": "u"}, None),
        (Provider(api_key_command="c"), {}, "c"),
        (Provider(auth="none", base_url="https://host"), {}, None),
        (Provider(auth="google", base_url="https://host"), {}, None),
    ],
)
def test_the_keyring_is_not_asked_where_the_key_is_known(
    provider: Provider, environ: dict[str, str], printed: str | None
) -> None:
    revealed(provider, "USUAL", environ, printed, ask_keyring=nothing_runs)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:80", "127.9.9.9"])
def test_the_keyring_is_not_asked_for_a_server_on_this_machine(host: str) -> None:
    assert revealed(Provider(base_url=f"http://{host}/v1"), "", {}, ask_keyring=nothing_runs) is None


def test_a_keyring_that_fails_is_said() -> None:
    def locked(name: str) -> str:
        raise UserError("did not answer within 10 s; is it locked?")

    with pytest.raises(UserError) as raised:
        revealed(Provider(), "USUAL", {}, ask_keyring=locked)
    assert str(raised.value) == "no API key for o: the system keyring did not answer within 10 s; is it locked?"


def test_an_address_that_is_none_is_not_the_keyrings_matter() -> None:
    assert revealed(Provider(base_url="http://["), "", {}) is None


def test_a_command_that_prints_nothing_is_named() -> None:
    with pytest.raises(UserError, match=r"^providers\.o\.api_key_command printed no key"):
        revealed(Provider(api_key_command="c"), "", {}, "")


def test_a_command_that_fails_is_named() -> None:
    def fails(command: str) -> str:
        raise UserError("ended with exit code 3")

    with pytest.raises(UserError, match=r'^providers\."a b"\.api_key_command ended with exit code 3$'):
        find_key("a b", Provider(api_key_command="c"), "", {}, fails)


@pytest.mark.parametrize("value", [f"{SECRET} x", f"{SECRET}\nx", f"{SECRET}ü", f"{SECRET}\x00"])
def test_what_cannot_be_a_key_is_refused_unseen(value: str) -> None:
    with pytest.raises(UserError) as raised:
        revealed(Provider(), "USUAL", {"USUAL": value})
    assert "USUAL" in str(raised.value)
    assert SECRET not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize(
    ("provider", "variable"),
    [
        (Provider(), "USUAL"),
        (Provider(api_key_env="MINE"), "MINE"),
        (Provider(api_key_command="c"), ""),
        (Provider(auth="none", api_key_env="MINE"), ""),
    ],
)
def test_which_variable_holds_the_key(provider: Provider, variable: str) -> None:
    assert key_variable(provider, "USUAL") == variable


def test_the_longer_of_two_secrets_goes_first() -> None:
    assert redact("ab abc", [Secret("ab"), Secret("abc"), Secret("")]) == "[redacted] [redacted]"


def test_the_mark_itself_is_left_alone() -> None:
    assert redact("abc", [Secret("abc"), Secret("red")]) == "[redacted]"


# Brackets are left out: a key such as "[redacte" would be found again in the mark.
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="[]"), min_size=10)


@given(KEYS, st.text(), st.text())
def test_no_form_of_a_secret_is_left(key: str, before: str, after: str) -> None:
    for form in (key, quote(key, safe=""), json.dumps(key)[1:-1]):
        text = redact(f"{before}{form}{after}", [Secret(key)])
        assert "[redacted]" in text
        assert form not in text
