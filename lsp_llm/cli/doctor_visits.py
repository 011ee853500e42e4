"""The doctor's rounds: providers are looked at for their keys, and asked for their models; it judges nothing.

Asked are the provider in use, those with a key, and those on this machine; nobody else hears of it. The system's
keyring is asked for the provider in use alone, because it may ask a person to unlock it each time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from lsp_llm.commands.inquiries import sentence
from lsp_llm.config.secrets import redact
from lsp_llm.config.settings import Provider, Settings
from lsp_llm.errors import LspLlmError, UserError
from lsp_llm.exchange.messages import Message, ModelRequest
from lsp_llm.providers.credentials import Access, Credentials
from lsp_llm.providers.discovery import Listing, listing, preset_of
from lsp_llm.providers.discovery_presets import KeyState
from lsp_llm.providers.hosts import ModelHosts
from lsp_llm.providers.registry import ResolvedPreset
from lsp_llm.providers.transport import HttpTransport
from lsp_llm.stream.events import Failed, Text, Thinking, ToolArguments

Places = Mapping[str, tuple[KeyState, str]]
"""By provider: what is known of its key without asking, and where it is."""
HOST_SECONDS = 10.0
REQUEST_SECONDS = 120.0
_ON_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_QUESTION = "Answer with the word ok."


@dataclass(frozen=True, slots=True)
class Visit:
    """One provider: its key, or why there is none; its models, or why not, and None where it was not asked."""

    name: str
    has_key: bool
    lack: LspLlmError | None
    answer: Listing | LspLlmError | None = None
    milliseconds: float = 0.0
    is_here: bool = False
    """Whether its address is of this machine."""
    skew_seconds: float | None = None
    """By how much its clock is ahead of this machine's; None where it does not say."""


async def visit_all(settings: Settings, in_use: str, places: Places, environ: Mapping[str, str]) -> list[Visit]:
    """Visit every provider at once; `in_use` is that of the preset in use, "" for none."""
    transports = {name: HttpTransport(provider.ca_file) for name, provider in settings.providers.items()}

    async def visit(name: str) -> Visit:
        if name != in_use and places[name][0] == "missing":
            return Visit(name, has_key=False, lack=None)
        credentials = Credentials(environ, lambda _: transports[name])
        try:
            access = await credentials.access(preset_of(settings, name))
            has_key = bool(await access.credential.key())
        except LspLlmError as error:
            return Visit(name, has_key=False, lack=error)
        return await _asked(access, transports[name], has_key=has_key, is_in_use=name == in_use)

    try:
        return list(await asyncio.gather(*map(visit, sorted(settings.providers))))
    finally:
        for transport in transports.values():
            await transport.close()


async def _asked(access: Access, transport: HttpTransport, *, has_key: bool, is_in_use: bool) -> Visit:
    name, is_here = access.resolved.provider_name, is_on_this_machine(access.resolved.provider)
    if not (has_key or is_in_use or is_here):
        return Visit(name, has_key=False, lack=None)
    began, asked_at = time.perf_counter(), time.time()
    answer: Listing | LspLlmError
    try:
        answer = await listing(access, transport, HOST_SECONDS)
    except LspLlmError as error:
        answer = error
    seconds = time.perf_counter() - began
    skew = skew_seconds(answer.headers, asked_at + seconds / 2) if isinstance(answer, Listing) else None
    return Visit(name, has_key, None, answer, round(seconds * 1000, 1), is_here, skew)


def is_on_this_machine(provider: Provider) -> bool:
    """Whether the provider's address is of this machine."""
    return urlsplit(provider.base_url).hostname in _ON_THIS_MACHINE


def skew_seconds(headers: Mapping[str, str], now: float) -> float | None:
    """By how much the time that a host tells is ahead of `now`, in seconds since 1970; None where it tells none."""
    try:
        there = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, OverflowError):
        return None
    return (there if there.tzinfo else there.replace(tzinfo=UTC)).timestamp() - now


async def first_token(resolved: ResolvedPreset, environ: Mapping[str, str]) -> float:
    """Ask the preset and leave with the first token: how many milliseconds that took.

    Raises UserError, with no key in it. No limit is set on the answer, because every dialect has another name for one;
    leaving closes the connection.
    """
    hosts = ModelHosts(environ)
    began = time.perf_counter()
    try:
        async with asyncio.timeout(REQUEST_SECONDS):
            await _until_token(hosts, resolved)
    except TimeoutError:
        raise UserError(f"no token came within {REQUEST_SECONDS:g} s") from None
    except LspLlmError as error:
        raise UserError(redact(sentence(error), hosts.secrets())) from None
    finally:
        await hosts.close()
    return round((time.perf_counter() - began) * 1000, 1)


async def _until_token(hosts: ModelHosts, resolved: ResolvedPreset) -> None:
    request = ModelRequest(resolved.preset.model, (Message("user", _QUESTION),), resolved.preset.params)
    answer = await hosts.answer(resolved, request)
    async with aclosing(answer.events()) as stream:
        async for events in stream:
            for event in events if isinstance(events, list) else ():
                match event:
                    case Text() | Thinking() | ToolArguments():
                        return
                    case Failed(error):
                        raise error
                    case _:
                        continue
    raise UserError("the answer was empty")
