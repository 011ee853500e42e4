"""Thinking, tool calls, their results and prompts as foldable blocks of a chat document; pure, one block at a time.

A block is an element `details`, which Markdown tools fold, with its payload between blank lines. Thinking is Markdown
and is read by the lines of `lines`; arguments and results are in a fence that is longer than any in them, so that they
are kept as they are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from lsp_llm.exchange.tools import ToolCall, ToolResult

THINKING_START, BLOCK_END = "<details><summary>Thinking</summary>", "</details>"
_ATTRIBUTE = re.compile(r'data-(?P<name>[a-z]+)="(?P<value>[^"]*)"')
_RUN = re.compile(r"`{3,}")


def call_block(call: ToolCall) -> str:
    """A call as lines, without a line end at the end."""
    attributes = {"id": call.call_id, "problem": call.problem}
    return _block("Tool call", call.name, attributes, "json", call.arguments)


def result_block(result: ToolResult) -> str:
    """A result as lines, without a line end at the end."""
    return _block(
        "Tool error" if result.is_error else "Tool result", result.name, {"id": result.call_id}, "", result.text
    )


def prompt_block(rendered: str) -> str:
    """What is sent for a turn as lines, without a line end at the end; it is to be read, and never sent itself."""
    return _foldable("<details><summary>Rendered prompt</summary>", "", rendered)


def read_call(attributes: str, name: str, payload: str) -> ToolCall:
    """The call that a block says."""
    said = _attributes(attributes)
    return ToolCall(said.get("id", ""), html.unescape(name), payload, said.get("problem", ""))


def read_result(kind: str, attributes: str, name: str, payload: str) -> ToolResult:
    """The result that a block says; `kind` is as in `lines.block_start_parts`."""
    return ToolResult(_attributes(attributes).get("id", ""), html.unescape(name), payload, kind == "tool error")


def _block(title: str, name: str, attributes: Mapping[str, str], language: str, payload: str) -> str:
    said = "".join(f' data-{key}="{_escaped(value)}"' for key, value in attributes.items() if value)
    return _foldable(f"<details{said}><summary>{title}: {_escaped(name)}</summary>", language, payload)


def _foldable(start: str, language: str, payload: str) -> str:
    plain = payload.replace("\r\n", "\n").replace("\r", "\n")
    fence = "`" * max(3, 1 + max(map(len, _RUN.findall(plain)), default=0))
    return f"{start}\n\n{fence}{language}\n{plain}\n{fence}\n\n{BLOCK_END}"


def _attributes(written: str) -> Mapping[str, str]:
    return {found["name"]: html.unescape(found["value"]) for found in _ATTRIBUTE.finditer(written)}


def _escaped(value: str) -> str:
    # Blanks at the edges and line ends would not survive in a line.
    marked = html.escape(value).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    if marked.startswith(" "):
        marked = "&#32;" + marked[1:]
    return marked[:-1] + "&#32;" if marked.endswith(" ") else marked
