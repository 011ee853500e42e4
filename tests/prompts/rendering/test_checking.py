import pytest

from lsp_llm.prompts.problems import TemplateProblem
from lsp_llm.prompts.rendering import check

KNOWN = ("user_query", "replace", "context_files")


def problems(text: str, templates: tuple[str, ...] = ()) -> list[tuple[int, str]]:
    return [(problem.line, problem.sentence) for problem in check("f/t.jinja", text, KNOWN, templates)]


def test_a_good_template_has_none() -> None:
    text = (
        "{% for file in context_files if replace %}{{ file.path | trim }}{{ loop.index }}{% endfor %}{{ user_query }}"
    )
    assert check("t", text, KNOWN) == ()


def test_a_problem_names_the_template() -> None:
    assert check("f/t.jinja", "\n{% if %}", KNOWN)[0].path == "f/t.jinja"


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("one\n{% if %}", 2, "Expected an expression"),
        ("\n\n{% if replace %}", 3, "Unexpected end of template"),
        ("\n{{ user_querry }}", 2, 'the unknown variable "user_querry" renders empty; did you mean "user_query"?'),
        ("{% if false %}\n{{ 'x' | trimm }}{% endif %}", 2, 'there is no filter "trimm"; did you mean "trim"?'),
        ("{% if 1 is evn %}{% endif %}", 1, 'there is no test "evn"; did you mean "even"?'),
        ("\n{% include 'nope' %}", 2, 'there is no template "nope"'),
        ("{% extends 'nope' %}", 1, 'there is no template "nope"'),
        ("{% from 'nope' import x %}", 1, 'there is no template "nope"'),
        ("{% import 'nope' as x %}", 1, 'there is no template "nope"'),
        ("{% block a %}{% endblock %}\n{% block a %}{% endblock %}", 2, "block 'a' defined twice"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, sentence: str) -> None:
    ((found_line, found),) = problems(text)
    assert found_line == line
    assert found.startswith(sentence)


def test_all_that_is_wrong_is_told_by_line_and_each_name_once() -> None:
    assert [line for line, _ in problems("{{ b }}\n{{ a | x }}\n{{ b }}{% include 'y' %}")] == [1, 2, 2, 3]


@pytest.mark.parametrize("text", ["{{ x | default('') }}", "{% if x is defined %}{{ x }}{% endif %}"])
def test_who_asks_whether_a_variable_is_there_knows_that_it_may_not_be(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize("text", ["{% include 'part' %}", "{% include 'f/part' %}", "{% include user_query %}"])
def test_templates_that_are_there_and_names_that_are_not_known_yet_are_no_problem(text: str) -> None:
    assert problems(text, ("f/part",)) == []


def test_an_include_may_say_that_it_may_be_missing() -> None:
    assert problems("{% include 'nope' ignore missing %}") == []


def test_deep_nesting_is_a_problem_and_no_fault() -> None:
    assert check("t", "{{ " + "(" * 9_999 + "1", KNOWN) == (TemplateProblem("t", 0, "it is nested too deeply"),)
