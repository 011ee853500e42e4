"""The code that counts must compute what jinja2's own code computes: each source is rendered by both."""

import pytest
from jinja2 import Environment

from lsp_llm.prompts.rendering import Renderer

SOURCES = (
    "{% for i in items %}{{ i }}{{ loop.index }}{% if not loop.last %},{% endif %}{% endfor %}",
    "{% for i in items if i > 1 %}{{ loop.length }}{% else %}none{% endfor %}",
    "{% for i in items if i > 9 %}{{ i }}{% else %}none{% endfor %}",
    "{% for i in [] %}{{ i }}{% else %}none{% endfor %}",
    "{% for k, v in table.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for n in tree recursive %}({{ n.name }}{{ loop(n.inner) }}){% endfor %}",
    "{% for n in tree if n.name != 'b' recursive %}({{ n.name }}{{ loop(n.inner) }}){% endfor %}",
    "{% for i in items %}{% for j in items %}{{ loop.index * i }} {% endfor %}{{ loop.index }}{% endfor %}",
    "{% set n = namespace(sum=0) %}{% for i in items %}{% set n.sum = n.sum + i %}{% endfor %}{{ n.sum }}",
    "{{ items[1:] }}{{ items[::-1] }}{{ items[0] }}{{ 'abc'[1:2] }}{{ table['a'] }}",
    "{{ 1 < 2 < 3 }}{{ 1 < 2 > 3 }}{{ 1 in items }}{{ 1 not in items }}{{ 'a' == 'a' != 'b' }}",
    "{{ [1, [2, (3, 4)], {'a': (5,)}] }}{{ () }}{{ (1,) }}{{ {} }}",
    "{{ 1 ~ 'a' ~ 2.5 ~ none }}{{ 'a' + 'b' }}{{ 'ab' * 2 }}{{ 2 ** 8 }}{{ '%s' % 'x' }}{{ '%s%s' % (1, 2) }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set c %}[{{ a }}]{% endset %}{{ c }}",
    "{% macro m(x, y=[1, 2]) %}{{ x }}{{ y }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, [3], 4, z=5) }}{{ m(0) }}",
    "{% macro m() %}<{{ caller(1) }}>{% endmacro %}{% call(x) m() %}{{ x }}{% endcall %}",
    "{% block b %}{% for i in items %}{{ i }}{% endfor %}{% endblock %}{{ self.b() }}",
    "{% with x = items %}{{ x }}{% endwith %}{{ 'yes' if items else 'no' }}{{ 'x' if false }}",
    "{{ 'a,b'.split(',') }}{{ '-'.join(['a', 'b']) }}{{ 'abc'.replace('b', 'B') }}{{ 'a'.ljust(3) }}|",
    "{{ '{:>5}'.format('x') }}{{ '{a}'.format_map({'a': 1}) }}{{ table.keys() | list }}{{ dict(a=1) }}",
    "{{ range(3) | list }}{{ 7 // 2 }}{{ 7 % 4 }}{{ -items[0] }}{{ not items }}{{ 1.5 * 2 }}",
)


@pytest.mark.parametrize("source", SOURCES)
def test_the_text_is_that_of_plain_jinja(source: str) -> None:
    tree = [{"name": "a", "inner": [{"name": "b", "inner": []}, {"name": "c", "inner": []}]}]
    values = {"items": [1, 2, 3], "table": {"a": 1, "b": 2}, "tree": tree}
    plain = Environment(trim_blocks=True, lstrip_blocks=True).from_string(source).render(values)
    assert Renderer({"t": source}).render("t", values).text == plain
