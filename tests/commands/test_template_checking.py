"""What is wrong with a template or prompt as it stands in the editor, and which files are such."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsp_llm.commands.template_checking import TemplateChecking
from lsp_llm.context.library import built_in_prompts
from lsp_llm.context.templates import built_in_folder
from lsp_llm.lsp.uris import uri_of


class Bench:
    def __init__(self, folder: Path) -> None:
        self.root, self.own = folder / "project", folder / "own"
        templates, prompts = [self.own / "templates", built_in_folder()], [self.own / "prompts", built_in_prompts()]
        self.checking = TemplateChecking(templates, prompts, lambda uri: self.root if "project" in uri else None)

    def name(self, path: Path) -> str:
        return self.checking.name_of(uri_of(str(path)), path)

    def problems(self, path: Path, text: str) -> list[tuple[int, str, str]]:
        found = self.checking.problems(uri_of(str(path)), path, text)
        return [(problem.line, problem.level, problem.sentence) for problem in found]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_templates_and_prompts_are_known_by_their_folder_and_suffix(bench: Bench) -> None:
    project = bench.root / ".lsp-llm"
    assert bench.name(project / "templates" / "mine" / "a.jinja") == "mine/a.jinja"
    assert bench.name(bench.own / "templates" / "mine" / "a.jinja") == "mine/a.jinja"
    assert bench.name(built_in_folder() / "openai" / "debug.xml.jinja") == "openai/debug.xml.jinja"
    assert bench.name(project / "prompts" / "tidy.md") == "prompts/tidy.md"
    assert bench.name(bench.own / "prompts" / "tidy.md") == "prompts/tidy.md"
    assert bench.name(built_in_prompts() / "fix.md") == "prompts/fix.md"
    for other in ("a.jinja", "templates/a.jinja", ".lsp-llm/templates/README.md", ".lsp-llm/prompts/a.txt", "b.md"):
        assert bench.name(bench.root / other) == ""
    assert bench.name(bench.own / ".lsp-llm" / "templates" / "a.jinja") == ""


def test_every_built_in_file_is_fine(bench: Bench) -> None:
    paths = [path for path in built_in_folder().rglob("*") if bench.name(path)]
    assert len(paths) > 50
    assert {str(path): bench.problems(path, path.read_text(encoding="utf-8")) for path in paths} == {
        str(path): [] for path in paths
    }


def test_a_template_is_told_what_is_wrong_with_it(bench: Bench) -> None:
    path = bench.root / ".lsp-llm" / "templates" / "mine" / "a.jinja"
    text = "{{ user_querry }}\n{{ 'x' | trimm }}\n{% include 'shared/debug.jinja' %}\n{% include 'nope' %}\n"
    assert bench.problems(path, text) == [
        (1, "warning", 'the unknown variable "user_querry" renders empty; did you mean "user_query"?'),
        (2, "error", 'there is no filter "trimm"; did you mean "trim"?'),
        (4, "error", 'there is no template "nope"'),
    ]
    ((line, level, _),) = bench.problems(path, "\n\n{% if %}")
    assert (line, level) == (3, "error")


def test_it_may_include_itself_and_what_lies_beside_it(bench: Bench) -> None:
    folder = bench.root / ".lsp-llm" / "templates" / "mine"
    folder.mkdir(parents=True)
    (folder / "part.jinja").write_text("part")
    assert bench.problems(folder / "new.jinja", "{% include 'part.jinja' %}{% include 'new.jinja' %}") == []


def test_a_prompt_is_told_of_its_front_matter_and_of_its_text_by_the_lines_of_the_file(bench: Bench) -> None:
    path = bench.root / ".lsp-llm" / "prompts" / "own.md"
    found = bench.problems(path, "---\ntitel: x\n---\n\n{{ user_querry }}\n{{ vars.x }}{{ git_diff }}")
    assert [(line, level) for line, level, _ in found] == [(2, "error"), (5, "warning")]
    assert 'did you mean "title"?' in found[0][2]
    ((line, _, sentence),) = bench.problems(path, "---\nkind: repalce\n---\n{% if %}")
    assert (line, sentence) == (2, 'kind: "repalce" is none of replace, yap, chat')
