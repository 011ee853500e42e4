"""Rendered prompts are kept in golden/, one file a prompt; with LSP_LLM_WRITE_GOLDEN=1 the tests write them anew."""

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from lsp_llm.context.templates import TemplateFolders, built_in_folder
from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import Message
from lsp_llm.prompts.budget import SectionSize
from lsp_llm.prompts.debug_view import DebugView, render_debug
from lsp_llm.prompts.messages import (
    SYSTEM_FILE,
    USER_FILE,
    Prompt,
    build_chat_system,
    build_completion,
    build_messages,
    families,
)
from lsp_llm.prompts.rendering import Renderer
from lsp_llm.prompts.variables import BufferContext, ContextFile, Kind, PromptVariables

GOLDEN = Path(__file__).parent / "golden"
FAMILIES = ("anthropic", "deepseek", "gemini", "grok", "llama", "openai", "qwen", "vllm")
COMPLETIONS = ("base", "codegemma", "codellama", "codestral", "deepseek_coder", "instruct", "qwen", "starcoder")
WITHOUT_SYSTEM = ("deepseek",)
"""Families whose rules stand in the user's message."""

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


def compare(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("LSP_LLM_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_all_families_are_tested() -> None:
    assert families(built_in()) == FAMILIES
    assert {name for name in built_in().names if name.startswith("completion/")} == {
        f"completion/{name}.jinja" for name in COMPLETIONS
    }


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("case", CASES)
def test_the_prompt_is_the_golden_one(family: str, case: str) -> None:
    kind, variables = CASES[case]
    prompt = build_messages(built_in(), family, kind, variables)
    compare(f"{family}_{case}", golden_text(prompt))
    assert prompt.warnings == ()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("name", "variables"), [("chat", fill("", "")), ("chat_with_files", EVERYTHING)])
def test_the_chat_system_is_the_golden_one(family: str, name: str, variables: PromptVariables) -> None:
    prompt = build_chat_system(built_in(), family, variables)
    compare(f"{family}_{name}", golden_text(prompt))
    assert prompt.warnings == ()


@pytest.mark.parametrize("name", COMPLETIONS)
@pytest.mark.parametrize("kind", get_args(Kind))
def test_the_completion_is_the_golden_one(name: str, kind: Kind) -> None:
    rendered = build_completion(built_in(), name, kind, EVERYTHING)
    compare(f"completion_{name}_{kind}", f"{rendered.text}\n")
    assert rendered.warnings == ()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_debug_view_is_the_golden_one(family: str) -> None:
    messages = (Message("system", "Be good."), Message("user", "Go on."))
    sections = (SectionSize("document", 1200), SectionSize("notes.md", 7))
    rendered = render_debug(built_in(), DebugView("a-model", family, messages, {"temperature": 0.5}, sections))
    compare(f"{family}_debug", f"{rendered.text}\n")
    assert rendered.warnings == ()


def test_no_golden_file_is_left_over() -> None:
    fills = {f"{family}_{case}" for family in FAMILIES for case in CASES}
    others = {f"{family}_{view}" for family in FAMILIES for view in ("chat", "chat_with_files", "debug")}
    raw = {f"completion_{name}_{kind}" for name in COMPLETIONS for kind in get_args(Kind)}
    assert {path.stem for path in GOLDEN.iterdir()} == fills | others | raw


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_family_says_all_that_it_was_given(family: str, kind: Kind) -> None:
    text = "".join(message.text for message in build_messages(built_in(), family, kind, EVERYTHING).messages)
    given = [BEFORE, SELECTION, AFTER, EVERYTHING.user_query, EVERYTHING.git_diff, "src/area.py", "Python"]
    files = [part for file in EVERYTHING.context_files for part in (file.path, file.content)]
    for part in [*given, *files, *EVERYTHING.diagnostics, *EVERYTHING.symbols]:
        assert part in text


@pytest.mark.parametrize("name", [name for name in COMPLETIONS if name != "instruct"])
def test_a_completion_has_only_what_stands_around_the_gap(name: str) -> None:
    gone = build_completion(built_in(), name, "replace", fill("ignored", SELECTION)).text
    kept = build_completion(built_in(), name, "yap", fill("ignored", SELECTION)).text
    assert BEFORE in gone
    assert SELECTION not in gone
    assert BEFORE + SELECTION in kept
    assert "ignored" not in gone + kept


@pytest.mark.parametrize("family", [family for family in FAMILIES if family not in WITHOUT_SYSTEM])
@pytest.mark.parametrize("kind", get_args(Kind))
def test_the_system_message_is_the_same_for_every_request_of_a_kind(family: str, kind: Kind) -> None:
    # Hosts cache prompts by their beginning.
    first, second = (build_messages(built_in(), family, kind, v).messages[0] for v in (PromptVariables(), EVERYTHING))
    assert first == second
    assert first.role == "system"


@pytest.mark.parametrize("family", WITHOUT_SYSTEM)
def test_a_family_without_a_system_message_begins_the_same_for_every_request(family: str) -> None:
    first, second = (build_messages(built_in(), family, "yap", v).messages[0] for v in (PromptVariables(), EVERYTHING))
    assert first.role == "user"
    assert first.text[:500] == second.text[:500]


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
    with pytest.raises(UserError, match='no template family "antropic"; there is: anthropic, deepseek, gemini'):
        build_messages(built_in(), "antropic", "yap", PromptVariables())


def test_an_unknown_completion_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UserError, match='no completion template "quen"; there is: base, codegemma'):
        build_completion(built_in(), "quen", "yap", PromptVariables())


def test_a_family_without_a_chat_template_has_no_system_message_there() -> None:
    renderer = Renderer({f"mine/{USER_FILE}": "x"})
    assert build_chat_system(renderer, "mine", PromptVariables()) == Prompt((), ())


def test_a_kznllm_family_may_include_what_lies_beside_and_lay_out_the_debug_view() -> None:
    renderer = Renderer(
        {
            f"mine/{USER_FILE}": '{% include "long_context_documents.xml.jinja" %}\nQ: {{ user_query }}',
            "mine/long_context_documents.xml.jinja": (
                "{% for file in context_files %}\n"
                "<{{ loop.index }} {{ file.path }}>{{ file.content | trim }}\n"
                "{% endfor %}"
            ),
            "mine/debug.xml.jinja": "{{ model }}{% for m in messages %}|{{ m.role }}: {{ m.content }}{% endfor %}",
        }
    )
    variables = PromptVariables("go", context_files=(ContextFile("a.md", "A\n"), ContextFile("b.md", "B")))
    prompt = build_messages(renderer, "mine", "replace", variables)
    assert prompt.messages[0].text == "<1 a.md>A\n<2 b.md>B\nQ: go"
    view = DebugView("m", "mine", prompt.messages)
    assert render_debug(renderer, view).text == "m|user: <1 a.md>A\n<2 b.md>B\nQ: go"


def test_the_core_of_prompts_and_context_does_not_load_jinja2() -> None:
    modules = "lsp_llm.prompts.messages, lsp_llm.context.templates, lsp_llm.context.library, lsp_llm.prompts.debug_view"
    program = f"import sys, {modules}; sys.exit(bool({{'jinja2', 'yaml'}} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0
