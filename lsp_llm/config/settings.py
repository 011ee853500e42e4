"""Every setting with its type, its bounds and its default, as frozen values; it never reads a file or merges layers.

Keys and meanings are those of PROTOCOL.md, "Settings". Times are in seconds unless the name says otherwise.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Auth = Literal["bearer", "x-api-key", "x-goog-api-key", "api-key", "oauth", "google", "none"]
Dialect = Literal["openai_chat", "openai_responses", "anthropic", "gemini", "ollama"]
Mode = Literal["auto", "stream", "atomic", "preview"]
Secrets = Literal["send", "redact", "block"]
"""From the loosest to the strictest."""

# A day bounds every wait: beyond it a number is a slip, and a platform's timer may overflow.
Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Milliseconds = Annotated[int, Meta(ge=0, le=60_000)]
Count = Annotated[int, Meta(ge=1)]
Tokens = Annotated[int, Meta(ge=0)]
Price = Annotated[float, Meta(ge=0)]

# `\Z` and not `$`: `$` also matches before a final newline, and a newline in a header starts another header.
# A blank at the beginning, as in "{endpoint}/openai/v1", gets a value that begins so.
HttpAddress = Annotated[
    str,
    Meta(
        pattern=r"\A(?:(?:https?://|\{[a-z_]+\})\S*)?\Z", description="an address that begins with http:// or https://"
    ),
]
ServerAddress = Annotated[
    str,
    Meta(
        pattern=r"\A(?:(?:wss?|tcps?)://\S+)?\Z",
        description="an address that begins with ws://, wss://, tcp:// or tcps://",
    ),
]
HeaderName = Annotated[str, Meta(pattern=r"\A[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z", description="the name of an HTTP header")]
HeaderValue = Annotated[str, Meta(pattern=r"\A[\t\x20-\x7e]*\Z", description="one line of ASCII text")]
VariableName = Annotated[
    str,
    Meta(pattern=r"\A(?:[A-Za-z_][A-Za-z0-9_]*)?\Z", description="the name of an environment variable, not its value"),
]

Headers = dict[HeaderName, HeaderValue]

# Headers and addresses may carry a key, so that a repr names them and shows nothing of them.
HIDDEN = frozenset({"env", "headers", "query", "url"})


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of settings whose repr never shows what may hold a secret."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """The fields as a repr may show them; rich asks here too, and would otherwise get the bare ones."""
        fields = [(name, getattr(self, name)) for name in self.__struct_fields__]
        return [(name, "<hidden>" if name in HIDDEN and value else value) for name, value in fields]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"


class OAuth(_Table, frozen=True, forbid_unknown_fields=True):
    """Where a client's own token is fetched; the provider's key is then the client's secret."""

    token_url: HttpAddress = ""
    client_id: str = ""
    scope: str = ""


class Provider(_Table, frozen=True, forbid_unknown_fields=True):
    """One model host: where it is, how it is spoken to, where its key is found."""

    dialect: Dialect = "openai_chat"
    base_url: HttpAddress = ""
    path: str = ""
    query: dict[str, str] = {}
    headers: Headers = {}
    auth: Auth = "bearer"
    api_key_env: VariableName = ""
    api_key_command: str = ""
    oauth: OAuth = OAuth()
    ca_file: str = ""
    address: dict[str, str] = {}
    """What stands for each `{name}` in base_url, path, headers and oauth."""
    params: dict[str, Any] = {}
    """Below those of every preset of this provider."""
    prefill: dict[str, Any] = {}
    """What the host wants to see on a message of the assistant that it is to go on from."""
    model: str = ""
    """The embedded engine's GGUF file; other providers take the model from the preset."""
    first_token_timeout_seconds: Seconds = 60
    inter_token_timeout_seconds: Seconds = 60


class Preset(_Table, frozen=True, forbid_unknown_fields=True):
    """A model with its templates and parameters; what is not set is not sent."""

    provider: str
    model: str = ""
    description: str = ""
    templates: str = "openai"
    params: dict[str, Any] = {}
    system: bool = True
    prefill: bool = False
    fallback: tuple[str, ...] = ()
    headers: Headers = {}
    fim: str = ""
    price: dict[str, Price] = {}
    context_tokens: Tokens = 0
    variables: dict[str, Any] = {}


class ClientEdits(_Table, frozen=True, forbid_unknown_fields=True):
    """A client's own edit policy; what is absent stays as lsp/clients says."""

    version: Literal["current", "null"] | None = None
    echo: Literal["wait", "trust"] | None = None
    minimum_interval_ms: Milliseconds | None = None


class Edits(_Table, frozen=True, forbid_unknown_fields=True):
    """How answers reach the document."""

    mode: Mode = "auto"
    client: ClientEdits = ClientEdits()


class Context(_Table, frozen=True, forbid_unknown_fields=True):
    """What goes into a prompt beside the buffer."""

    project_dirs: tuple[str, ...] = (".lsp-llm/context", ".kzn")
    max_tokens: Count = 32_000
    ignore: tuple[str, ...] = (".env", "*.pem")
    notes: tuple[str, ...] = ()
    open_buffers: bool = False
    follow_links_outside: bool = False
    secrets: Secrets = "redact"


class Chat(_Table, frozen=True, forbid_unknown_fields=True):
    """Where chat documents live; empty means the state folder."""

    directory: str = ""


class McpTable(_Table, frozen=True, forbid_unknown_fields=True):
    """A server of tools by the Model Context Protocol: a command that is started, or an address."""

    command: tuple[str, ...] = ()
    url: HttpAddress = ""
    env: dict[str, str] = {}
    headers: Headers = {}


class Tools(_Table, frozen=True, forbid_unknown_fields=True):
    """What a model may do by itself."""

    enabled: bool = True
    approve: Literal["ask", "always", "never"] = "ask"
    also: tuple[Literal["run_command"], ...] = ()
    """Tools that are off unless they are named."""
    max_rounds: Count = 25
    mcp: dict[str, McpTable] = {}


class Status(_Table, frozen=True, forbid_unknown_fields=True):
    """How much is said while a job runs, and the user's own words for it."""

    level: Literal["info", "warning", "error"] = "info"
    messages: tuple[str, ...] = ()


class Remote(_Table, frozen=True, forbid_unknown_fields=True):
    """The server that a client connects to."""

    url: ServerAddress = ""
    token_env: VariableName = "LSP_LLM_TOKEN"
    reconnect_seconds: Seconds = 1
    max_attempts: Count = 5


class Settings(_Table, frozen=True, forbid_unknown_fields=True):
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
