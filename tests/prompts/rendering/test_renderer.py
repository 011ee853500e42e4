import pytest

from lsp_llm.errors import UserError
from lsp_llm.prompts.problems import TemplateError, TemplateProblem
from lsp_llm.prompts.rendering import Renderer


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


def test_an_unknown_template_is_named() -> None:
    with pytest.raises(UserError, match="there is no template nope"):
        Renderer({}).render("nope", {})


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
        ("{% include 't' %}", "template t, line 1: it is nested too deeply, or calls or includes itself"),
    ],
)
def test_a_failure_in_a_template_names_its_line(source: str, sentence: str) -> None:
    assert refusal({"t": source}).startswith(sentence)


def test_a_failure_in_an_included_template_names_that_one() -> None:
    assert refusal({"t": "{% include 'part' %}", "part": "\n{{ 1 / 0 }}"}) == "template part, line 2: division by zero"


def test_a_failure_is_a_problem_at_a_place() -> None:
    with pytest.raises(TemplateError) as caught:
        Renderer({"t": "one\n{{ 1 / 0 }}"}).render("t", {})
    assert caught.value.problem == TemplateProblem("t", 2, "division by zero")


def test_what_one_rendering_spends_is_not_missing_in_the_next() -> None:
    renderer = Renderer({"t": "{% for i in range(50000) %}{% endfor %}"})
    for _ in range(8):
        renderer.render("t", {})
