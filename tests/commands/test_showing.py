from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from lsp_llm.commands.job import Job
from lsp_llm.commands.prompting import Prompting
from lsp_llm.commands.showing import ShownPrompt, shown_prompt
from lsp_llm.config.settings import Settings
from lsp_llm.context.library import Library
from lsp_llm.context.templates import built_in_folder
from tests.commands.desk import SETTINGS

TEXT = "def one():\n    return 1\n"


def shown(kind: Any = "replace", query: str = "return 2", **preset: Any) -> ShownPrompt:
    own = {"presets": {"fake": {"provider": "fake", "model": "m", **preset}}}
    settings = msgspec.convert({**SETTINGS, **own}, Settings)
    start = 0 if kind == "replace" else len(TEXT)
    job = Job(kind, TEXT, start, len(TEXT), "/project/shop.py", "python", "\n", query, "fake")
    prompting = Prompting([built_in_folder()], lambda root: Library())
    return shown_prompt(prompting, job, settings, lambda text: text.replace("sk-of-mine", "[redacted]"))


def test_the_request_is_what_the_dialect_sends() -> None:
    found = shown(params={"temperature": 0.5})
    assert (found.request["model"], found.request["temperature"], found.request["stream"]) == ("m", 0.5, True)
    assert [message["role"] for message in found.request["messages"]] == ["system", "user"]
    assert found.request["messages"][1]["content"] in found.text
    assert found.tokens == sum(section.tokens for section in found.sections)
    assert "selection" in {section.name for section in found.sections}
    assert "tokens, about:" in found.text


def test_a_key_is_left_out() -> None:
    found = shown(params={"user": "sk-of-mine"})
    assert found.request["user"] == "[redacted]"
    assert "sk-of-mine" not in found.text


def test_a_gap_is_shown_too() -> None:
    found = shown("yap", "", fim="qwen")
    assert "<|fim_prefix|>" in found.request["prompt"]
    assert "templates: fim, qwen" in found.text
    assert "def one" in found.text


def test_what_there_is_to_say_stands_above(tmp_path: Path) -> None:
    found = shown(query="")
    assert found.notes[0].startswith("no instruction")
    assert found.page.startswith("note: no instruction")
    assert shown().page == shown().text
