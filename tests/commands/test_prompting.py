from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lsp_llm.commands.job import Job
from lsp_llm.commands.prompting import FILLED_IN, Prompting
from lsp_llm.config.settings import Settings
from lsp_llm.context.library import Library
from lsp_llm.context.templates import built_in_folder
from lsp_llm.errors import UserError
from lsp_llm.exchange.kinds import Kind
from lsp_llm.exchange.messages import FimRequest, ModelRequest
from lsp_llm.exchange.messages import Message as Turn
from lsp_llm.status.events import Message
from tests.commands.desk import SETTINGS

SECRET = "ghp_" + "a1B2" * 9
TEXT = "def one():\n    # ai: make it two\n    return 1\n"


def job(selected: str, kind: Kind = "replace", text: str = TEXT, **changes: Any) -> Job:
    start = text.index(selected)
    values = {"path": "/project/shop.py", "language_id": "python", "line_end": "\n", "query": "", "preset": "fake"}
    return Job(kind=kind, text=text, start=start, end=start + len(selected), **{**values, **changes})


def settings(**changes: Any) -> Settings:
    return msgspec.convert({**SETTINGS, **changes}, Settings)


@pytest.fixture
def prompting() -> Prompting:
    return Prompting([built_in_folder()], lambda root: Library())


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
    prompting = Prompting([tmp_path], lambda root: Library())
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
    ready = Prompting([tmp_path], lambda root: Library()).ready(
        job("return 1"), settings(presets=own, variables={"tone": "kind", "name": "Ada"})
    )
    assert isinstance(ready.request, ModelRequest)
    assert ready.request.messages[-1].text.strip() == "terse Ada"


def test_the_answers_marks_become_secrets_again_and_it_is_told_once_that_they_were_left_out(
    prompting: Prompting,
) -> None:
    text = f'key = "{SECRET}"\n'
    ready, again = (prompting.ready(job(text, text=text, query="x"), settings()) for _ in range(2))
    assert isinstance(ready.request, ModelRequest)
    assert not any(SECRET in message.text for message in ready.request.messages)
    written = ready.filters.push('key = "REDACTED_SECRET_1"\n').text + ready.filters.finish().text
    assert written == text
    (note,) = ready.notes
    assert note.text.startswith("1 secret was left out of the prompt (/project/shop.py)")
    assert ready.measure.secrets == 1
    assert again.notes == ()


def test_what_fills_a_gap_is_sent_no_secret_either(prompting: Prompting) -> None:
    own = {"fake": {"provider": "fake", "model": "m", "fim": "qwen"}}
    text = f'key = "{SECRET}"\n\n'
    place = replace(job("\n\n", "yap", text), start=len(text), end=len(text))
    ready = prompting.ready(place, settings(presets=own))
    assert ready.request == FimRequest("m", 'key = "REDACTED_SECRET_1"\n\n', "", {})
    assert ready.filters.push("REDACTED_SECRET_1;").text == f"{SECRET};"


def test_a_secret_in_a_variable_of_the_settings_does_not_leave(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "fill_mode_user_prompt.xml.jinja").write_text("say {{ vars.key }}", encoding="utf-8")
    own = {"fake": {"provider": "fake", "templates": "mine"}}
    prompting = Prompting([tmp_path], lambda root: Library())
    ready = prompting.ready(job("return 1"), settings(presets=own, variables={"key": SECRET}))
    assert isinstance(ready.request, ModelRequest)
    assert [message.text for message in ready.request.messages] == ["say REDACTED_SECRET_1"]


def test_where_secrets_are_blocked_there_is_no_request(prompting: Prompting) -> None:
    text = f'key = "{SECRET}"\n'
    with pytest.raises(UserError, match="nothing was sent"):
        prompting.ready(job("key", text=text), settings(context={"secrets": "block"}))


def test_a_measure_tells_the_parts_and_the_files(prompting: Prompting) -> None:
    measure = prompting.ready(job("    return 1\n", query="return 2"), settings()).measure
    names = [section.name for section in measure.sections]
    assert names == ["instruction", "selection", "before", "templates"]
    assert measure.tokens == sum(section.tokens for section in measure.sections)
    assert measure.files == ("/project/shop.py",)
    assert measure.can_shrink


def test_a_smaller_limit_cuts_the_document_around_the_selection(prompting: Prompting) -> None:
    text = "".join(f"line {number}\n" for number in range(2_000))
    place = job("line 1000\n", text=text, query="x")
    whole, half = prompting.ready(place, settings()), prompting.ready(place, settings(), 3_000)
    assert "line 1999" in whole.request.messages[-1].text  # type: ignore[union-attr]
    words = half.request.messages[-1].text  # type: ignore[union-attr]
    assert "characters cut ...]" in words
    assert "line 1999" not in words
    assert "line 999\n" in words
    assert "line 1001\n" in words
    assert half.measure.tokens <= 3_000
