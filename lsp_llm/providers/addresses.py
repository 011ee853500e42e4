"""Fills the blanks in a provider's addresses, as `{region}` in a host's name; pure, it asks no host for anything.

A value comes from the provider's `address` table, else from the variable that the vendor's own tools read, else it is
the usual one. `{model}` is no blank: it belongs to a request, and whoever sends that fills it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec

from lsp_llm.config.problems import dotted
from lsp_llm.config.settings import Provider
from lsp_llm.errors import UserError

_BLANK = re.compile(r"\{([a-z_]+)\}")
_MODEL = "model"
# A blank, a query or a fragment in a value would make another address of the whole.
_VALUE = re.compile(r"[\x21-\x7e]+")
_MISPLACED = frozenset("{}?#\\")
_OLLAMA_PORT = 11434
_MULTI_REGIONS = frozenset({"us", "eu"})


@dataclass(frozen=True, slots=True)
class Blank:
    """A `{name}` that a built-in provider's addresses hold, and where its value is when the settings have none."""

    name: str
    variables: tuple[str, ...] = ()
    default: str = ""
    of: str = ""
    """Another blank whose value this one is made of, by `tidy`."""
    tidy: Callable[[str], str] = str
    """Makes of a value what the address needs."""

    @property
    def is_asked_of_host(self) -> bool:
        """Whether the host has to say it where the settings do not; until then it stays a blank."""
        return not (self.variables or self.default or self.of)


def filled(name: str, provider: Provider, blanks: Sequence[Blank], environ: Mapping[str, str]) -> Provider:
    """The provider `name` without blanks in base_url, path, query, headers and oauth.

    Raises UserError that names every value that is missing, and those that no address can hold.
    """
    values = _values(name, provider.address, blanks, environ)
    asked = {blank.name for blank in blanks if blank.is_asked_of_host}
    missing = [blank for blank in dict.fromkeys(_blanks_in(provider)) if blank not in values and blank not in asked]
    if missing:
        raise UserError(_missing(name, missing, blanks))

    def fill(text: str) -> str:
        return _BLANK.sub(lambda found: values.get(found[1], found[0]), text)

    return msgspec.structs.replace(
        provider,
        base_url=fill(provider.base_url),
        path=fill(provider.path),
        query={key: fill(value) for key, value in provider.query.items()},
        headers={key: fill(value) for key, value in provider.headers.items()},
        oauth=msgspec.structs.replace(
            provider.oauth, token_url=fill(provider.oauth.token_url), client_id=fill(provider.oauth.client_id)
        ),
    )


def _values(
    name: str, address: Mapping[str, str], blanks: Sequence[Blank], environ: Mapping[str, str]
) -> dict[str, str]:
    values = dict(address)
    for blank in blanks:
        given = values.get(blank.name) or _first(blank.variables, environ) or values.get(blank.of) or blank.default
        if given:
            values[blank.name] = blank.tidy(given)
    for key, value in values.items():
        if not _VALUE.fullmatch(value) or _MISPLACED & set(value):
            raise UserError(f'provider "{name}": the value of {key} holds a character that no address has')
    return values


def _first(variables: Sequence[str], environ: Mapping[str, str]) -> str:
    return next((value for variable in variables if (value := environ.get(variable, "").strip())), "")


def _blanks_in(provider: Provider) -> Iterator[str]:
    texts = [provider.base_url, provider.path, *provider.query.values(), *provider.headers.values()]
    if provider.auth == "oauth":
        texts += [provider.oauth.token_url, provider.oauth.client_id]
    yield from (blank for text in texts for blank in _BLANK.findall(text) if blank != _MODEL)


def _missing(name: str, missing: Sequence[str], blanks: Sequence[Blank]) -> str:
    variables = [blank.variables[0] for blank in blanks if blank.name in missing and blank.variables]
    table = dotted(("providers", name, "address"))
    words = f'provider "{name}" needs {_listed(missing)}: set {"it" if len(missing) == 1 else "them"} in [{table}]'
    return f"{words}, or in the environment ({_listed(variables)})" if variables else words


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def google_host(location: str) -> str:
    """The host of Vertex AI for a location: everywhere, one of the large areas, or a region."""
    if location == "global":
        return "aiplatform.googleapis.com"
    if location in _MULTI_REGIONS:
        return f"aiplatform.{location}.rep.googleapis.com"
    return f"{location}-aiplatform.googleapis.com"


def ollama_address(value: str) -> str:
    """The address of Ollama's server from OLLAMA_HOST, which may be a bare host or port, or all that it listens on."""
    has_scheme = "://" in value
    try:
        parts = urlsplit(value if has_scheme else f"http://{value}")
        port = parts.port or (None if has_scheme else _OLLAMA_PORT)
    except ValueError:
        return value
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(parts.hostname or "", parts.hostname) or "127.0.0.1"
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def endpoint(*endings: str) -> Callable[[str], str]:
    """Makes an address out of one that may lack its scheme or go further than the common part."""

    def tidy(value: str) -> str:
        address = value if "://" in value else f"https://{value}"
        for ending in ("/", *endings, "/"):
            address = address.removesuffix(ending)
        return address

    return tidy
