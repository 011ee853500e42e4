"""The many shapes in which hosts write an error, read into one; it never decides what the error means.

Of a body only the fields that describe the error are read: some hosts echo the whole request beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lsp_llm.errors import BadResponse
from lsp_llm.stream.payload import loose_json
from lsp_llm.stream.snippet import page_snippet, snippet

_MESSAGE_FIELDS = ("message", "msg", "detail", "error_description")
_WORD_FIELDS = ("type", "code", "status", "param")
_MATCHED_CHARACTERS = 4_000
_PARAMETER_CHARACTERS = 60
_STATUS_OF_FAILURE = re.compile(r"[45][0-9]{2}")


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as the host put it; `message` is one safe line, `words` is lower case and for matching only."""

    message: str = ""
    words: str = ""
    parameter: str = ""
    status: int = 0
    delay: str = ""
    """How long to wait, as Google's RetryInfo writes it: "31s"."""
    stated: bool = True
    is_page: bool = False


def fault_in_body(body: bytes) -> Fault:
    """The error in a whole body of any kind; `stated` is false where the body does not say that it is one."""
    if body.lstrip().startswith(b"<"):
        return Fault(page_snippet(body), stated=False, is_page=True)
    try:
        value = _unwrapped(loose_json(body))
    except BadResponse:
        value = None
    fault = fault_in_json(value)
    if fault is None and isinstance(value, dict) and (value.get("detail") or isinstance(value.get("message"), str)):
        fault = replace(_fault(value), stated="detail" in value)
    said = "" if value in ({}, []) else snippet(body)
    return fault or Fault(said, said.lower(), stated=False)


def fault_in_json(value: object) -> Fault | None:
    """The error that a JSON value reports, or None; a mere `message` may be anything."""
    value = _unwrapped(value)
    if not isinstance(value, dict):
        return None
    if value.get("error"):
        return _fault(value["error"])
    return _fault(value) if "error" in (value.get("object"), value.get("type")) else None


def _unwrapped(value: object) -> object:
    """Gemini's compatible endpoint wraps its error object in a list."""
    return value[0] if isinstance(value, list) and value else value


def _fault(error: object) -> Fault:
    entries = list(_entries(error))
    message = "; ".join(dict.fromkeys(text for entry in entries if (text := _message(entry))))
    labels = [str(entry[name]) for entry in entries for name in _WORD_FIELDS if entry.get(name) is not None]
    details = [detail for entry in entries for detail in _details(entry)]
    labels += [str(detail["quotaId"]) for detail in details if "quotaId" in detail]
    return Fault(
        message=snippet(message),
        words=" ".join([*labels, message])[:_MATCHED_CHARACTERS].lower(),
        parameter=next(filter(None, map(_parameter, entries)), ""),
        delay=next((str(detail["retryDelay"]) for detail in details if "retryDelay" in detail), ""),
        status=_status(entry.get("code") for entry in entries) or _status(entry.get("status") for entry in entries),
    )


def _entries(error: object) -> Iterator[dict[str, object]]:
    """The objects that describe the error: itself or the members of a list, and what they wrap."""
    for member in error if isinstance(error, list) else [error]:
        if isinstance(member, str):
            yield {"message": member}
        elif isinstance(member, dict):
            yield member
            yield from _wrapped(member)


def _wrapped(error: dict[str, object]) -> Iterator[dict[str, object]]:
    """FastAPI puts a list into `detail`; OpenRouter puts the upstream host's own words into `metadata.raw`."""
    detail, metadata = error.get("detail"), error.get("metadata")
    yield from (member for member in (detail if isinstance(detail, list) else [detail]) if isinstance(member, dict))
    if isinstance(metadata, dict) and isinstance(metadata.get("raw"), str):
        inner = fault_in_body(metadata["raw"].encode("utf-8", "replace"))
        yield {"message": inner.message, "type": inner.words}


def _details(entry: dict[str, object]) -> Iterator[dict[str, object]]:
    """What Google's hosts add to an error (google.rpc.RetryInfo, QuotaFailure), its violations too."""
    details = entry.get("details")
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, dict):
            yield detail
            violations = detail.get("violations")
            yield from (item for item in (violations if isinstance(violations, list) else []) if isinstance(item, dict))


def _message(entry: dict[str, object]) -> str:
    """The entry's own words, with the place that FastAPI names."""
    texts = (entry.get(name) for name in _MESSAGE_FIELDS)
    text = next((text for text in texts if isinstance(text, str) and text), "")
    place = entry.get("loc")
    return f"{'.'.join(map(str, place))}: {text}" if isinstance(place, list) and place else text


def _parameter(entry: dict[str, object]) -> str:
    parameter = entry.get("param")
    return snippet(parameter, _PARAMETER_CHARACTERS) if isinstance(parameter, str) else ""


def _status(codes: Iterable[object]) -> int:
    """The first code that is an HTTP status of failure; hosts send it as a number or as digits."""
    words = (str(code) for code in codes if isinstance(code, int | str))
    return next((int(word) for word in words if _STATUS_OF_FAILURE.fullmatch(word)), 0)
