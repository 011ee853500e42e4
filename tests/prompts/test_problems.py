from lsp_llm.prompts.problems import TemplateError, TemplateProblem


def test_a_problem_says_where_it_is() -> None:
    assert str(TemplateProblem("a/b.jinja", 3, "bad")) == "template a/b.jinja, line 3: bad"
    assert str(TemplateProblem("a/b.jinja", 0, "bad")) == "template a/b.jinja: bad"
    assert str(TemplateProblem("", 0, "bad")) == "bad"


def test_the_error_is_the_sentence_for_the_user() -> None:
    problem = TemplateProblem("t", 1, "bad")
    assert str(TemplateError(problem)) == str(problem)
