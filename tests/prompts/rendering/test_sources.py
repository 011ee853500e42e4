from types import CodeType

import pytest
from jinja2.sandbox import SandboxedEnvironment

from lsp_llm.errors import UserError
from lsp_llm.prompts.rendering import Renderer


def refusal(sources: dict[str, str], **variables: object) -> str:
    with pytest.raises(UserError) as caught:
        Renderer(sources).render("t", variables)
    return str(caught.value)


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


def test_a_name_that_is_not_there_is_one_beside_the_template_that_asks() -> None:
    sources = {
        "t": "{% include 'family/a' %}",
        "family/a": "[{% include 'part' %}]",
        "family/part": "P",
        "other/part": "O",
    }
    assert Renderer(sources).render("t", {}).text == "[P]"
    assert Renderer({**sources, "part": "top"}).render("t", {}).text == "[top]"


@pytest.mark.parametrize("name", ["../t", "./../family/a", "a/../../t"])
def test_beside_is_not_above(name: str) -> None:
    sources = {"t": "{% include 'family/a' %}", "family/a": f"{{% include '{name}' %}}"}
    assert "there is no template" in refusal(sources)


@pytest.mark.parametrize("way", ["include", "extends"])
def test_an_unknown_variable_is_no_name(way: str) -> None:
    assert refusal({"t": f"\n{{% {way} nope %}}"}) == "template t, line 2: 'nope' is undefined"


def test_an_import_gives_macros() -> None:
    sources = {
        "t": "{% import 'm' as m %}{{ m.twice('x') }}",
        "m": "text{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}",
    }
    assert Renderer(sources).render("t", {}).text == "xx"


@pytest.mark.parametrize("use", ["{{ m }}", "{{ m | string }}", "{{ [m, m] | join }}", "{{ m ~ '' }}", "{{ m | e }}"])
def test_an_import_is_no_text(use: str) -> None:
    assert "an imported template has no text" in refusal({"t": f"{{% import 'm' as m %}}{use}", "m": "text"})


def test_a_namespace_is_printed_as_a_word() -> None:
    assert Renderer({"t": "{% set n = namespace(a=1) %}{{ n }} {{ [n] }} {{ n.a }}"}).render("t", {}).text == (
        "namespace [namespace] 1"
    )


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
