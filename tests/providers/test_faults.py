from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.errors import (
    Auth,
    BadResponse,
    ContextExceeded,
    NotFound,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)
from lsp_llm.providers.faults import error_in_stream, error_of_answer
from tests.providers.recorded import body_of, head_of


def error(status: int, body: object, **headers: str) -> ProviderError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return error_of_answer(status, headers, raw)


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        ("llamacpp/err_401", Auth, "The host does not accept the API key (401): Invalid API Key"),
        ("llamacpp/err_404", NotFound, "The host knows no such model or path (404): File Not Found"),
        ("llamacpp/err_badjson", Refused, "The host refused the request (400): [json.exception.parse_error.101] parse"),
        (
            "llamacpp/err_context",
            ContextExceeded,
            "The prompt is too long for the model (400): request (60020 tokens) exceeds the available context size "
            "(4096 tokens), try increasing it",
        ),
        ("aimock/chat_429", RateLimited, "The host limits the rate of requests (429): Rate limited"),
    ],
)
def test_recordings(name: str, kind: type, sentence: str) -> None:
    fault = error_of_answer(*head_of(name), body_of(name))
    assert type(fault) is kind
    assert str(fault).startswith(sentence)
    assert fault.hint


OPENAI = {"message": "m", "type": "invalid_request_error", "param": None, "code": None}


@pytest.mark.parametrize(
    ("status", "body", "kind", "sentence"),
    [
        (401, {"error": {**OPENAI, "code": "invalid_api_key"}}, Auth, "The host does not accept the API key (401): m"),
        (400, [{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}], Auth, ""),
        (403, {"error": OPENAI}, Auth, "The host denies access (403): m"),
        (404, {"error": {**OPENAI, "code": "model_not_found"}}, NotFound, ""),
        (404, {"error": "model 'x' not found"}, NotFound, "The host knows no such model or path (404): model 'x' not"),
        (405, {"detail": "Method Not Allowed"}, NotFound, ""),
        (
            429,
            {"error": {**OPENAI, "code": "insufficient_quota"}},
            Refused,
            "The account has no credit or quota left (429): m",
        ),
        (
            402,
            {"error": {"code": 402, "message": "Insufficient Balance"}},
            Refused,
            "The account has no credit or quota left",
        ),
        (429, {"error": {**OPENAI, "code": "slow_down"}}, RateLimited, ""),
        (498, {"error": {"message": "m", "type": "capacity_exceeded"}}, RateLimited, ""),
        (413, {"error": {"message": "TPM", "type": "tokens", "code": "rate_limit_exceeded"}}, ContextExceeded, ""),
        (400, {"error": {**OPENAI, "code": "context_length_exceeded"}}, ContextExceeded, ""),
        (
            400,
            {"object": "error", "message": "This model's maximum context length is 4096 tokens."},
            ContextExceeded,
            "",
        ),
        (
            400,
            {"error": {**OPENAI, "code": "content_filter"}},
            Refused,
            "The host's content filter stopped the request",
        ),
        (422, {"object": "error", "message": "m", "type": "x"}, Refused, "The host refused the request (422): m"),
        (422, {"detail": [{"loc": ["body", "n"], "msg": "too low", "input": "SECRET"}]}, Refused, "The host refused"),
        (400, {"error": []}, Refused, "The host refused the request (400): {"),
        (400, b"", Refused, "The host refused the request (400)."),
        (500, {"error": {**OPENAI, "type": "server_error"}}, Unavailable, "The host is not available (500): m"),
        (503, {"error": {**OPENAI, "code": "server_is_overloaded"}}, Unavailable, ""),
        (529, {"type": "error", "error": {"type": "overloaded_error", "message": "m"}}, Unavailable, ""),
        (502, b"<html><h1>502 Bad Gateway</h1>", Unavailable, "The host is not available (502): 502 Bad Gateway"),
        (
            401,
            {"message": "Unauthorized", "request_id": "r"},
            Auth,
            "The host does not accept the API key (401): Unauth",
        ),
        (
            200,
            {"message": "Hello"},
            BadResponse,
            "The host answered (200) with something else instead of a stream: Hello",
        ),
        (408, b"", Unavailable, "The host is not available (408)."),
        (200, b"<html>Sign in</html>", BadResponse, "The host answered (200) with a web page instead of a stream"),
        (204, b"", BadResponse, "The host answered (204) with nothing instead of a stream."),
        (200, {"error": {"message": "m", "code": "503"}}, Unavailable, "The host is not available (503): m"),
    ],
)
def test_every_shape_of_error(status: int, body: object, kind: type, sentence: str) -> None:
    fault = error(status, body)
    assert type(fault) is kind, str(fault)
    assert str(fault).startswith(sentence)
    assert fault.hint


def test_the_wait_is_told() -> None:
    fault = error(429, {"error": OPENAI}, **{"retry-after": "20"})
    assert isinstance(fault, RateLimited)
    assert (fault.retry_after_seconds, fault.hint) == (20, "Try again in 20 s.")
    fault = error(429, {"error": {**OPENAI, "message": "Please try again in 5.289s."}})
    assert isinstance(fault, RateLimited)
    assert (fault.retry_after_seconds, fault.hint) == (5.289, "Try again in 5.289 s.")
    assert error(429, b"").hint == "Wait a little, then try again."


def test_the_parameter_is_named() -> None:
    fault = error(400, {"error": {**OPENAI, "param": "temperature", "code": "unsupported_value"}})
    assert fault.hint == "The host names the parameter temperature: change or remove it in the preset's params."


def test_fastapi_tells_the_place_and_never_the_input() -> None:
    body = {"detail": [{"loc": ["body", "n"], "msg": "too low", "input": "SECRET"}, {"loc": [], "msg": "bad"}]}
    assert str(error(422, body)) == "The host refused the request (422): body.n: too low; bad"


def test_openrouter_hands_on_the_words_of_the_host_behind_it() -> None:
    raw = json.dumps({"error": {"message": "Overloaded", "type": "overloaded_error"}})
    body = {"error": {"code": 502, "message": "Provider returned error", "metadata": {"raw": raw}}}
    assert str(error(502, body)) == "The host is not available (502): Provider returned error; Overloaded"


def test_trap_36_a_redirect_names_its_target_without_the_query() -> None:
    fault = error(301, b"", location="https://example.org/v1?key=abcdef")
    assert str(fault) == "The host redirects (301) to https://example.org/v1."
    assert fault.hint == "Put the address of the API itself into base_url."


def test_trap_44_secrets_are_never_repeated() -> None:
    fault = error(401, {"error": {**OPENAI, "message": "Incorrect API key provided: sk-proj-abc123456"}})
    assert str(fault) == "The host does not accept the API key (401): Incorrect API [hidden]"
    assert "sk-proj" not in fault.hint


def test_a_value_without_an_error_is_none() -> None:
    values: list[object] = [
        {"choices": []},
        {"error": None},
        {"type": "status", "message": "loading", "detail": "x"},
        {"message": {"role": "assistant"}},
        [],
        "x",
        None,
        7,
    ]
    assert [error_in_stream(value) for value in values] == [None] * len(values)


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "message", "detail", "code", "loc", "msg", "metadata", "raw"]), inner
        )
    ),
)


@given(JSON, st.sampled_from([200, 301, 400, 401, 429, 500]))
def test_any_body_gives_a_sentence(value: object, status: int) -> None:
    fault = error(status, {"error": value})
    assert str(fault)
    assert str(error(status, value))


def quota(quota_id: str) -> dict[str, object]:
    """As Google's hosts answer: the time to wait stands in the body."""
    details = [
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": quota_id}]},
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "31s"},
    ]
    return {"error": {"code": 429, "message": "m", "status": "RESOURCE_EXHAUSTED", "details": details}}


def test_the_wait_that_a_body_names() -> None:
    for body in (quota("RequestsPerMinutePerProject"), [quota("RequestsPerMinutePerProject")]):
        fault = error(429, body)
        assert isinstance(fault, RateLimited)
        assert fault.retry_after_seconds == 31


def test_a_budget_of_the_day_is_not_waited_for() -> None:
    assert type(error(429, quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier"))) is Refused


def test_a_host_that_is_down_may_say_for_how_long() -> None:
    fault = error_of_answer(503, {"retry-after": "5"}, b"")
    assert isinstance(fault, Unavailable)
    assert fault.retry_after_seconds == 5


def test_a_refusal_knows_the_parameter_that_it_names() -> None:
    fault = error(400, {"error": {"message": "m", "param": "temperature"}})
    assert isinstance(fault, Refused)
    assert fault.parameter == "temperature"


@pytest.mark.parametrize(
    ("message", "code", "kind"),
    [
        ("Your credit balance is too low to access the API", "invalid_request_error", Refused),
        ("input length and `max_tokens` exceed context limit: 1 + 2 > 3", "invalid_request_error", ContextExceeded),
        ("no", "invalid_prompt", Refused),
        ("no", "misalignment_policy", Refused),
    ],
)
def test_words_of_hosts(message: str, code: str, kind: type) -> None:
    assert type(error(400, {"error": {"message": message, "type": code}})) is kind
    assert type(error_in_stream({"error": {"message": message, "type": code}})) is kind


@pytest.mark.parametrize("body", [b"{}", b"[]", b" {} "])
def test_an_empty_object_says_nothing(body: bytes) -> None:
    assert str(error_of_answer(401, {}, body)) == "The host does not accept the API key (401)."
