import re
from dataclasses import fields

from lsp_llm.context.templates import built_in_folder
from lsp_llm.prompts.debug_view import DebugView
from lsp_llm.prompts.library import LibraryPrompt
from lsp_llm.prompts.messages import USER_FILE
from lsp_llm.prompts.variables import BufferContext, ContextFile, PromptVariables

NAMES = set(PromptVariables().as_mapping("replace"))
DEBUG_NAMES = set(DebugView("", "", ()).as_mapping())


def table(heading: str) -> set[str]:
    """The names in the first column of the table below a heading of the README."""
    text = (built_in_folder() / "README.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([\w.]+)`", text.split(f"## {heading}\n")[1].split("\n## ")[0], re.MULTILINE))


def test_the_table_of_the_readme_lists_exactly_the_variables() -> None:
    assert table("Variables") == NAMES


def test_the_debug_view_has_the_variables_that_the_readme_lists() -> None:
    assert table("The debug view") == DEBUG_NAMES


def test_the_readme_lists_the_families_and_the_completions() -> None:
    folders = {path.parent.name for path in built_in_folder().glob(f"*/{USER_FILE}")}
    assert table("Families") == folders
    assert table("Raw completions") == {path.stem for path in (built_in_folder() / "completion").glob("*.jinja")}


def test_the_readme_lists_the_keys_of_a_prompts_front_matter() -> None:
    keys = {field.name for field in fields(LibraryPrompt)} - {"id", "body", "body_line"}
    assert table("The prompt library") == keys


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
