from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lsp_llm.commands.prompting import FILLED_IN, Job, Prompting, filters_for
from lsp_llm.config.settings import Settings
from lsp_llm.context.selection import select
from lsp_llm.context.templates import built_in_folder
from lsp_llm.exchange.kinds import Kind
from lsp_llm.exchange.messages import FimRequest, ModelRequest
from lsp_llm.exchange.messages import Message as Turn
from lsp_llm.status.events import Message
from tests.commands.desk import SETTINGS
from tests.every_way import filter_every_way

TEXT = "def one():\n    # ai: make it two\n    return 1\n"


def job(selected: str, kind: Kind = "replace", text: str = TEXT, **changes: Any) -> Job:
    start = text.index(selected)
    values = {"path": "/project/shop.py", "language_id": "python", "line_end": "\n", "query": "", "preset": "fake"}
    return Job(kind=kind, text=text, start=start, end=start + len(selected), **{**values, **changes})


def settings(**changes: Any) -> Settings:
    return msgspec.convert({**SETTINGS, **changes}, Settings)


@pytest.fixture
def prompting() -> Prompting:
    return Prompting([built_in_folder()])


def test_a_request_holds_the_selection_its_surroundings_and_the_users_words(prompting: Prompting) -> None:
    ready = prompting.ready(job("    return 1\n", query="return 2"), settings())
    assert ready.resolved.name == "fake"
    assert isinstance(ready.request, ModelRequest)
    assert ready.request.model == "m"
    assert [message.role for message in ready.request.messages] == ["system", "user"]
    said = ready.request.messages[-1].text
    for part in ("return 2", "    return 1\n", "def one():", "/project/shop.py"):
        assert part in said
    assert ready.notes == ()


def test_an_instruction_written_into_the_code_counts(prompting: Prompting) -> None:
    ready = prompting.ready(job("    # ai: make it two\n    return 1\n"), settings())
    assert isinstance(ready.request, ModelRequest)
    assert "make it two" in ready.request.messages[-1].text


def test_what_is_odd_about_a_template_is_said_once(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for part in ("system", "user"):
        (folder / f"fill_mode_{part}_prompt.xml.jinja").write_text("{{ user_qeury }}hello", encoding="utf-8")
    own = {"fake": {"provider": "fake", "templates": "mine"}}
    prompting = Prompting([tmp_path])
    first, second = (prompting.ready(job("return 1", query="x"), settings(presets=own)) for _ in range(2))
    assert [note for note in first.notes if "user_qeury" in note.text]
    assert all(isinstance(note, Message) for note in first.notes)
    assert second.notes == ()


def test_a_gap_at_the_cursor_is_filled_in_by_a_preset_that_can(prompting: Prompting) -> None:
    own = {"fake": {"provider": "fake", "model": "m", "fim": "qwen", "params": {"max_tokens": 9}}}
    text = "def two():\n    return  # one more than one\n"
    place = job("return ", "yap", text)
    place = replace(place, start=place.end)
    ready = prompting.ready(place, settings(presets=own))
    before, after = text[: place.end], text[place.end :]
    assert ready.request == FimRequest("m", before, after, {"max_tokens": 9})
    assert ready.notes == (Message(FILLED_IN),)
    for other in (job("return 1"), replace(place, query="go on")):
        assert isinstance(prompting.ready(other, settings(presets=own)).request, ModelRequest)


def test_an_answer_that_is_begun_for_the_model_is_read_from_there(prompting: Prompting) -> None:
    own = {"fake": {"provider": "fake", "prefill": True}}
    ready = prompting.ready(job("    return 1\n", query="x"), settings(presets=own))
    assert isinstance(ready.request, ModelRequest)
    assert ready.request.messages[-1] == Turn("assistant", "```")
    answer = "".join(
        piece.text for piece in (ready.filters.push("python\n    return 2\n```\nSo."), ready.filters.finish())
    )
    assert answer == "    return 2\n"
    ready = prompting.ready(job("return 1", "yap", query="x"), settings(presets=own))
    assert isinstance(ready.request, ModelRequest)
    assert ready.request.messages[-1].role == "user"


def test_the_users_variables_reach_the_template_the_presets_above_all(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for part in ("system", "user"):
        (folder / f"fill_mode_{part}_prompt.xml.jinja").write_text("{{ vars.tone }} {{ vars.name }}", encoding="utf-8")
    own = {"fake": {"provider": "fake", "templates": "mine", "variables": {"tone": "terse"}}}
    ready = Prompting([tmp_path]).ready(
        job("return 1"), settings(presets=own, variables={"tone": "kind", "name": "Ada"})
    )
    assert ready.request.messages[-1].text.strip() == "terse Ada"


@pytest.mark.parametrize(
    ("selected", "kind", "line_end", "answer", "written"),
    [
        ("    return 1\n", "replace", "\n", "```python\nreturn 2\n```\n", "    return 2\n"),
        ("    return 1\n", "replace", "\n", "<think>hm</think>return 2", "    return 2\n"),
        ("return 1", "replace", "\n", "return 2\n", "return 2"),
        ("    return 1\n", "replace", "\r\n", "return 2\nreturn 3\n", "    return 2\r\n    return 3\r\n"),
        ("return 1", "yap", "\n", "```\nkept\n```\n", "```\nkept\n```\n"),
        ("return 1", "yap", "\r\n", "<think>hm</think>a\nb", "a\r\nb"),
    ],
)
def test_what_reaches_the_document(selected: str, kind: Kind, line_end: str, answer: str, written: str) -> None:
    text, marked = (words.replace("\n", line_end) for words in (TEXT, selected))
    asked = job(marked, kind, text, line_end=line_end)
    selection = select(asked.text, asked.start, asked.end)
    assert filter_every_way(lambda: filters_for(asked, selection), answer) == written
