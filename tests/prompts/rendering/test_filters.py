import pytest

from lsp_llm.errors import UserError
from lsp_llm.prompts.rendering import Renderer


def render(source: str, **variables: object) -> str:
    return Renderer({"t": source}).render("t", variables).text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ '  x ' | trim }}|{{ 'x' | upper }}|{{ 'x' | center(5) }}", "x|X|  x  "),
        ("{{ none | default('d') }}{{ nothing | default('d') }}", "Noned"),
        ("{{ [3, 1, 2] | sort | join(', ') }}", "1, 2, 3"),
        ("{{ files | map(attribute='path') | join(' ') }}", "a.py b.py"),
        ("{{ 'a-b' | replace('-', '+') }}{{ 'a-b' | replace(old='-', new='+', count=1) }}", "a+ba+b"),
        ("{{ 'a\nb' | indent(2) }}|{{ 'a\nb' | indent('> ', first=true) }}", "a\n  b|> a\n> b"),
        ("{{ [1, 2, 3] | sum }}{{ files | sum(attribute='size') }}", "63"),
        ("{{ '%s has %5.1f' | format('x', 1.25) }}", "x has   1.2"),
        ("{{ {'b': 1, 'a': '<'} | tojson }}", '{"a": "\\u003c", "b": 1}'),
        ("{{ range(5) | batch(2) | map('list') | list }}", "[[0, 1], [2, 3], [4]]"),
        ("{{ 'a b c' | wordwrap(3) }}|{{ 'abc' | truncate(2, true, '', 0) }}", "a b\nc|ab"),
        ("{{ 1.256 | round(1) }}{{ 'abc' | first }}{{ 'abc' | length }}{{ [1, 2] | last }}", "1.3a32"),
        ("{% filter upper %}x{{ 1 }}{% endfilter %}{% set y | trim %} y {% endset %}{{ y }}", "X1y"),
        ("{{ 'x' in 'xy' }}{{ 1 is in [1] }}{{ 2 is gt 1 }}{{ 'a' is eq 'b' }}", "TrueTrueTrueFalse"),
        ("{{ [1, 2, 3] | select('gt', 1) | list }}{{ [1, 2] | reject('in', [2]) | list }}", "[2, 3][1]"),
    ],
)
def test_filters_and_tests_do_what_they_do_elsewhere(source: str, text: str) -> None:
    assert render(source, files=[{"path": "a.py", "size": 1}, {"path": "b.py", "size": 2}]) == text


@pytest.mark.parametrize("name", ["random", "striptags", "urlize", "xmlattr"])
def test_what_no_prompt_needs_is_unknown(name: str) -> None:
    with pytest.raises(UserError, match=f"line 2: No filter named '{name}'"):
        render(f"\n{{{{ 'x' | {name} }}}}")


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' | center(10 ** 9) }}",
        "{{ 'a' | indent(10 ** 9, true) }}",
        "{{ ('a\n' * 99999) | indent(B) }}",
        "{{ 1.5 | round(10 ** 9) }}",
        "{{ [1] | tojson(indent=10 ** 9) }}",
        "{{ [1] | batch(10 ** 9, 'x') | list }}",
        "{{ [1] | slice(10 ** 9) | list }}",
        "{{ B | wordwrap(1, wrapstring=B) }}",
        "{{ B | replace('x', B) }}",
        "{{ B | replace(new=B, old='x') }}",
        "{{ B | replace('x', new=B) }}",
        "{{ range(99999) | join(B) }}",
        "{{ range(99999) | map('string') | join(d=B) }}",
        "{{ B | join(B) }}",
        "{{ ([{'a': B}] * 99) | join(attribute='a') }}",
        "{{ '%1000000000d' | format(1) }}",
        "{{ ('%s' * 999) | format(*([B] * 9)) }}",
        "{{ [[1] * 99] * 99 | sum(start=[]) }}",
        "{{ ([[1] * 99] * 99) | sum(start=[]) }}",
        "{% filter replace('x', B) %}{{ B }}{% endfilter %}",
        "{{ [B] | map('replace', 'x', B) | list }}",
    ],
)
def test_a_filter_does_not_make_much_of_little(source: str) -> None:
    with pytest.raises(UserError, match=r"too long|more than|widths|sum adds numbers|unsupported operand"):
        render(source, B="x" * 500_000)
