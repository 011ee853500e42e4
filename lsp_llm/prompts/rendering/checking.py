"""Finds what is wrong with a template without rendering it, for diagnostics while it is being written; runs nothing.

A rendering tells only of the branches that it took; this looks at all of them. What a variable holds is not known here,
so that only whole names are checked, not what stands behind a dot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from jinja2 import TemplateSyntaxError, meta, nodes

from lsp_llm.config.nearest import nearest
from lsp_llm.prompts.problems import TemplateProblem
from lsp_llm.prompts.rendering.sandbox import Sandbox
from lsp_llm.prompts.rendering.sources import Sources

_ASKS_WHETHER_THERE = frozenset({"default", "d", "defined", "undefined"})


def check(
    name: str, text: str, variables: Collection[str], templates: Collection[str] = ()
) -> tuple[TemplateProblem, ...]:
    """All problems of one template, by line: syntax, unknown variables, filters, tests, and included templates.

    `variables` are the names that a template may use, `templates` those that it may include.
    """
    sandbox = Sandbox(Sources(dict.fromkeys(templates, "")))
    problems: set[TemplateProblem] = set()
    try:
        tree = sandbox.parse(text, name)
        problems.update(_unknown_filters(name, tree, sandbox))
        problems.update(_unknown_templates(name, tree, sandbox))
        problems.update(_unknown_variables(name, tree, variables))
    except TemplateSyntaxError as error:
        problems.add(TemplateProblem(name, error.lineno, str(error.message)))
    except RecursionError:
        problems.add(TemplateProblem(name, 0, "it is nested too deeply"))
    return tuple(sorted(problems, key=lambda problem: (problem.line, problem.sentence)))


def _unknown_variables(name: str, tree: nodes.Template, known: Collection[str]) -> Iterator[TemplateProblem]:
    unknown = meta.find_undeclared_variables(tree) - set(known)
    for variable in sorted(unknown):
        uses = [node for node in tree.find_all(nodes.Name) if node.name == variable and node.ctx == "load"]
        asked = [node.node for node in tree.find_all((nodes.Filter, nodes.Test)) if node.name in _ASKS_WHETHER_THERE]
        if any(use is question for use in uses for question in asked):
            continue
        line = min(use.lineno for use in uses)
        sentence = f'the unknown variable "{variable}" renders empty{_meant(variable, known)}'
        yield TemplateProblem(name, line, sentence, "warning")


def _unknown_filters(name: str, tree: nodes.Template, sandbox: Sandbox) -> Iterator[TemplateProblem]:
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        is_filter = isinstance(node, nodes.Filter)
        known: Collection[str] = sandbox.filters if is_filter else sandbox.tests
        if node.name not in known:
            kind = "filter" if is_filter else "test"
            yield TemplateProblem(name, node.lineno, f'there is no {kind} "{node.name}"{_meant(node.name, known)}')
            # jinja2 looks for variables by writing code, and would stop at this name.
            node.name = "string"


def _unknown_templates(name: str, tree: nodes.Template, sandbox: Sandbox) -> Iterator[TemplateProblem]:
    for kind in (nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport):
        yield from _unknown_of_kind(name, tree.find_all(kind), sandbox)


def _unknown_of_kind(
    name: str, found: Iterable[nodes.Include | nodes.Extends | nodes.Import | nodes.FromImport], sandbox: Sandbox
) -> Iterator[TemplateProblem]:
    for node in found:
        asked = node.template
        if isinstance(node, nodes.Include) and node.ignore_missing:
            continue
        if isinstance(asked, nodes.Const) and sandbox.join_path(asked.value, name) not in sandbox.sources.texts:
            yield TemplateProblem(name, node.lineno, f'there is no template "{asked.value}"')


def _meant(name: str, known: Collection[str]) -> str:
    near = nearest(name, known)
    return "" if near is None else f'; did you mean "{near}"?'
