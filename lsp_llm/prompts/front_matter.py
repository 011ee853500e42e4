"""Reads the front matter of a Markdown file, with the line of everything in it; it never builds an object from it.

Front matter is YAML between two lines of `---` at the very top. Scalars stay as they are written, so that `no` is a
word and `1:30` is no number; only what is plainly a number, `true` or `false` becomes one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # The import costs 15 ms, and only who reads prompts or chats needs it.
    import yaml

LIMIT_CHARACTERS = 16_000
"""No front matter that a person wrote comes near it."""

_OPENING = re.compile(r"---[ \t]*(?:\r\n|\r|\n)")
_CLOSING = re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+")

Scalar = str | int | float | bool
Value = Scalar | Sequence[Scalar] | Mapping[str, Scalar | Sequence[Scalar]]


@dataclass(frozen=True, slots=True)
class Field:
    """One key's value and the line of the key, counted from 1 in the file."""

    value: Value
    line: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that cannot be read; `line` counts from 1 in the file."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands on top, what stands below it, and the line (from 1) at which that begins."""

    fields: Mapping[str, Field] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1
    mistakes: tuple[Mistake, ...] = ()


def read_front_matter(text: str) -> FrontMatter:
    """The front matter of a file; a file without one is all body. What cannot be read is a mistake, not an error."""
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter(body=text)
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        return FrontMatter(mistakes=(Mistake(1, "the front matter has no closing line of ---"),))
    head, body = text[opening.end() : closing.start()], text[closing.end() :]
    body_line = 1 + len(_LINE_END.findall(text, 0, closing.end()))
    if len(head) > LIMIT_CHARACTERS:
        return FrontMatter({}, body, body_line, (Mistake(1, "the front matter is too long"),))
    fields: dict[str, Field] = {}
    mistakes: list[Mistake] = []
    for found in _entries(head):
        match found:
            case Mistake():
                mistakes.append(found)
            case (name, _) if name in fields:
                mistakes.append(Mistake(found[1].line, f'"{name}" stands there twice'))
            case (name, entry):
                fields[name] = entry
    return FrontMatter(fields, body, body_line, tuple(mistakes))


def _entries(head: str) -> Iterator[tuple[str, Field] | Mistake]:
    import yaml

    try:
        root = yaml.compose(head, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        yield Mistake(_line(mark), str(error.problem or error.context or "this is no YAML"))
        return
    except (yaml.YAMLError, RecursionError) as error:
        yield Mistake(1, f"this is no YAML: {type(error).__name__}")
        return
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        yield Mistake(_line(root.start_mark), "the front matter must be a table of `key: value`")
        return
    yield from (_entry(key, value) for key, value in root.value)


def _entry(key: yaml.Node, node: yaml.Node) -> tuple[str, Field] | Mistake:
    line = _line(key.start_mark)
    try:
        return str(_scalar(key)), Field(_value(node), line)
    except _TooDeep:
        return Mistake(line, f'"{key.value if isinstance(key.value, str) else "the key"}" is nested too deeply')


class _TooDeep(Exception):
    """A value that has more levels than any key needs, or that holds itself."""


def _value(node: yaml.Node) -> Value:
    import yaml

    if isinstance(node, yaml.MappingNode):
        return {str(_scalar(key)): _flat(value) for key, value in node.value}
    return _flat(node)


def _flat(node: yaml.Node) -> Scalar | Sequence[Scalar]:
    import yaml

    return tuple(map(_scalar, node.value)) if isinstance(node, yaml.SequenceNode) else _scalar(node)


def _scalar(node: yaml.Node) -> Scalar:
    import yaml

    if not isinstance(node, yaml.ScalarNode):
        raise _TooDeep
    text = str(node.value)
    if node.style is not None:  # It is quoted, or a block.
        return text
    if text in ("true", "false"):
        return text == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _line(mark: yaml.Mark | None) -> int:
    # Marks count from 0, and the line of --- stands above.
    return 2 + (mark.line if mark is not None else -1)
