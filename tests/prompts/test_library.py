import pytest

from lsp_llm.errors import UserError
from lsp_llm.prompts.library import LibraryPrompt, When, fits, library_sources, parse_prompt, render_query
from lsp_llm.prompts.rendering import Renderer
from lsp_llm.prompts.variables import PromptVariables


def parse(front: str, body: str = "Do it.\n") -> tuple[LibraryPrompt | None, list[tuple[int, str]]]:
    parsed = parse_prompt("my-prompt", "p/my-prompt.md", f"---\n{front}---\n{body}" if front else body)
    return parsed.prompt, [(problem.line, problem.sentence) for problem in parsed.problems]


def test_a_prompt_is_what_its_file_says() -> None:
    front = (
        "title: Tidy up\nkind: yap\nlanguages: [c, cpp]\npreset: local\nwhen: [selection, diagnostic]\n"
        "variables: {tone: short}\n"
    )
    assert parse(front) == (
        LibraryPrompt(
            "my-prompt",
            "Tidy up",
            "Do it.\n",
            9,
            "yap",
            ("c", "cpp"),
            "local",
            ("selection", "diagnostic"),
            {"tone": "short"},
        ),
        [],
    )


def test_a_file_without_front_matter_is_a_prompt_for_everywhere() -> None:
    assert parse("") == (LibraryPrompt("my-prompt", "my prompt", "Do it.\n"), [])


@pytest.mark.parametrize(
    ("front", "line", "sentence"),
    [
        ("title: x\nkind: rewrite\n", 3, 'kind: "rewrite" is none of replace, yap, chat'),
        ("kind: [yap, chat]\n", 2, "kind: a prompt has one kind"),
        ("when: sometimes\n", 2, 'when: "sometimes" is none of selection, diagnostic, always'),
        ("title: [a]\n", 2, "title: expected a text"),
        ("languages: {a: 1}\n", 2, "languages: expected a word or a list of words"),
        ("variables: [a]\n", 2, "variables: expected a table of names and values"),
        ("title: 'x\n", 3, "found unexpected end of stream"),
    ],
)
def test_a_prompt_that_is_not_clear_is_left_out(front: str, line: int, sentence: str) -> None:
    prompt, problems = parse(front)
    assert prompt is None
    assert problems == [(line, sentence)]


def test_an_unknown_key_is_told_and_does_no_harm() -> None:
    prompt, problems = parse("title: x\nlanguage: c\n")
    assert prompt is not None
    assert problems == [(3, '"language" means nothing here; did you mean "languages"?')]


def test_a_prompt_without_a_text_is_left_out() -> None:
    assert parse("title: x\n", "\n") == (None, [(4, "there is no text below the front matter")])


def test_a_problem_names_the_file() -> None:
    assert str(parse_prompt("a", "p/a.md", "---\nkind: x\n---\nx").problems[0]).startswith("template p/a.md, line 2: ")


@pytest.mark.parametrize(
    ("when", "has_selection", "has_diagnostic", "fitting"),
    [
        (("always",), False, False, True),
        (("selection",), False, True, False),
        (("selection",), True, False, True),
        (("diagnostic",), True, False, False),
        (("selection", "diagnostic"), False, True, True),
    ],
)
def test_a_prompt_fits_where_it_says(
    when: tuple[When, ...], has_selection: bool, has_diagnostic: bool, fitting: bool
) -> None:
    prompt = LibraryPrompt("a", "a", "x", when=when)
    assert fits(prompt, "c", has_selection=has_selection, has_diagnostic=has_diagnostic) is fitting


def test_a_prompt_fits_its_languages() -> None:
    prompt = LibraryPrompt("a", "a", "x", languages=("c", "cpp"))
    assert fits(prompt, "cpp", has_selection=False, has_diagnostic=False)
    assert not fits(prompt, "python", has_selection=True, has_diagnostic=True)


def query(prompt: LibraryPrompt, variables: PromptVariables) -> str:
    return render_query(Renderer(dict(library_sources([prompt]))), prompt, variables).text


def test_the_body_is_a_template_of_the_same_variables() -> None:
    prompt = LibraryPrompt("a", "a", "\nIn {{ language }}{% if replace %}, anew{% endif %}: {{ user_query }}\n\n", 5)
    assert query(prompt, PromptVariables("be quick", language="C")) == "In C, anew: be quick"


def test_the_settings_variables_go_before_the_prompts_own() -> None:
    prompt = LibraryPrompt("a", "a", "{{ vars.tone }} {{ vars.depth }}", variables={"tone": "short", "depth": 3})
    assert query(prompt, PromptVariables(vars={"tone": "long"})) == "long 3"


def test_a_broken_body_is_told_with_the_line_of_the_file() -> None:
    prompt, _ = parse("title: x\n", "fine\n{{ 1 / 0 }}\n")
    assert prompt is not None
    with pytest.raises(UserError, match=r"template prompts/my-prompt\.md, line 5: division by zero"):
        query(prompt, PromptVariables())
