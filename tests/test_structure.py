"""The house rules that no tool checks: sizes, a test for every module, no state in modules, words at the top."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
PACKAGE = PROJECT / "lsp_llm"
MODULES = tuple(sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py")))

FILE_LINES, FUNCTION_LINES = 400, 60

DECLARATIONS = frozenset(
    {
        "chat/ports.py",
        "chat/terms.py",
        "cli/exit_codes.py",
        "commands/base.py",
        "errors.py",
        "exchange/kinds.py",
        "exchange/outcome.py",
        "exchange/tools.py",
        "jobs/edit_events.py",
        "jobs/ports.py",
        "lsp/messages.py",
        "providers/base.py",
        "remote/limits.py",
        "status/events.py",
        "stream/events.py",
        "stream/filters/base.py",
        "tui/orders.py",
    }
)
"""Values and ports: they do nothing that could be tested."""

TESTED_BY: Mapping[str, str] = {
    "__main__.py": "cli/test_serve.py",
    "app/session.py": "lsp/test_server.py",
    "app/shared.py": "app/test_serving.py",
    "commands/chat_budget.py": "lsp/test_chat_hover.py",
    "commands/chat_mentions.py": "lsp/test_chat_diagnostics.py",
    "commands/chat_note.py": "commands/test_chat.py",
    "commands/chat_page.py": "commands/test_send.py",
    "commands/quoting.py": "commands/test_chat.py",
    "commands/response_page.py": "commands/test_responding.py",
    "lsp/chat_links.py": "lsp/test_chat_outline.py",
    "cli/demo/connection.py": "cli/demo/test_client.py",
    "cli/demo/moments.py": "cli/demo/test_performance.py",
    "cli/demo/picture.py": "cli/demo/test_drawing.py",
    "cli/demo/terminal.py": "cli/demo/test_drawing.py",
    "cli/demo/wording.py": "cli/demo/test_plain.py",
    "cli/answers.py": "cli/test_fill.py",
    "cli/asked.py": "cli/test_fill.py",
    "cli/desk.py": "cli/test_fill.py",
    "cli/output.py": "cli/test_pipe.py",
    "cli/telling.py": "cli/test_fill.py",
    "commands/asking.py": "commands/test_fill.py",
    "commands/chat_asking.py": "commands/test_chats.py",
    "jobs/arriving.py": "jobs/test_offers.py",
    "jobs/users_changes.py": "jobs/test_edit_session.py",
    "commands/chat_shapes.py": "lsp/test_chat_requests.py",
    "commands/chat_world.py": "commands/test_chats.py",
    "lsp/following.py": "lsp/test_chat_requests.py",
    "providers/fault_shapes.py": "providers/test_faults.py",
    "providers/openai_chat_wire.py": "providers/test_openai_chat_decoder.py",
    "tui/choice_screen.py": "tui/test_app.py",
    "tui/choices.py": "tui/test_app.py",
    "tui/session.py": "tui/test_network.py",
    "tui/widgets/composer.py": "tui/test_app.py",
    "tui/widgets/masthead.py": "tui/test_app.py",
    "tui/widgets/parts.py": "tui/test_app.py",
    "tui/widgets/question_bar.py": "tui/test_app.py",
    "tui/widgets/status_line.py": "tui/test_app.py",
    "tui/widgets/transcript.py": "tui/test_app.py",
    "tui/widgets/turn_view.py": "tui/test_app.py",
}
"""Parts of another module, shown with it."""


def tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"), module)


def twin(module: str) -> Path:
    path = Path(module)
    return PROJECT / "tests" / TESTED_BY.get(module, str(path.with_name(f"test_{path.name}")))


@pytest.mark.parametrize("module", [name for name in MODULES if not name.endswith("__init__.py")])
def test_every_module_has_a_test(module: str) -> None:
    assert twin(module).is_file() is not (module in DECLARATIONS), f"expected at {twin(module)}"


def test_no_exception_is_made_for_what_is_not_there() -> None:
    assert set(MODULES) >= DECLARATIONS | TESTED_BY.keys()


@pytest.mark.parametrize("module", sorted(DECLARATIONS))
def test_a_declaration_decides_nothing(module: str) -> None:
    """A branch or a loop is behaviour, and wants a test; what only a type checker reads is none."""
    deciding = (ast.If, ast.For, ast.While, ast.Match, ast.Try, ast.comprehension, ast.IfExp)
    found = [node for node in ast.walk(tree(module)) if isinstance(node, deciding)]
    assert [ast.unparse(node) for node in found if not is_for_types(node)] == []


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not node.orelse


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_is(module: str) -> None:
    said = ast.get_docstring(tree(module)) or ""
    assert said.endswith((".", ":", '"', "`")) or "\n" in said, "the module has no docstring of one paragraph"


@pytest.mark.parametrize("module", MODULES)
def test_files_and_functions_stay_small(module: str) -> None:
    assert len((PACKAGE / module).read_text(encoding="utf-8").splitlines()) <= FILE_LINES
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= FUNCTION_LINES
    ]
    assert long == []


@pytest.mark.parametrize("module", MODULES)
def test_modules_hold_no_state(module: str) -> None:
    """What can change must belong to an object: two servers in one process share the modules (law L6)."""
    assert list(state(tree(module))) == []


CONSTANT = ("Mapping[", "Sequence[", "Set[", "tuple[", "frozenset[", "Final[")
MUTABLE_CALLS = frozenset(
    {
        "list",
        "dict",
        "set",
        "bytearray",
        "defaultdict",
        "OrderedDict",
        "Counter",
        "deque",
        "count",
        "ContextVar",
        "local",
    }
)


def state(module: ast.Module) -> Iterator[str]:
    """Names that a module gives to something mutable, and what its functions declare `global`."""
    for node in module.body:
        match node:
            case ast.AnnAssign(target=ast.Name(name), annotation=annotation, value=ast.expr() as value):
                if is_mutable(value) and not ast.unparse(annotation).startswith(CONSTANT):
                    yield name
            case ast.Assign(targets=targets, value=value) if is_mutable(value):
                names = (ast.unparse(target) for target in targets)
                yield from (name for name in names if name != "__all__")
            case ast.AugAssign(target=target):
                yield ast.unparse(target)
            case _:
                pass
    yield from (f"global {', '.join(node.names)}" for node in ast.walk(module) if isinstance(node, ast.Global))


def is_mutable(value: ast.expr) -> bool:
    match value:
        case ast.List() | ast.Dict() | ast.Set() | ast.ListComp() | ast.DictComp() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name)):
            return name in MUTABLE_CALLS
        case _:
            return False


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("seen = []", ["seen"]),
        ("seen: dict[str, int] = {}", ["seen"]),
        ("KNOWN: Mapping[str, int] = {'a': 1}", []),
        ("KNOWN: tuple[str, ...] = ('a',)", []),
        ("seen = collections.defaultdict(list)", ["seen"]),
        ("ids = itertools.count()", ["ids"]),
        ("squares = {n: n * n for n in range(3)}", ["squares"]),
        ("def f():\n    global seen\n    seen = 1", ["global seen"]),
        ("total = 0\ntotal += 1", ["total"]),
        ("def f():\n    seen = []", []),
    ],
)
def test_state_is_recognised(source: str, found: list[str]) -> None:
    assert list(state(ast.parse(source))) == found
