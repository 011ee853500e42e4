from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from lsp_llm.commands.job import Job, Surroundings
from lsp_llm.commands.making import Making
from lsp_llm.commands.privacy import CleanTexts
from lsp_llm.commands.prompt_sources import PromptSources
from lsp_llm.config.settings import Settings
from lsp_llm.context.access import Access
from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.context.library import LibraryByRoot, built_in_prompts
from lsp_llm.context.templates import built_in_folder
from lsp_llm.errors import UserError
from lsp_llm.prompts.budget import TokenEstimate
from tests.commands.desk import SETTINGS
from tests.context.folders import run_git

TEXT = "def one():\n    return uno\n"


def making(root: Path | None, own: Path | None = None, **changes: Any) -> Making:
    settings = changes.pop("settings", {})
    found = tuple(changes.pop("diagnostics", ()))
    path = str((root or Path("/nowhere")) / "shop.py")
    values = {"kind": "replace", "text": TEXT, "start": 0, "end": len(TEXT), "language_id": "python", "query": ""}
    job = Job(**{**values, **changes}, path=path, line_end="\n", preset="fake", around=Surroundings(root, {}, found))
    folders = [own / "prompts"] if own else []
    library = LibraryByRoot([*folders, built_in_prompts()])
    sources = PromptSources([*([own / "templates"] if own else []), built_in_folder()], library.read)
    return Making(job, msgspec.convert({**SETTINGS, **settings}, Settings), sources.current(root), CleanTexts())


def words(made: Making) -> str:
    return made.request(made.parts(Access(), TokenEstimate(), 0)).messages[-1].text


def test_everything_that_was_gathered_is_said(tmp_path: Path) -> None:
    (tmp_path / ".kzn").mkdir()
    (tmp_path / ".kzn/rules.md").write_text("be terse", encoding="utf-8")
    (tmp_path / "help.py").write_text("def help(): ...", encoding="utf-8")
    start = TEXT.index("uno")
    found = [Diagnostic(start, start + 3, "error", "undefined")]
    said = words(making(tmp_path, query="like @help.py, see @symbols", diagnostics=found))
    for part in ("be terse", ".kzn/rules.md", "def help", "shop.py:2: error: undefined", "1: one", "Path: shop.py"):
        assert part in said
    assert str(tmp_path) not in said


def test_the_model_is_told_that_its_answer_was_begun(tmp_path: Path) -> None:
    family = tmp_path / "templates/mine"
    family.mkdir(parents=True)
    (family / "fill_mode_user_prompt.xml.jinja").write_text("{{ prefill }} {{ workspace_name }}", encoding="utf-8")
    for prefill in (True, False):
        presets = {"fake": {"provider": "fake", "templates": "mine", "prefill": prefill}}
        made = making(tmp_path, tmp_path, settings={"presets": presets})
        first = made.request(made.parts(Access(), TokenEstimate(), 0)).messages[0].text
        assert first == f"{prefill} {tmp_path.name}"


def test_a_prompt_of_the_library_is_the_instruction(tmp_path: Path) -> None:
    start = TEXT.index("uno")
    found = [Diagnostic(start, start + 3, "error", "undefined")]
    said = words(making(tmp_path, action="fix", query="use one", diagnostics=found))
    assert "Mend what these problems report" in said
    assert "use one" in said
    # What the instruction has said is not said once more beside it.
    assert said.count("error: undefined") == 1


def test_the_uncommitted_changes_are_there_for_a_prompt_that_speaks_of_them(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1\n", encoding="utf-8")
    run_git(tmp_path, "init", "--quiet")
    run_git(tmp_path, "add", "a.py")
    said = words(making(tmp_path, action="commit-message", kind="yap"))
    assert "Write the message for these uncommitted changes" in said
    assert said.count("+a = 1") == 1
    assert "+a = 1" in words(making(tmp_path, query="explain @diff"))
    assert "+a = 1" not in words(making(tmp_path, query="explain"))


def test_mentions_in_a_prompt_of_the_library_count(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts/mine.md").write_text("As in @help.py", encoding="utf-8")
    (tmp_path / "help.py").write_text("def help(): ...", encoding="utf-8")
    assert "def help" in words(making(tmp_path, tmp_path, action="mine"))


def test_a_broken_template_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    path = tmp_path / "prompts/mine.md"
    path.write_text("---\ntitle: x\n---\n{{ 1 / 0 }}", encoding="utf-8")
    with pytest.raises(UserError, match=f"template {path}, line 4: division by zero"):
        words(making(tmp_path, tmp_path, action="mine"))


def test_an_unknown_prompt_is_named_with_the_nearest() -> None:
    with pytest.raises(UserError, match='there is no prompt "fxi" in the library; did you mean "fix"'):
        making(None, action="fxi")


def test_only_without_words_a_gap_is_filled() -> None:
    settings = {"presets": {"fake": {"provider": "fake", "fim": "qwen"}}}
    gap: dict[str, Any] = {"kind": "yap", "start": len(TEXT), "settings": settings}
    assert making(None, **gap).is_gap
    assert not making(None, **gap, query="go on").is_gap
    assert not making(None, **gap, action="complete").is_gap
    assert not making(None, settings=settings).is_gap


def test_nothing_goes_along_with_a_gap(tmp_path: Path) -> None:
    (tmp_path / ".kzn").mkdir()
    (tmp_path / ".kzn/rules.md").write_text("be terse", encoding="utf-8")
    settings = {"presets": {"fake": {"provider": "fake", "fim": "qwen"}}}
    parts = making(tmp_path, kind="yap", start=len(TEXT), settings=settings).parts(Access(), TokenEstimate(), 0)
    assert parts.along.files == ()


def test_what_stays_behind_is_told(tmp_path: Path) -> None:
    (tmp_path / ".kzn").mkdir()
    (tmp_path / ".kzn/x.bin").write_bytes(b"\0")
    made = making(tmp_path)
    words(made)
    assert made.warnings == [".kzn/x.bin is binary (it has NUL bytes)"]


def test_neither_a_long_file_nor_a_cut_lets_a_part_of_a_key_through(tmp_path: Path) -> None:
    key = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQ\n" * 40 + "-----END PRIVATE KEY-----\n"
    (tmp_path / ".kzn").mkdir()
    (tmp_path / ".kzn/long.md").write_text("words and words\n" * 200 + key + "more\n" * 500, encoding="utf-8")
    text = key + "x = 1\n" * 10 + key
    for limit in range(0, 5_000, 250):
        made = making(tmp_path, text=text, start=len(key) + 6, end=len(key) + 12)
        request = made.request(made.parts(Access(), TokenEstimate(1.0), limit))
        assert "MIIEvQ" not in "".join(message.text for message in request.messages)
