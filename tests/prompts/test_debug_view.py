import pytest

from lsp_llm.context.templates import TemplateFolders, built_in_folder
from lsp_llm.exchange.messages import Message
from lsp_llm.prompts.budget import SectionSize
from lsp_llm.prompts.debug_view import DebugView, render_debug, template_variables
from lsp_llm.prompts.rendering import Renderer, check

VIEW = DebugView(
    "some-model",
    "mine",
    (Message("system", "Be good."), Message("user", "<a> & ``` {{ x }}")),
    {"temperature": 0.5},
    (SectionSize("document", 1200), SectionSize("notes.md", 7)),
)


def test_a_family_may_lay_it_out() -> None:
    own = "{{ model }}{% for m in messages %}|{{ m.role }}:{{ m.content }}{% endfor %}{{ params.temperature }}"
    renderer = Renderer({"mine/debug.xml.jinja": own, "shared/debug.jinja": "shared"})
    assert render_debug(renderer, VIEW).text == "some-model|system:Be good.|user:<a> & ``` {{ x }}0.5"


def test_one_that_does_not_is_shown_as_all_others() -> None:
    assert render_debug(Renderer({"shared/debug.jinja": "{{ family }}"}), VIEW).text == "mine"


BUILT_IN = TemplateFolders([built_in_folder()]).read().sources()


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_template_has_no_problem(name: str) -> None:
    assert check(name, BUILT_IN[name], template_variables(name), BUILT_IN) == ()


def test_the_view_and_the_prompts_have_different_variables() -> None:
    assert "messages" in template_variables("mine/debug.xml.jinja")
    assert "messages" not in template_variables("mine/fill_mode_user_prompt.xml.jinja")
    assert "user_query" in template_variables("prompts/fix.md")
