"""Rendered prompts are kept in golden/, one file a prompt; `python -m tests.prompts.test_messages` writes them anew."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from lsp_llm.context.templates import TemplateFolders, built_in_folder
from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import Message
from lsp_llm.prompts.messages import SYSTEM_FILE, USER_FILE, Prompt, build_messages
from lsp_llm.prompts.rendering import Renderer
from lsp_llm.prompts.variables import BufferContext, ContextFile, Kind, PromptVariables

GOLDEN = Path(__file__).parent / "golden"
FAMILIES = ("anthropic", "openai")

BEFORE = 'import math\n\n\ndef area(radius: float) -> float:\n    """Of a circle."""\n'
SELECTION = "    # TODO: refuse a negative radius\n    return 3.14 * radius ** 2\n"
AFTER = "\n\nprint(area(2))\n"


def fill(instruction: str, selection: str) -> PromptVariables:
    return PromptVariables(
        user_query=instruction,
        visual_selection=selection,
        current_buffer_context=BufferContext("src/area.py", "python", BEFORE + selection + AFTER),
        language="Python",
        before=BEFORE,
        after=AFTER,
        indent="    ",
        workspace_name="shapes",
        date="2026-01-31",
    )


EVERYTHING = PromptVariables(
    user_query="use <math> & \"pi\"\nkeep the 'TODO'",
    visual_selection=SELECTION,
    current_buffer_context=BufferContext("src/area.py", "python", BEFORE + SELECTION + AFTER),
    context_files=(ContextFile("notes.md", "# Notes\n```\ncode\n```"), ContextFile("b.txt", "B")),
    language="Python",
    before=BEFORE,
    after=AFTER,
    diagnostics=("line 7: a magic number",),
    git_diff="-    return 3 * radius ** 2\n+    return 3.14 * radius ** 2",
    symbols=("area(radius: float) -> float",),
)

CASES: dict[str, tuple[Kind, PromptVariables]] = {
    "replace_with_instruction": ("replace", fill("use math.pi", SELECTION)),
    "replace_without_instruction": ("replace", fill("", SELECTION)),
    "replace_with_everything": ("replace", EVERYTHING),
    "yap_with_instruction": ("yap", fill("how exact is this?", SELECTION)),
    "yap_without_instruction": ("yap", fill("", SELECTION)),
    "yap_without_selection": ("yap", fill("", "")),
}

# Written as kznllm.nvim's users write theirs: its names, its file names, one pair for both kinds.
KZNLLM_SYSTEM = "{%- if replace -%}\nOnly code.\n{%- else -%}\nAnswer.\n{%- endif -%}\n"
KZNLLM_USER = """\
{% if current_buffer_context.text or context_files %}
CONTEXT:
{% endif %}
{% if current_buffer_context.text %}
File 0 is {{ current_buffer_context.path }}
```{{ current_buffer_context.filetype }}
{{ current_buffer_context.text }}
```
{% endif %}
{% if context_files %}
  {% for file in context_files %}
File {{ loop.index }} is {{ file.path | trim }}
{{ file.content }}
  {% endfor %}
{% endif %}
{% if visual_selection and not prefill %}
Code: {{ visual_selection }}
{% endif %}
Query: {{ user_query }}
"""


def built_in() -> Renderer:
    return Renderer(TemplateFolders([built_in_folder()]).read().sources())


def golden_text(prompt: Prompt) -> str:
    return "".join(f"~~~~~ {message.role} ~~~~~\n{message.text}\n" for message in prompt.messages)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("case", CASES)
def test_the_prompt_is_the_golden_one(family: str, case: str) -> None:
    kind, variables = CASES[case]
    prompt = build_messages(built_in(), family, kind, variables)
    assert golden_text(prompt) == (GOLDEN / f"{family}_{case}.txt").read_text(encoding="utf-8")
    assert prompt.warnings == ()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", get_args(Kind))
def test_the_system_message_is_the_same_for_every_request_of_a_kind(family: str, kind: Kind) -> None:
    # Hosts cache prompts by their beginning.
    first, second = (build_messages(built_in(), family, kind, v).messages[0] for v in (PromptVariables(), EVERYTHING))
    assert first == second
    assert first.role == "system"


def test_a_kznllm_family_works_as_it_is() -> None:
    renderer = Renderer({f"mine/{SYSTEM_FILE}": KZNLLM_SYSTEM, f"mine/{USER_FILE}": KZNLLM_USER})
    variables = PromptVariables(
        user_query="go",
        visual_selection="x = 1",
        current_buffer_context=BufferContext("a.py", "python", "x = 1\n"),
        context_files=(ContextFile("b.md", "B"), ContextFile("c.md", "C")),
    )
    files = "File 0 is a.py\n```python\nx = 1\n\n```\nFile 1 is b.md\nB\nFile 2 is c.md\nC\n"
    user = f"CONTEXT:\n{files}Code: x = 1\nQuery: go"
    assert build_messages(renderer, "mine", "replace", variables) == Prompt(
        (Message("system", "Only code."), Message("user", user)), ()
    )
    assert build_messages(renderer, "mine", "yap", variables).messages[0].text == "Answer."


@pytest.mark.parametrize("sources", [{}, {f"mine/{SYSTEM_FILE}": "{# nothing to say #}\n \n"}])
def test_without_a_system_text_there_is_no_system_message(sources: dict[str, str]) -> None:
    renderer = Renderer({f"mine/{USER_FILE}": "{{ user_query }}", **sources})
    assert build_messages(renderer, "mine", "yap", PromptVariables("go")).messages == (Message("user", "go"),)


def test_what_templates_ask_for_in_vain_is_told() -> None:
    renderer = Renderer({f"mine/{USER_FILE}": "{{ x }}", f"mine/{SYSTEM_FILE}": "{{ vars.y }}{{ vars.z }}"})
    prompt = build_messages(renderer, "mine", "yap", PromptVariables(vars={"z": 1}))
    assert [(warning.name, warning.template) for warning in prompt.warnings] == [
        ("y", f"mine/{SYSTEM_FILE}"),
        ("x", f"mine/{USER_FILE}"),
    ]


def test_an_unknown_family_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UserError, match='no template family "antropic"; there is: anthropic, openai'):
        build_messages(built_in(), "antropic", "yap", PromptVariables())


def test_the_core_of_prompts_and_context_does_not_load_jinja2() -> None:
    modules = "lsp_llm.prompts.messages, lsp_llm.context.templates, lsp_llm.context.instruction"
    program = f"import sys, {modules}; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0


if __name__ == "__main__":
    for family in FAMILIES:
        for case, (kind, variables) in CASES.items():
            text = golden_text(build_messages(built_in(), family, kind, variables))
            (GOLDEN / f"{family}_{case}.txt").write_text(text, encoding="utf-8")
