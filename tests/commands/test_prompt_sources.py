from __future__ import annotations

from pathlib import Path

import pytest

from lsp_llm.commands.prompt_sources import PromptSources
from lsp_llm.context.library import LibraryByRoot
from lsp_llm.errors import UserError
from lsp_llm.prompts.problems import TemplateError

FAMILY = Path("mine", "fill_mode_user_prompt.xml.jinja")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def sources_of(own: Path) -> PromptSources:
    return PromptSources([own / "templates"], LibraryByRoot([own / "prompts"]).read)


def test_a_project_stands_above_the_user_and_is_seen_by_no_other(tmp_path: Path) -> None:
    own, first, second = tmp_path / "own", tmp_path / "first", tmp_path / "second"
    write(own / "templates" / FAMILY, "own")
    write(first / ".lsp-llm/templates" / FAMILY, "first")
    write(first / ".lsp-llm/prompts/tidy.md", "tidy up")
    sources = sources_of(own)
    assert sources.current(first).renderer.render(FAMILY.as_posix(), {}).text == "first"
    assert sources.current(first).library.find("tidy")
    for root in (second, None):
        assert sources.current(root).renderer.render(FAMILY.as_posix(), {}).text == "own"
        assert sources.current(root).library.find("tidy") is None


def test_a_renderer_is_made_anew_when_a_template_or_a_prompt_has_changed_and_only_then(tmp_path: Path) -> None:
    write(tmp_path / "templates" / FAMILY, "one")
    write(tmp_path / "prompts/tidy.md", "tidy up")
    sources = sources_of(tmp_path)
    first = sources.current(None)
    assert sources.current(None) is first
    write(tmp_path / "templates" / FAMILY, "another")
    second = sources.current(None)
    assert second.renderer.render(FAMILY.as_posix(), {}).text == "another"
    write(tmp_path / "prompts/tidy.md", "tidy it all up")
    assert sources.current(None).renderer.render("prompts/tidy.md", {}).text == "tidy it all up"


def test_files_that_cannot_be_used_are_told_and_errors_name_the_file(tmp_path: Path) -> None:
    write(tmp_path / "templates" / FAMILY, "\n{% if %}")
    (tmp_path / "templates/mine/bad.jinja").write_bytes(b"\xff")
    write(tmp_path / "prompts/bad.md", "---\nkind: nothing\n---\n")
    current = sources_of(tmp_path).current(None)
    template, prompt, *_ = current.problems
    assert "bad.jinja cannot be used" in template
    assert "bad.md, line 2" in prompt
    with pytest.raises(UserError) as caught:
        current.renderer.render(FAMILY.as_posix(), {})
    assert isinstance(caught.value, TemplateError)
    assert str(current.located(caught.value)).startswith(f"template {tmp_path / 'templates' / FAMILY}, line 2: ")
