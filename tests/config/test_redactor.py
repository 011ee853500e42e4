from __future__ import annotations

import json

import pytest

from lsp_llm.config.redactor import Redactor
from lsp_llm.config.secrets import Secret


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "HF_TOKEN", "X_SECRET", "DB_PASSWORD", "AWS_BEARER_TOKEN_BEDROCK"])
def test_what_the_environment_holds_is_taken_out(name: str) -> None:
    assert Redactor({name: "s3cret-value"})("it is s3cret-value!") == "it is [redacted]!"


@pytest.mark.parametrize(
    ("name", "value"), [("HOME", "/home/somebody"), ("MY_KEYBOARD", "a long german layout"), ("MY_KEY", "none")]
)
def test_other_values_and_short_ones_are_no_secrets(name: str, value: str) -> None:
    assert Redactor({name: value})(f"say {value}") == f"say {value}"


def test_the_secret_inside_a_service_key_is_one_by_itself() -> None:
    redactor = Redactor({"AICORE_SERVICE_KEY": json.dumps({"clientid": "somebody", "clientsecret": "s3cret-value"})})
    assert redactor("somebody has s3cret-value") == "somebody has [redacted]"


def test_what_is_found_later_is_taken_out_from_then_on() -> None:
    found: list[Secret] = []
    redactor = Redactor({})
    redactor.also(lambda: found)
    assert redactor("k-1") == "k-1"
    found.append(Secret("k-1"))
    assert redactor("a k-1 b") == "a [redacted] b"
