import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from lsp_llm.context.templates import built_in_folder
from lsp_llm.prompts.variables import BufferContext, ContextFile, PromptVariables

NAMES = set(PromptVariables().as_mapping("replace"))


def test_the_table_of_the_readme_lists_exactly_the_variables() -> None:
    section = (built_in_folder() / "README.md").read_text(encoding="utf-8").split("## Variables")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == NAMES


@pytest.mark.parametrize(
    "path", sorted(built_in_folder().rglob("*.jinja")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_a_built_in_template_uses_only_known_variables(path: Path) -> None:
    assert meta.find_undeclared_variables(Environment().parse(path.read_text(encoding="utf-8"))) <= NAMES


def test_the_names_shared_with_kznllm_have_its_shapes() -> None:
    variables = PromptVariables(
        user_query="q",
        visual_selection="s",
        current_buffer_context=BufferContext("a.py", "python", "text"),
        context_files=(ContextFile("b.md", "B"),),
    ).as_mapping("yap")
    assert variables["current_buffer_context"] == {"path": "a.py", "filetype": "python", "text": "text"}
    assert variables["context_files"] == ({"path": "b.md", "content": "B"},)
    assert (variables["user_query"], variables["visual_selection"]) == ("q", "s")


def test_replace_tells_the_two_kinds_apart() -> None:
    assert PromptVariables().as_mapping("replace")["replace"] is True
    assert PromptVariables().as_mapping("yap")["replace"] is False
