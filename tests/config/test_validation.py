from __future__ import annotations

import datetime

import pytest

from lsp_llm.config.settings import Settings
from lsp_llm.config.validation import MAX_DEPTH, accept

from .sources import nested

SECRET = "sk-live-0123456789"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("preset", 1, "must be a text in quotes, not 1"),
        ("preset", ["a"], "must be a text in quotes, not a list"),
        ("preset", datetime.date(2026, 1, 1), "must be a text in quotes, not a date or time"),
        ("edits", "auto", "must be a table, not a text"),
        ("presets", [1], "must be a table, not a list"),
        ("providers.o", 5, "must be a table, not 5"),
        ("edits.mode", "strem", 'must be one of "atomic", "auto", "preview", "stream"; did you mean "stream"?'),
        ("edits.mode", "zzz", 'must be one of "atomic", "auto", "preview", "stream"'),
        ("edits.mode", True, 'must be one of "atomic", "auto", "preview", "stream", not true'),
        ("edits.client.version", "curent", 'must be one of "current", "null"; did you mean "current"?'),
        ("edits.client.minimum_interval_ms", 1.5, "must be a whole number of at least 0 and at most 60000, not 1.5"),
        ("context.ignore", ".env", 'must be a list of texts such as ["…", "…"], not a text'),
        ("context.ignore", ["a", 2], 'must be a list of texts such as ["…", "…"], but entry 2 is 2'),
        ("context.max_tokens", 0, "must be a whole number of at least 1, not 0"),
        ("context.max_tokens", -(10**20), "must be a whole number of at least 1, not a number this large"),
        ("tools.enabled", "yes", "must be true or false, not a text"),
        ("tools.also", ["run_command", "run_comand"], 'must be a list of "run_command", but entry 2 is another text'),
        ("tools.also", ["run_command", 2], 'must be a list of "run_command", but entry 2 is 2'),
        ("tools.also", "run_command", 'must be a list of "run_command", not a text'),
        ("tools.max_rounds", "25", "must be a whole number of at least 1, not a text"),
        ("remote.url", "http://host", "must be an address that begins with ws://, wss://, tcp:// or tcps://"),
        ("remote.reconnect_seconds", 0, "must be a number above 0 and at most 86400, not 0"),
        ("remote.reconnect_seconds", float("nan"), "must be a number above 0 and at most 86400, not nan"),
        ("providers.o.first_token_timeout_seconds", -1.5, "must be a number above 0 and at most 86400, not -1.5"),
        ("providers.o.base_url", "host/v1", "must be an address that begins with http:// or https://"),
        ("providers.o.base_url", "http://a\nb", "must be an address that begins with http:// or https://"),
        ("providers.o.api_key_env", SECRET, "must be the name of an environment variable, not its value"),
        ("providers.o.headers.X-A", "a\r\nEvil: 1", "must be one line of ASCII text"),
        ("providers.o.headers.X-A", "ü", "must be one line of ASCII text"),
        ("providers.o.headers.X A", "a", "must be the name of an HTTP header"),
        ("presets.p.price.input", -1, "must be a number of at least 0, not -1"),
        ("presets.p.params.top_p", float("inf"), "must be a finite number"),
        ("presets.p.params.seed", 2**64, "is a number too large to be sent"),
        ("presets.p.params.stop", [float("nan")], "must be a finite number"),
        ("variables." + ".".join("v" * (MAX_DEPTH + 2)), {"v": 1}, f"is nested more than {MAX_DEPTH} levels deep"),
        ("edits.mode", "\ud800", "holds half of a character"),
        ("context.ignore", ["\udfff"], "holds half of a character"),
        ("variables.v", "\ud800", "holds half of a character"),
        ("variables.v", {"\ud800": 1}, "holds half of a character"),
        ("providers.\ud800", {"auth": "none"}, "holds half of a character"),
        ("colour", 1, "there is no such setting; known: chat, context, edits, preset"),
        ("provider", {}, 'there is no such setting; did you mean "providers"?'),
        ("tools.aprove", "ask", 'there is no such setting; did you mean "approve"?'),
        ("providers.o.baseUrl", "", 'there is no such setting; did you mean "base_url"?'),
        ("providers.o.api_key_evn", "", 'there is no such setting; did you mean "api_key_env"?'),
        ("presets.p.context_token", 1, 'there is no such setting; did you mean "context_tokens"?'),
    ],
)
def test_a_bad_value_is_dropped_with_what_would_be_right(path: str, value: object, message: str) -> None:
    accepted, faults = accept(Settings, nested(path, value))
    (fault,) = faults
    assert fault.message.startswith(message)
    if not message.startswith("is nested"):
        assert ".".join(fault.path) == path
    assert "sk-" not in fault.message
    for key in path.split(".")[:-1]:
        accepted = accepted.get(key, {})
    assert not accepted.get(path.rpartition(".")[2])


@pytest.mark.parametrize(
    "path",
    ["api_key", "providers.openai.api_key", "providers.openai.apiKey", "providers.o.api-key", "presets.p.key",
     "openai_api_key", "remote.token", "tools.auth_token", "chat.password", "variables_secret"],
)  # fmt: skip
def test_a_secret_literal_is_refused_with_where_secrets_are_named(path: str) -> None:
    accepted, (fault,) = accept(Settings, nested(path, SECRET))
    assert "api_key_env" in fault.message
    assert "api_key_command" in fault.message
    assert SECRET not in f"{accepted}{fault}"


@pytest.mark.parametrize(
    ("path", "value"),
    [("preset", None), ("edits.mode", None), ("providers.o.base_url", None), ("presets.p.params.seed", None)],
)
def test_null_is_not_set(path: str, value: object) -> None:
    accepted, faults = accept(Settings, nested(path, value))
    assert faults == ()
    assert "None" not in repr(accepted)


@pytest.mark.parametrize("path", ["edits", "providers", "providers.o", "providers.o.headers", "presets.p.params"])
def test_an_empty_lua_table_is_an_empty_table(path: str) -> None:
    accepted, faults = accept(Settings, nested(path, []))
    assert faults == ()
    assert accepted == nested(path, {})


def test_free_tables_pass_as_they_are_but_for_dates() -> None:
    params = {"stop": ["a", None], "nested": {"deep": {"x": 1.5}}, "day": datetime.date(2026, 1, 2)}
    accepted, faults = accept(Settings, {"variables": params})
    assert faults == ()
    assert accepted["variables"] == {**params, "day": "2026-01-02"}


def test_a_bad_name_in_a_table_of_names_leaves_the_others() -> None:
    accepted, (fault,) = accept(Settings, {"providers": {"a": {"auth": "none"}, "b": 1}})
    assert accepted == {"providers": {"a": {"auth": "none"}}}
    assert fault.path == ("providers", "b")


def test_nesting_is_taken_down_to_its_bound() -> None:
    values = nested("variables." + ".".join("v" * MAX_DEPTH), 1)
    assert accept(Settings, values) == (values, ())
    assert len(accept(Settings, nested("variables." + ".".join("v" * (MAX_DEPTH + 1)), {}))[1]) == 1
