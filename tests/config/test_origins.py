from __future__ import annotations

import tomllib

from lsp_llm.config.layers import Layer, Origin
from lsp_llm.config.origins import Source, leaves, origins

USER = """
preset = "a"

[context]
max_tokens = 7
notes = ["x"]

[presets.a]
provider = "p"
params = {temperature = 1}
"""
PROJECT = """
[context]
notes = ["y"]
secrets = "send"
max_tokens = "many"
"""


def layer(name: str, origin: Origin, text: str) -> Layer:
    return Layer(name, origin, tomllib.loads(text), text)


def test_the_uppermost_value_that_counts_is_the_source() -> None:
    below = Layer("built in", Origin.BUILT_IN, {"presets": {"a": {"provider": "q", "model": "m"}}})
    found = origins([below, layer("user", Origin.USER, USER), layer("project", Origin.PROJECT, PROJECT)])
    assert found == {
        ("preset",): Source("user", 2),
        # What a project may not say, and what is no number, counts for nothing.
        ("context", "max_tokens"): Source("user", 5),
        ("context", "notes"): Source("project", 3),
        ("presets", "a", "provider"): Source("user", 9),
        ("presets", "a", "model"): Source("built in"),
        ("presets", "a", "params", "temperature"): Source("user", 10),
    }


def test_a_source_is_named_with_its_line() -> None:
    assert [str(Source("a.toml", 3)), str(Source("built in"))] == ["a.toml:3", "built in"]


def test_an_empty_table_is_a_value() -> None:
    assert list(leaves({"a": {"b": {}, "c": {"d": [{"e": 1}]}}})) == [
        (("a", "b"), {}),
        (("a", "c", "d"), [{"e": 1}]),
    ]
