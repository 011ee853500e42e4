"""What a host's refusal means, whatever shape it has; it repeats no secret and at most a line of the host's.

Kinds are told by the host's own words first (a 429 without credit is not a rate limit), then by the status,
then by the vaguer words. Shared by the dialects of OpenAI's family.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import assert_never

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
from lsp_llm.providers.fault_shapes import Fault, fault_in_body, fault_in_json
from lsp_llm.providers.retry_after import retry_after_seconds
from lsp_llm.stream.snippet import snippet

_NO_HEADERS: Mapping[str, str] = {}


class _Kind(Enum):
    AUTH = auto()
    NOT_FOUND = auto()
    RATE_LIMITED = auto()
    NO_CREDIT = auto()
    CONTEXT = auto()
    FILTERED = auto()
    REFUSED = auto()
    UNAVAILABLE = auto()
    REDIRECT = auto()
    BAD = auto()


_STRONG_WORDS: tuple[tuple[_Kind, re.Pattern[str]], ...] = (
    (
        _Kind.NO_CREDIT,
        # A budget of the day or the month is no matter of seconds either.
        re.compile(
            r"insufficient_quota|credit[_ ]balance|insufficient[ _](balance|credit|funds)|billing_|per(day|month)\b"
            r"|perday(?=per)|spend limit"
        ),
    ),
    (
        _Kind.CONTEXT,
        re.compile(
            r"context_length_exceeded|exceed_context_size|context_window_exceeded|prompt is too long|prompt_too_long"
            r"|maximum context length|available context size|exceeds the (maximum number of tokens|context window)"
            r"|exceed context limit"
        ),
    ),
    (
        _Kind.AUTH,
        re.compile(r"invalid_api_key|invalid api key|incorrect api key|api key not valid|authentication_error"),
    ),
    (_Kind.FILTERED, re.compile(r"content_filter|content_policy|misalignment_policy|bio_policy|responsibleai")),
    (_Kind.NOT_FOUND, re.compile(r"model_not_found|not_found_error|invalid_model")),
    (_Kind.UNAVAILABLE, re.compile(r"overloaded|service_unavailable")),
    (_Kind.RATE_LIMITED, re.compile(r"rate_limit|slow_down|too_many_requests|capacity_exceeded|resource_exhausted")),
)
_WEAK_WORDS: tuple[tuple[_Kind, re.Pattern[str]], ...] = (
    (
        _Kind.REFUSED,
        re.compile(r"invalid_request|invalid_prompt|bad_request|badrequest|invalid_argument|unprocessable|unsupported"),
    ),
)
_KIND_OF_STATUS: Mapping[int, _Kind] = {
    401: _Kind.AUTH,
    403: _Kind.AUTH,
    402: _Kind.NO_CREDIT,
    404: _Kind.NOT_FOUND,
    405: _Kind.NOT_FOUND,
    410: _Kind.NOT_FOUND,
    501: _Kind.NOT_FOUND,
    413: _Kind.CONTEXT,
    429: _Kind.RATE_LIMITED,
    498: _Kind.RATE_LIMITED,
    408: _Kind.UNAVAILABLE,
}


def error_of_answer(status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
    """The meaning of an answer that is no stream; `headers` has lower-case names."""
    fault = fault_in_body(body)
    if 300 <= status < 400:
        return _error(_Kind.REDIRECT, fault, status, headers)
    if status >= 400:
        return _error(_kind(fault, status), fault, status, headers)
    if fault.stated:
        return _error(_kind(fault, fault.status), fault, fault.status, headers)
    return _error(_Kind.BAD, fault, status, headers)


def error_in_stream(value: object) -> ProviderError | None:
    """The meaning of a JSON value that came inside a stream; None if it reports no error."""
    fault = fault_in_json(value)
    return _error(_kind(fault, fault.status), fault, fault.status, _NO_HEADERS) if fault else None


def _kind(fault: Fault, status: int) -> _Kind:
    # Waiting does not help a request that is too large by itself, although Groq calls it a rate limit.
    if status == 413:
        return _Kind.CONTEXT
    return _by_words(_STRONG_WORDS, fault) or _by_status(status) or _by_words(_WEAK_WORDS, fault) or _Kind.UNAVAILABLE


def _by_words(table: tuple[tuple[_Kind, re.Pattern[str]], ...], fault: Fault) -> _Kind | None:
    return next((kind for kind, words in table if words.search(fault.words)), None)


def _by_status(status: int) -> _Kind | None:
    known = _KIND_OF_STATUS.get(status)
    if known is not None or status < 400:
        return known
    return _Kind.REFUSED if status < 500 else _Kind.UNAVAILABLE


def _error(kind: _Kind, fault: Fault, status: int, headers: Mapping[str, str]) -> ProviderError:
    def say(sentence: str) -> str:
        numbered = f"{sentence} ({status})" if status else sentence
        return f"{numbered}: {fault.message}" if fault.message else f"{numbered}."

    match kind:
        case _Kind.AUTH if status == 403:
            return Auth(say("The host denies access"), "Check that this key may use this model.")
        case _Kind.AUTH:
            return Auth(
                say("The host does not accept the API key"),
                "Check the key that api_key_env or api_key_command of this provider gives.",
            )
        case _Kind.NOT_FOUND:
            return NotFound(
                say("The host knows no such model or path"),
                "Check the preset's model, and the provider's base_url and path.",
            )
        case _Kind.RATE_LIMITED:
            wait_seconds = retry_after_seconds(headers, fault.message, fault.delay)
            return RateLimited(say("The host limits the rate of requests"), _when(wait_seconds), wait_seconds)
        case _Kind.NO_CREDIT:
            return Refused(
                say("The account has no credit or quota left"), "Add credit at the provider, or choose another preset."
            )
        case _Kind.CONTEXT:
            return ContextExceeded(
                say("The prompt is too long for the model"),
                "Select less, lower context.max_tokens, or choose a model with a larger context.",
            )
        case _Kind.FILTERED:
            return Refused(say("The host's content filter stopped the request"), "Rephrase the request.")
        case _Kind.REFUSED:
            return Refused(say("The host refused the request"), _what_to_change(fault), fault.parameter)
        case _Kind.UNAVAILABLE:
            hint = "Try again in a moment, or choose another preset."
            wait_seconds = retry_after_seconds(headers, fault.message, fault.delay)
            return Unavailable(say("The host is not available"), hint, wait_seconds)
        case _Kind.REDIRECT:
            target = snippet(headers.get("location", "").partition("?")[0]) or "another address"
            return BadResponse(
                f"The host redirects ({status}) to {target}.", "Put the address of the API itself into base_url."
            )
        case _Kind.BAD:
            return BadResponse(_unexpected(fault, status), "Check base_url; a proxy or a login page may be in the way.")
        case _:
            assert_never(kind)


def _unexpected(fault: Fault, status: int) -> str:
    what = "a web page" if fault.is_page else "something else" if fault.message else "nothing"
    said = f": {fault.message}" if fault.message else "."
    return f"The host answered ({status}) with {what} instead of a stream{said}"


def _when(wait_seconds: float | None) -> str:
    return f"Try again in {wait_seconds:g} s." if wait_seconds else "Wait a little, then try again."


def _what_to_change(fault: Fault) -> str:
    if fault.parameter:
        return f"The host names the parameter {fault.parameter}: change or remove it in the preset's params."
    return "Check the preset's params; system = false helps where a model takes no system role."
