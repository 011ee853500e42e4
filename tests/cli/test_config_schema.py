"""What is printed is the schema, and needs neither settings nor a home."""

from __future__ import annotations

import json

import pytest

from lsp_llm.cli import run
from lsp_llm.config.schema import settings_schema


def test_the_schema_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == settings_schema()
