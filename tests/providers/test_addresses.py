from __future__ import annotations

import pytest

from lsp_llm.config.settings import OAuth, Provider
from lsp_llm.errors import UserError
from lsp_llm.providers.addresses import Blank, endpoint, filled, google_host, ollama_address

REGION = Blank("region", ("FIRST_REGION", "SECOND_REGION"))
PROVIDER = Provider(base_url="https://{region}.host/v1")


@pytest.mark.parametrize(
    ("address", "environ", "host"),
    [
        ({"region": "a"}, {"FIRST_REGION": "b"}, "a.host"),
        ({}, {"FIRST_REGION": "b", "SECOND_REGION": "c"}, "b.host"),
        ({}, {"FIRST_REGION": " ", "SECOND_REGION": " c\n"}, "c.host"),
    ],
)
def test_settings_stand_above_the_environment(address: dict[str, str], environ: dict[str, str], host: str) -> None:
    provider = Provider(base_url=PROVIDER.base_url, address=address)
    assert filled("p", provider, [REGION], environ).base_url == f"https://{host}/v1"


def test_blanks_are_filled_wherever_an_address_is_said() -> None:
    provider = Provider(
        base_url="{a}/x",
        path="/{b}/{model}",
        query={"q": "{b}"},
        headers={"H": "{b}"},
        auth="oauth",
        oauth=OAuth(token_url="{a}/token", client_id="{c}"),
        address={"a": "https://host", "b": "two", "c": "me"},
    )
    whole = filled("p", provider, [], {})
    assert (whole.base_url, whole.path, whole.query, whole.headers) == (
        "https://host/x",
        "/two/{model}",
        {"q": "two"},
        {"H": "two"},
    )
    assert (whole.oauth.token_url, whole.oauth.client_id) == ("https://host/token", "me")


def test_a_value_may_be_made_of_another_and_has_a_usual_one() -> None:
    blanks = [Blank("area", default="global"), Blank("host", of="area", tidy=google_host)]
    provider = Provider(base_url="https://{host}/{area}")
    assert filled("p", provider, blanks, {}).base_url == "https://aiplatform.googleapis.com/global"


def test_what_only_the_host_can_say_stays_a_blank() -> None:
    provider = Provider(base_url="https://host/{deployment}")
    assert filled("p", provider, [Blank("deployment")], {}).base_url == "https://host/{deployment}"


@pytest.mark.parametrize(
    ("base_url", "blanks", "said"),
    [
        (
            "https://{region}.host",
            [REGION],
            'provider "p" needs region: set it in [providers.p.address], or in the environment (FIRST_REGION)',
        ),
        (
            "https://{region}.{zone}.{area}",
            [REGION, Blank("zone", ("ZONE",))],
            'provider "p" needs region, zone and area: set them in [providers.p.address], '
            "or in the environment (FIRST_REGION and ZONE)",
        ),
        ("https://{other}", [], 'provider "p" needs other: set it in [providers.p.address]'),
    ],
)
def test_all_that_is_missing_is_named_at_once(base_url: str, blanks: list[Blank], said: str) -> None:
    with pytest.raises(UserError) as raised:
        filled("p", Provider(base_url=base_url), blanks, {})
    assert str(raised.value) == said


def test_the_address_of_tokens_is_needed_only_where_they_are() -> None:
    oauth = OAuth(token_url="{auth_url}/token")
    assert filled("p", Provider(base_url="https://host", oauth=oauth), [], {})
    with pytest.raises(UserError, match="needs auth_url"):
        filled("p", Provider(base_url="https://host", auth="oauth", oauth=oauth), [], {})


@pytest.mark.parametrize("value", ["a b", "a\nb", "a?b", "a#b", "a{region}", "ä", "a\\b"])
def test_a_value_that_would_make_another_address_is_refused_unseen(value: str) -> None:
    with pytest.raises(UserError) as raised:
        filled("p", PROVIDER, [REGION], {"FIRST_REGION": value})
    assert str(raised.value) == 'provider "p": the value of region holds a character that no address has'


def test_braces_that_are_no_blank_stay() -> None:
    provider = Provider(base_url="https://host", headers={"X": '{"a": 1}', "Y": "{UPPER}"})
    assert filled("p", provider, [], {}).headers == provider.headers


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("global", "aiplatform.googleapis.com"),
        ("eu", "aiplatform.eu.rep.googleapis.com"),
        ("us", "aiplatform.us.rep.googleapis.com"),
        ("europe-west4", "europe-west4-aiplatform.googleapis.com"),
    ],
)
def test_where_vertex_is(location: str, host: str) -> None:
    assert google_host(location) == host


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:5050", "http://127.0.0.1:5050"),
        (":5050", "http://127.0.0.1:5050"),
        ("[::]:5050", "http://[::1]:5050"),
        ("box", "http://box:11434"),
        ("http://box", "http://box"),
        ("https://box:1/ollama/", "https://box:1/ollama"),
        ("box:port", "box:port"),
    ],
)
def test_where_ollama_is(value: str, address: str) -> None:
    assert ollama_address(value) == address


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("https://a.example", "https://a.example"),
        ("https://a.example/", "https://a.example"),
        ("a.example/v2/", "https://a.example"),
        ("http://a.example/x/v2", "http://a.example/x"),
    ],
)
def test_an_address_is_cut_to_the_common_part(value: str, address: str) -> None:
    assert endpoint("/v2")(value) == address
