"""Holds a secret so that it cannot be printed by mistake, finds a provider's key, and takes secrets out of texts.

It reads no settings file, and never puts a secret into a message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote, urlsplit

from lsp_llm.config.key_command import first_line_printed
from lsp_llm.config.problems import dotted
from lsp_llm.config.settings import Provider
from lsp_llm.config.system_keyring import SERVICE, keyring_password
from lsp_llm.errors import UserError

REDACTED = "[redacted]"

KEYLESS = frozenset({"none", "google"})
"""Ways of authentication that take no key: nothing is sent, or Google's library finds its own credentials."""

# A key travels in a header: printable ASCII without blanks, or the HTTP library would quote it in its error.
_KEY = re.compile(r"[\x21-\x7e]+")


class Secret:
    """A text that shows itself only when asked to; repr, str and formatting give no hint of it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({REDACTED})"


def key_variable(provider: Provider, default_env: str) -> str:
    """The environment variable where the provider's key is looked for, "" for none; `default_env` is its usual one."""
    if provider.auth in KEYLESS:
        return ""
    if provider.api_key_env or provider.api_key_command:
        # The usual key may be of another account or host: it is no stand-in for the one that the settings name.
        return provider.api_key_env
    return default_env


def find_key(
    name: str,
    provider: Provider,
    default_env: str,
    environ: Mapping[str, str],
    run: Callable[[str], str] = first_line_printed,
    ask_keyring: Callable[[str], str | None] = keyring_password,
) -> Secret | None:
    """The key of the provider `name`, or None when it takes none or nothing says where one would be.

    Looked for in the variable `api_key_env`, then with `api_key_command`; where the settings name neither, in the
    variable `default_env` ("" for none); and at last in the system's keyring. Blocking: a command and a keyring may
    take 10 s each. Raises UserError with what to set.
    """
    if provider.auth in KEYLESS:
        return None
    variable = key_variable(provider, default_env)
    if value := environ.get(variable, "").strip():
        return as_key(value, variable)
    if provider.api_key_command:
        return _from_command(name, provider.api_key_command, run)
    # A server on this machine rarely takes a key, and a keyring may ask a person before it answers.
    if (variable or not _is_on_this_machine(provider)) and (kept := _from_keyring(name, ask_keyring)):
        return as_key(kept, f"what the system keyring holds for {SERVICE} and {name}")
    if variable:
        raise UserError(_missing(name, variable))
    return None


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """The text without the secrets, also where one stands as JSON or URL text writes it."""
    forms = {form for secret in secrets for form in _forms(secret.reveal()) if form}
    if not forms:
        return text
    # Longest first: a secret may be the beginning of another. One pass: a secret may be a part of the mark.
    longest_first = sorted(forms, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), REDACTED, text)


def _from_command(name: str, command: str, run: Callable[[str], str]) -> Secret:
    setting = dotted(("providers", name, "api_key_command"))
    try:
        value = run(command)
    except UserError as error:
        raise UserError(f"{setting} {error}") from error
    if not value:
        raise UserError(f"{setting} printed no key on its first line; run it in a terminal to see why")
    return as_key(value, f"the first line that {setting} prints")


def _from_keyring(name: str, ask: Callable[[str], str | None]) -> str | None:
    try:
        return ask(name)
    except UserError as error:
        raise UserError(f"no API key for {name}: the system keyring {error}") from error


def _is_on_this_machine(provider: Provider) -> bool:
    try:
        host = urlsplit(provider.base_url).hostname or ""
    except ValueError:
        return False
    return host in {"localhost", "::1", ""} or host.startswith("127.")


def as_key(value: str, place: str) -> Secret:
    """The value as a secret that a header can carry; `place` says where it is from.

    Raises UserError, which does not show the value.
    """
    if not _KEY.fullmatch(value):
        raise UserError(f"{place} is not an API key: it holds blanks or characters that no key has")
    return Secret(value)


def _missing(name: str, variable: str) -> str:
    return (
        f"no API key for {name}: set the environment variable {variable} where the editor starts, "
        f"api_key_command below [{dotted(('providers', name))}] in the settings, "
        f"or the password of {name} for {SERVICE} in the system keyring"
    )


def _forms(value: str) -> tuple[str, ...]:
    return value, quote(value, safe=""), json.dumps(value)[1:-1]
