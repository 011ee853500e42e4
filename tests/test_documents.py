"""What the documents say is so: links lead somewhere, and PROTOCOL.md names what the code has, no more and no less."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from lsprotocol.types import METHOD_TO_TYPES

from lsp_llm.cli import parser
from lsp_llm.commands.inquiries import Inquiry
from lsp_llm.commands.table import COMMANDS
from lsp_llm.config import settings as tables
from lsp_llm.lsp.chat_requests import CHAT_REQUESTS, Act
from lsp_llm.lsp.messages import StreamedEdit
from lsp_llm.lsp.requests import REQUESTS
from lsp_llm.providers.registry import PRESETS, PROVIDERS
from lsp_llm.status.events import Status

ROOT = Path(__file__).parents[1]
PROTOCOL = (ROOT / "PROTOCOL.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "editors/**/*.md", "templates/*.md")
    for path in ROOT.glob(pattern)
    if "node_modules" not in path.parts
)
TABLES: tuple[type[msgspec.Struct], ...] = tuple(
    kind for kind in vars(tables).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
)
LINK = re.compile(r"\]\((?!https?://)([^)#]*)(?:#([^)]*))?\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target, anchor in LINK.findall(text):
        path = (document.parent / target).resolve() if target else document
        assert path.exists(), f"{document.name} links to {target}"
        if anchor:
            assert anchor in anchors(path.read_text(encoding="utf-8")), f"{document.name} links to {target}#{anchor}"


def anchors(text: str) -> set[str]:
    """The anchors of a document's headings, as the usual viewers make them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_commands_that_are_not_planned_are_those_that_there_are() -> None:
    rows = re.findall(r"^\| (`lsp-llm\..*?) \|(.*)$", PROTOCOL, re.MULTILINE)
    there = {
        name for names, rest in rows if "**planned**" not in rest for name in re.findall(r"`(lsp-llm\.\w+)`", names)
    }
    assert there == {command.name for command in COMMANDS}


def test_the_methods_that_are_not_planned_are_those_that_there_are() -> None:
    table = PROTOCOL.split("## Messages")[1].split("\n### ")[0]
    rows = [row for row in re.findall(r"^\| (.*) \|$", table, re.MULTILINE) if "**planned**" not in row]
    named = {name for row in rows for name in re.findall(r"`([^`]*)`", row)}
    assert named == set(methods())


def methods() -> Iterator[str]:
    """The methods that the edge knows, which are the only strings there that look like one."""
    for path in (ROOT / "lsp_llm" / "lsp").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Constant(str(text)) if text in METHOD_TO_TYPES or re.fullmatch(r"lsp-llm/[\w/]+", text):
                    yield text
                case _:
                    pass


def test_the_fields_of_an_edit_are_named() -> None:
    section = PROTOCOL.split("### Edits for an editor part")[1].split("\n## ")[0]
    for field in msgspec.structs.fields(StreamedEdit):
        assert f"`{field.encode_name}`" in section or f"| {field.encode_name} |" in section, field.name
    kinds = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    assert kinds == set(get_args(get_type_hints(StreamedEdit)["kind"]))


def test_the_arguments_of_commands_are_named() -> None:
    for command in COMMANDS:
        row = next(line for line in PROTOCOL.splitlines() if line.startswith(f"| `{command.name}`"))
        for key in msgspec.structs.fields(command.options):
            assert re.search(rf"\b{key.encode_name}\b", row), f"{command.name}: {key.encode_name}"


def test_the_kinds_of_status_that_are_not_planned_are_those_that_there_are() -> None:
    table = PROTOCOL.split("## Progress and status")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|(.*)$", table, re.MULTILINE)
    there = {name for names, rest in rows if "**planned**" not in rest for name in re.findall(r"`(\w+)`", names)}
    assert there == {kind.__name__[0].lower() + kind.__name__[1:] for kind in get_args(Status)}


@pytest.mark.parametrize("table", TABLES)
def test_every_setting_is_named(table: type[msgspec.Struct]) -> None:
    settings = PROTOCOL.split("## Settings")[1].split("\n## ")[0]
    for name in table.__struct_fields__:
        assert re.search(rf"(?<!\w){name}(?!\w)", settings), name


def test_no_setting_is_named_that_there_is_not() -> None:
    settings = PROTOCOL.split("## Settings")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", settings, re.MULTILINE)
    fields = {name for table in TABLES for name in table.__struct_fields__}
    for name in re.findall(r"`\[?(\w+)[^`]*`", " ".join(cells)):
        assert name in fields, name


def test_every_built_in_provider_and_preset_is_named() -> None:
    settings = PROTOCOL.split("## Settings")[1].split("\n## ")[0]
    for name in [*(provider.name for provider in PROVIDERS), *PRESETS]:
        assert f"`{name}`" in settings


def test_every_option_of_the_command_line_is_named() -> None:
    program = PROTOCOL.split("## Program")[1].split("\n## ")[0]
    for option in re.findall(r"--[a-z][a-z-]+", parser().format_help()):
        assert option in program or option == "--help"


@pytest.mark.parametrize(("method", "inquiry"), REQUESTS)
def test_the_params_and_the_answer_of_a_request_are_named(method: str, inquiry: Inquiry[Any]) -> None:
    row = next(line for line in PROTOCOL.splitlines() if line.startswith(f"| `{method}` |"))
    answer = get_type_hints(type(inquiry).answer)["return"]
    for name in (*field_names(answer), *inquiry.options.__struct_encode_fields__):
        assert re.search(rf"\b{name}\b", row), f"{method}: {name}"


@pytest.mark.parametrize(("method", "options", "act"), CHAT_REQUESTS)
def test_the_params_and_the_answer_of_a_chat_request_are_named(
    method: str, options: type[msgspec.Struct], act: Act
) -> None:
    row = next(line for line in PROTOCOL.splitlines() if line.startswith(f"| `{method}` |"))
    # The parts of turns are described below the table, or where statuses are.
    answer = get_type_hints(act)["return"]
    fields = answer.__struct_encode_fields__ if answer is not type(None) and "as send" not in row else ()
    for name in (*fields, *options.__struct_encode_fields__):
        assert re.search(rf"\b{name}\b", row), f"{method}: {name}"


def field_names(kind: Any) -> Iterator[str]:
    """The fields of an answer, and of what it holds lists of."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for field in msgspec.structs.fields(kind):
            yield field.encode_name
            for inner in (field.type, *get_args(field.type)):
                yield from field_names(inner)
