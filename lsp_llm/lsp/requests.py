"""The requests of our own: which method asks what, and how an inquiry's answer or error goes back; it knows no answer.

Each is a task of its own, held by pygls, which a client may cancel with `$/cancelRequest`.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.inquiries import Inquiry, ListModels, ListPresets, ShowUsage
from lsp_llm.commands.show_prompt import RenderPrompt
from lsp_llm.config.nearest import known_names
from lsp_llm.errors import LspLlmError, UserError
from lsp_llm.jobs.ports import Target
from lsp_llm.lsp.arguments import NO_OBJECT
from lsp_llm.lsp.wire import INTERNAL_ERROR, INVALID_PARAMS, OWN_FAULT

_log = logging.getLogger(__name__)

Handler = Callable[[Any], Awaitable[Any]]
Read = Callable[["Asked", Any], tuple[Target | None, Any]]
"""From a request and its params to its target and its options; raises UserError."""

REQUESTS: tuple[tuple[str, Inquiry[Any]], ...] = (
    ("lsp-llm/presets/list", ListPresets()),
    ("lsp-llm/models/list", ListModels()),
    ("lsp-llm/usage", ShowUsage()),
    ("lsp-llm/prompt/render", RenderPrompt()),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that has a place, for whoever reads it (`Addressed` of arguments)."""

    name: str
    place: Place
    options: type[Any]


def request_handlers(services: Services, read_place: Read) -> Mapping[str, Handler]:
    """A handler for each method."""
    return {method: _handler(method, inquiry, services, read_place) for method, inquiry in REQUESTS}


def _handler(method: str, inquiry: Inquiry[Any], services: Services, read_place: Read) -> Handler:
    # It comes with the heavy imports, and the names of the methods are told before.
    from lsp_llm.lsp.cold import failed, refused

    async def answer(params: Any) -> Any:
        try:
            if inquiry.place is Place.NONE:
                target, options = None, read_options(method, inquiry.options, params)
            else:
                target, options = read_place(Asked(method, inquiry.place, inquiry.options), params)
        except UserError as error:
            raise refused(INVALID_PARAMS, error) from None
        try:
            return msgspec.to_builtins(await inquiry.answer(services, target, options))
        except LspLlmError as error:
            raise failed(error) from None
        except Exception as error:  # noqa: BLE001  pygls would send the traceback to the client.
            _log.error("a fault in %s: %s", method, error, exc_info=True)
            raise refused(INTERNAL_ERROR, RuntimeError(OWN_FAULT.format(error))) from None

    return answer


def read_options(method: str, kind: type[Options], params: Any) -> Any:
    """The params of a request as its options; raises UserError."""
    values = {} if params in NO_OBJECT else params
    if not isinstance(values, dict):
        raise UserError(f"{method} takes an object, not {params!r}"[:200])
    known = kind.__struct_encode_fields__
    for key in values:
        if key not in known:
            raise UserError(f'{method} has no argument "{key}": {known_names(key, known)}')
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise UserError(f"{method}: {error}") from None
