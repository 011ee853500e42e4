from types import CodeType

import pytest
from jinja2.sandbox import SandboxedEnvironment

from lsp_llm.errors import UserError
from lsp_llm.prompts.rendering import Renderer, UnknownVariable


def render(source: str, **variables: object) -> str:
    return Renderer({"t": source}).render("t", variables).text


def refusal(sources: dict[str, str], **variables: object) -> str:
    with pytest.raises(UserError) as caught:
        Renderer(sources).render("t", variables)
    return str(caught.value)


@pytest.mark.parametrize("text", ["<a> & \"b\" 'c'", "line\r\nline\rline\n\n", "{{ x }}{% raw %}", "\x0c\u2028é👩‍👩‍👧"])
def test_the_text_of_a_variable_comes_out_as_it_went_in(text: str) -> None:
    assert render("[{{ text }}]\n", text=text) == f"[{text}]"


def test_a_line_with_only_a_block_tag_leaves_no_trace() -> None:
    assert render("a\n  {% if yes %}\nb\n  {% endif %}\nc\n", yes=1) == "a\nb\nc"


def test_one_line_end_at_the_end_of_the_file_is_dropped_and_no_more() -> None:
    assert render("a\n\n") == "a\n"


def test_include_and_extends_reach_the_given_names() -> None:
    sources = {
        "t": '{% extends "base" %}{% block b %}{% include "part" %}{% endblock %}',
        "part": "P",
        "base": "[{% block b %}{% endblock %}]",
    }
    assert Renderer(sources).render("t", {}).text == "[P]"


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "file:///etc/hostname", "other"])
def test_include_reaches_nothing_else(name: str) -> None:
    assert refusal({"t": f"one\n{{% include '{name}' %}}"}) == f"template t, line 2: there is no template {name}"


def test_an_unknown_template_is_named() -> None:
    with pytest.raises(UserError, match="there is no template nope"):
        Renderer({}).render("nope", {})


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


def test_a_syntax_error_names_template_and_line() -> None:
    assert refusal({"t": "one\n{% if %}"}).startswith("template t, line 2: Expected an expression")


def test_a_syntax_error_in_an_included_template_names_that_one() -> None:
    assert refusal({"t": "{% include 'part' %}", "part": "\n\n{{ a b }}"}).startswith("template part, line 3: ")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("\n{{ 1 / 0 }}", "template t, line 2: division by zero"),
        ("\n\n{{ x() }}", "template t, line 3: 'x' is undefined"),
        ("{{ 1 + 'a' }}", "template t, line 1: unsupported operand"),
        ("{% include 't' %}", "template t, line 1: maximum recursion depth"),
    ],
)
def test_a_failure_in_a_template_names_its_line(source: str, sentence: str) -> None:
    assert refusal({"t": source}).startswith(sentence)


def test_a_failure_in_an_included_template_names_that_one() -> None:
    assert refusal({"t": "{% include 'part' %}", "part": "\n{{ 1 / 0 }}"}) == "template part, line 2: division by zero"


@pytest.mark.parametrize(
    "escape",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ '' | attr('__class__') }}",
        "{{ ''['__class__'] }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self._TemplateReference__context.environment }}",
        "{{ files.append('x') }}",
        "{{ a.update(b=1) }}",
    ],
)
def test_the_sandbox_refuses_a_way_out(escape: str) -> None:
    assert "a template may not use" in refusal({"t": escape}, files=[], a={})


def test_each_template_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_really = SandboxedEnvironment.compile

    def compile_and_count(self: SandboxedEnvironment, source: str, name: str, filename: str) -> CodeType:
        compiled.append(name)
        return compile_really(self, source, name, filename)

    monkeypatch.setattr(SandboxedEnvironment, "compile", compile_and_count)
    renderer = Renderer({"t": "{% include 'part' %}", "part": "P"})
    for _ in range(3):
        assert renderer.render("t", {}).text == "P"
    assert compiled == ["t", "part"]
