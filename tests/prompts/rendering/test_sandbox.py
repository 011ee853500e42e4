from functools import partial

import pytest

from lsp_llm.errors import UserError
from lsp_llm.prompts.meter import ROUND_LIMIT, Meter
from lsp_llm.prompts.rendering import Renderer


def refusal(sources: dict[str, str], **variables: object) -> str:
    with pytest.raises(UserError) as caught:
        Renderer(sources).render("t", variables)
    return str(caught.value)


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


@pytest.mark.parametrize(
    "way",
    [
        "{% import 'm' as m %}{{ m._body_stream }}",
        "{% macro f() %}{% endmacro %}{{ f.__init__ }}",
        "{% macro f() %}{% endmacro %}{{ f._func }}",
        "{% for i in [1] %}{{ loop._iterator }}{% endfor %}",
        "{{ namespace.__init__ }}",
        "{{ range.__globals__ }}",
        "{{ (x | map(attribute='__class__') | list) }}",
        "{{ x | map('attr', '__class__') | list }}",
        "{{ x | sort(attribute='__class__') }}",
        "{{ '%s' | attr('format') | attr('__globals__') }}",
        "{{ '{0._x}'.format_map({'0': x}) }}",
        "{{ ''.encode().__class__ }}",
        "{{ x.__add__ }}",
        "{{ joiner().__init__ }}",
        "{{ environment }}{{ self.__class__ }}",
        "{{ caller.__class__ }}{{ ().__class__ }}",
    ],
)
def test_no_way_out_is_left_by_what_was_added(way: str) -> None:
    assert refusal({"t": way, "m": ""}, x=[1])


def again(body: str, start: str = "1") -> str:
    """A body that grows `n.x`, round after round."""
    return f"{{% set n = namespace(x={start}) %}}{{% for i in range(99) %}}{body}{{% endfor %}}"


def forever(body: str) -> str:
    return f"{{% for i in range(99999) %}}{body}{{% endfor %}}"


ENDLESS = {
    "nested loops": forever("{% for j in range(99999) %}{% endfor %}"),
    "nested loops with a condition": (
        "{% set numbers = range(99999) %}" + forever("{% for j in numbers if false %}{% endfor %}")
    ),
    "a recursive loop": "{% for i in 'ab' recursive %}{% if loop.depth < 30 %}{{ loop('ab') }}{% endif %}{% endfor %}",
    "a recursive loop without a bottom": "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "a macro that calls itself twice": (
        "{% macro m(n) %}{% if n %}{% set a = m(n - 1) %}{% set b = m(n - 1) %}{% endif %}{% endmacro %}{{ m(60) }}"
    ),
    "an include of itself": "{% include 't' %}",
    "two includes of itself": "{% set n = (n or 60) - 1 %}{% if n %}{% include 't' %}{% include ['t'] %}{% endif %}",
    "an import of itself": "{% import 't' as m %}",
    "an extends of itself": "{% extends 't' %}",
    "a block that shows itself": "{% block b %}{{ self.b() }}{{ self.b() }}{% endblock %}",
    "cycles": "{% set c = cycler(1) %}" + forever(forever("{{ c.next() }}")),
    "long lists, filtered": "{% for i in range(999) %}{% set x = range(99999) | select('odd') | list %}{% endfor %}",
    "long lists, wanted": "{% for i in range(999) %}{% set x = range(99999) | groupby('real') %}{% endfor %}",
    "long lists, searched": forever("{{ 0.5 in range(99999) }}"),
    "long lists, tested": forever("{{ 0.5 is in range(99999) }}"),
    "long lists, counted": forever("{{ ([1] * 99999).count(2) }}"),
    "long texts, compared": "{% set b = B[1:] ~ 'y' %}{% for i in range(99999) %}{{ B == b }}{% endfor %}",
    "long texts, copied": forever("{% set x = B[::-1] %}"),
    "long texts, split": forever("{% set x = B.split('y') %}"),
    "long texts, wrapped": forever("{% set x = B | wordwrap(70) %}"),
    "long texts, in capitals": forever("{% set x = B | title %}"),
    "deep expressions": "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
    "deep blocks": "{% if 1 %}" * 3_000 + "{% endif %}" * 3_000,
}


@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS.keys())
def test_what_never_ends_is_ended(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # A tenth of the rounds shows it as well, in a tenth of the time.
    monkeypatch.setattr("lsp_llm.prompts.rendering.renderer.Meter", partial(Meter, rounds=ROUND_LIMIT // 10))
    sentence = refusal({"t": source}, B="x" * 500_000)
    assert "goes on for more than" in sentence or "nested too deeply" in sentence


TOO_LARGE = {
    "the output": "{% for i in range(999) %}{{ B }}{% endfor %}",
    "the template's own text": "{% for i in range(9999) %}" + "y" * 1_000 + "{% endfor %}",
    "a block's text": "{% block b %}{% for i in range(999) %}{{ B }}{% endfor %}{% endblock %}{{ self.b() }}",
    "a captured text": again("{% set n.x %}{{ n.x }}{{ n.x }}{% endset %}", "'a'"),
    "a sum of texts": again("{% set n.x = n.x + n.x %}", "'a'"),
    "texts in a row": again("{% set n.x = n.x ~ n.x %}", "'a'"),
    "a repeated text, known beforehand": "{{ 'a' * 10 ** 10 }}",
    "a repeated text": "{% set n = 99999 %}{{ n * ('a' * n) }}",
    "a repeated list": "{{ [1] * 10 ** 10 }}",
    "a power": "{% set n = 9 %}{{ n ** (n ** n) }}",
    "a product": again("{% set n.x = n.x * n.x %}", "9"),
    "a list of lists": again("{% set n.x = [n.x, n.x] %}"),
    "a tuple of tuples": again("{% set n.x = (n.x, n.x) %}"),
    "a table of tables": again("{% set n.x = {1: n.x, 2: n.x} %}"),
    "a table of views": (again("{% set n.x = {1: n.x.items(), 2: n.x.values()} %}", "{1: 1}")),
    "a table that is called for": again("{% set n.x = dict(a=n.x, b=n.x) %}"),
    "a number's width": "{{ '%1000000000d' % 1 }}",
    "a number's width from a value": "{{ '%*d' % (10 ** 9, 1) }}",
    "a format's width": "{{ '{:1000000000}'.format(1) }}",
    "a format's width from a value": "{{ '{:{}}'.format(1, 10 ** 9) }}",
    "a format's width by name": "{{ '{a:1000000000}'.format_map({'a': 1}) }}",
    "a format's many fields": "{{ ('{0}' * 1000).format(B) }}",
    "a justified text": "{{ 'a'.ljust(10 ** 9) }}",
    "a replaced text": "{{ B.replace('x', B) }}",
    "a replaced nothing": "{{ B.replace('', B) }}",
    "a joined list": "{{ B.join(['a'] * 9999) }}",
    "a joined text": "{{ B.join(B) }}",
    "a joined range": "{{ B.join(range(9999) | map('string')) }}",
    "a range": "{{ range(10 ** 12) }}",
    "a safe text, justified": "{{ ('a' | safe).ljust(10 ** 9) }}",
    "a safe text, replaced": "{{ (B | safe).replace('x', B) }}",
    "a safe text, joined": "{{ (B | safe).join(['a'] * 9999) }}",
    "a safe text, repeated": "{{ ('a' | safe) * 10 ** 10 }}",
    "a safe text, formatted": "{{ ('%1000000000d' | safe) % 1 }}{{ ('{:1000000000}' | safe).format(1) }}",
}


@pytest.mark.parametrize("source", TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_what_would_be_too_large_is_never_made(source: str) -> None:
    sentence = refusal({"t": source}, B="x" * 500_000)
    assert sentence.startswith("template t, line 1: ")
    assert any(word in sentence for word in ("too l", "more than", "widths", "Range too big"))


def test_the_limit_of_rounds_is_the_one_of_the_readme() -> None:
    source = "{% for i in range(3) %}{% for j in range(99000) %}{% endfor %}{% endfor %}"
    assert Renderer({"t": source}).render("t", {}).text == ""
    assert "more than 300000 rounds" in refusal({"t": source.replace("3", "4", 1)})


@pytest.mark.parametrize("method", ["encode()", "expandtabs(9)", "translate({})", "maketrans({})"])
def test_methods_that_no_prompt_needs_are_not_there(method: str) -> None:
    assert "a template may not use" in refusal({"t": f"{{{{ 'x'.{method} }}}}"})


def test_ordinary_work_is_far_from_the_limits() -> None:
    lines = "{% for line in text.splitlines() %}{{ loop.index }}: {{ line | trim | upper }}\n{% endfor %}"
    files = "{% for file in files %}{{ file.path | replace('/', '.') }} {{ file.content | indent(2) }}{% endfor %}"
    values = {"text": "some code here\n" * 5_000, "files": [{"path": "a/b", "content": "x\n" * 5_000}] * 50}
    assert len(Renderer({"t": lines + files}).render("t", values).text) > 500_000
