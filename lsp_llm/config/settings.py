"""Every setting with its default, as frozen values; it never reads a file (layers do).

Keys and meanings are those of PROTOCOL.md, "Settings". Times are in seconds unless the name says otherwise.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Auth = Literal["bearer", "x-api-key", "x-goog-api-key", "api-key", "oauth", "none"]
Dialect = Literal["openai_chat"]
Mode = Literal["auto", "stream", "atomic", "preview"]


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model host: where it is, how it is spoken to, how it is paid."""

    dialect: Dialect = "openai_chat"
    base_url: str = ""
    path: str = ""
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    auth: Auth = "bearer"
    api_key_env: str = ""
    api_key_command: str = ""
    ca_file: str = ""
    model: str = ""
    first_token_timeout_seconds: float = 60
    inter_token_timeout_seconds: float = 60


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model with its templates and parameters; what is not set is not sent."""

    provider: str
    model: str = ""
    description: str = ""
    templates: str = "openai"
    params: dict[str, Any] = {}
    system: bool = True
    prefill: bool = False
    fallback: tuple[str, ...] = ()
    headers: dict[str, str] = {}
    fim: str = ""
    price: dict[str, float] = {}
    context_tokens: int = 0
    variables: dict[str, Any] = {}


class ClientEdits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A client's own edit policy; what is absent stays as lsp/clients says."""

    version: Literal["current", "null"] | None = None
    echo: Literal["wait", "trust"] | None = None
    minimum_interval_ms: int | None = None


class Edits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How answers reach the document."""

    mode: Mode = "auto"
    client: ClientEdits = ClientEdits()


class Context(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes into a prompt beside the buffer."""

    project_dirs: tuple[str, ...] = (".lsp-llm/context", ".kzn")
    max_tokens: int = 32_000
    ignore: tuple[str, ...] = (".env", "*.pem")


class Chat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where chat documents live; empty means the state folder."""

    directory: str = ""


class Tools(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model may do by itself."""

    enabled: bool = True
    approve: Literal["ask", "always", "never"] = "ask"
    max_rounds: int = 25


class Status(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is said while a job runs, and the user's own words for it."""

    level: Literal["info", "warning", "error"] = "info"
    messages: tuple[str, ...] = ()


class Remote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The server that a client connects to."""

    url: str = ""
    reconnect_seconds: float = 1
    max_attempts: int = 5


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything, with defaults: `Settings()` is what an empty configuration means."""

    preset: str = ""
    providers: dict[str, Provider] = {}
    presets: dict[str, Preset] = {}
    edits: Edits = Edits()
    context: Context = Context()
    chat: Chat = Chat()
    tools: Tools = Tools()
    status: Status = Status()
    variables: dict[str, Any] = {}
    remote: Remote = Remote()
