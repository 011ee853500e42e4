import pytest

from lsp_llm.prompts.problems import TemplateProblem
from lsp_llm.prompts.rendering import Renderer, UnknownVariable


def test_an_unknown_variable_renders_empty_and_is_reported_once_with_its_line() -> None:
    rendered = Renderer({"t": "one\n{{ speed }}{{ speed }}\n{{ speed.limit[3] }}!"}).render("t", {})
    assert rendered.text == "one\n\n!"
    assert [str(warning) for warning in rendered.warnings] == [
        'template t, line 2: the unknown variable "speed" renders empty'
    ]


@pytest.mark.parametrize(
    "use",
    [
        "{{ x }}",
        "{{ x | upper }}",
        "{{ a.x }}",
        "{{ a['x'] }}",
        "{% if x %}{% endif %}",
        "{% if x == 'y' %}{% endif %}",
        "{% for i in x %}{% endfor %}",
        "{{ x | length | replace('0', '') }}",
        "{% macro m() %}{{ x }}{% endmacro %}{{ m() }}",
    ],
)
def test_every_look_at_an_unknown_variable_is_reported(use: str) -> None:
    rendered = Renderer({"t": f"\n{use}"}).render("t", {"a": {}})
    assert (rendered.text, rendered.warnings) == ("\n", (UnknownVariable("x", "t", 2),))


@pytest.mark.parametrize("use", ["{{ x is defined }}", "{{ x | default('False') }}"])
def test_a_template_may_ask_whether_a_variable_is_there(use: str) -> None:
    rendered = Renderer({"t": use}).render("t", {})
    assert (rendered.text, rendered.warnings) == ("False", ())


def test_the_report_names_the_included_template() -> None:
    rendered = Renderer({"t": "\n\n{% include 'part' %}", "part": "\n{{ x }}"}).render("t", {})
    assert rendered.warnings == (UnknownVariable("x", "part", 2),)


def test_each_render_reports_for_itself() -> None:
    renderer = Renderer({"t": "{{ x }}"})
    assert len(renderer.render("t", {}).warnings) == 1
    assert renderer.render("t", {"x": "y"}).warnings == ()
    assert len(renderer.render("t", {}).warnings) == 1


def test_an_unknown_variable_is_a_problem_at_a_place() -> None:
    (warning,) = Renderer({"t": "one\n{{ x }}"}).render("t", {}).warnings
    assert warning.problem == TemplateProblem("t", 2, 'the unknown variable "x" renders empty')
