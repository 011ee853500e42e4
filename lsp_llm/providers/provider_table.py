"""The providers that are built in, as data over the dialects; whatever stands here can also be said in settings.

A name in braces is a blank (see addresses); the variables are those that the vendors' own tools read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lsp_llm.providers.addresses import Blank, endpoint, google_host, ollama_address

LOCAL: Final = "local"
DEPLOYMENT: Final = "deployment"
"""The blank whose value SAP AI Core is asked for."""

# A model on this machine may have to be loaded first, and some hosts think for minutes without a word.
_LONG_FIRST_TOKEN_SECONDS: Final = 300
_MODEL_ID: Final = "an id from the vendor's list of models"


@dataclass(frozen=True, slots=True)
class BuiltInProvider:
    """A provider's settings as they are before the user's, and what else is known of it."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    key_env: str = ""
    """The variable that its vendor reads the key from."""
    blanks: tuple[Blank, ...] = ()
    model_is: str = _MODEL_ID
    """What a preset's `model` names here; "" where the server has one model and needs no name for it."""


def _slow(**settings: Any) -> dict[str, Any]:
    return {**settings, "first_token_timeout_seconds": _LONG_FIRST_TOKEN_SECONDS}


def _hosted(name: str, base_url: str, key_env: str, **settings: Any) -> BuiltInProvider:
    return BuiltInProvider(name, {"base_url": base_url, **settings}, key_env)


def _on_this_machine(name: str, base_url: str, model_is: str = "") -> BuiltInProvider:
    return BuiltInProvider(name, _slow(base_url=base_url), model_is=model_is)


_GOOGLE_PLACE: Final = (
    Blank("location", ("GOOGLE_CLOUD_LOCATION", "CLOUD_ML_REGION"), "global"),
    Blank("google_host", of="location", tidy=google_host),
)
_AWS_REGION: Final = (Blank("region", ("AWS_REGION", "AWS_DEFAULT_REGION")),)
_VERTEX: Final = "/projects/{project}/locations/{location}/publishers"
_BEGINNING: Final[Mapping[str, Any]] = {"prefix": True}

# llama.cpp, vLLM and LM Studio can be told to ask for a key: none is named here, so that none is sent until the user
# names one.
PROVIDERS: tuple[BuiltInProvider, ...] = (
    BuiltInProvider(
        "openai", _slow(base_url="https://api.openai.com/v1", dialect="openai_responses"), "OPENAI_API_KEY"
    ),
    _hosted("anthropic", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", dialect="anthropic", auth="x-api-key"),
    _hosted(
        "gemini",
        "https://generativelanguage.googleapis.com/v1beta",
        "GEMINI_API_KEY",
        dialect="gemini",
        auth="x-goog-api-key",
    ),
    _hosted("mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY", prefill=_BEGINNING),
    # The address for the key of the editor plan.
    _hosted("codestral", "https://codestral.mistral.ai/v1", "CODESTRAL_API_KEY", prefill=_BEGINNING),
    _hosted("deepseek", "https://api.deepseek.com", "DEEPSEEK_API_KEY"),
    # Here alone it goes on from a beginning, and fills in the middle.
    _hosted("deepseek-beta", "https://api.deepseek.com/beta", "DEEPSEEK_API_KEY", prefill=_BEGINNING),
    _hosted("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    BuiltInProvider("xai", _slow(base_url="https://api.x.ai/v1", dialect="openai_responses"), "XAI_API_KEY"),
    # What it calls the application in its statistics; HTTP-Referer, a page of yours, is for you to set.
    _hosted("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", headers={"X-Title": "lsp-llm"}),
    BuiltInProvider(
        "azure",
        _slow(base_url="{endpoint}/openai/v1", dialect="openai_responses", auth="api-key"),
        "AZURE_OPENAI_API_KEY",
        (Blank("endpoint", ("AZURE_OPENAI_ENDPOINT",), tidy=endpoint("/openai/v1", "/openai")),),
        "the name of your deployment",
    ),
    BuiltInProvider(
        "vertex",
        {
            "base_url": "https://{google_host}/v1",
            "path": f"{_VERTEX}/google/models/{{model}}:streamGenerateContent",
            "dialect": "gemini",
            "auth": "google",
        },
        blanks=(Blank("project", ("GOOGLE_CLOUD_PROJECT",)), *_GOOGLE_PLACE),
    ),
    BuiltInProvider(
        "vertex-anthropic",
        {
            "base_url": "https://{google_host}/v1",
            "path": f"{_VERTEX}/anthropic/models/{{model}}:streamRawPredict",
            "dialect": "anthropic",
            "auth": "google",
            # Here the version stands in the body.
            "params": {"anthropic_version": "vertex-2023-10-16"},
        },
        blanks=(Blank("project", ("ANTHROPIC_VERTEX_PROJECT_ID", "GOOGLE_CLOUD_PROJECT")), *_GOOGLE_PLACE),
    ),
    BuiltInProvider(
        "bedrock",
        {"base_url": "https://bedrock-runtime.{region}.amazonaws.com/openai/v1"},
        "AWS_BEARER_TOKEN_BEDROCK",
        _AWS_REGION,
    ),
    BuiltInProvider(
        "bedrock-anthropic",
        {"base_url": "https://bedrock-mantle.{region}.api.aws/anthropic/v1", "dialect": "anthropic"},
        "AWS_BEARER_TOKEN_BEDROCK",
        _AWS_REGION,
    ),
    BuiltInProvider(
        "aicore",
        {
            "base_url": "{api_url}/v2/inference/deployments/{deployment}",
            "query": {"api-version": "2025-03-01-preview"},
            "headers": {"AI-Resource-Group": "{resource_group}"},
            "auth": "oauth",
            "oauth": {"token_url": "{auth_url}/oauth/token", "client_id": "{client_id}"},
        },
        "AICORE_CLIENT_SECRET",
        (
            Blank("api_url", ("AICORE_BASE_URL",), tidy=endpoint("/v2")),
            Blank("auth_url", ("AICORE_AUTH_URL",), tidy=endpoint("/oauth/token")),
            Blank("client_id", ("AICORE_CLIENT_ID",)),
            Blank("resource_group", ("AICORE_RESOURCE_GROUP",), "default"),
            Blank(DEPLOYMENT),
        ),
        "the model of one of your running deployments",
    ),
    BuiltInProvider(
        "ollama",
        _slow(base_url="{host}/v1", dialect="ollama", auth="none"),
        blanks=(Blank("host", ("OLLAMA_HOST",), "127.0.0.1", tidy=ollama_address),),
        model_is="one of those that `ollama list` shows",
    ),
    _on_this_machine("llamacpp", "http://127.0.0.1:8080/v1"),
    _on_this_machine("vllm", "http://127.0.0.1:8000/v1"),
    _on_this_machine("lmstudio", "http://127.0.0.1:1234/v1", "one of those that `lms ls` shows"),
    BuiltInProvider(LOCAL, _slow(auth="none"), model_is=""),
)
