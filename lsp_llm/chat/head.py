"""The front matter of a chat document: title, preset and the system's text; pure, what it does not know it keeps.

Reading is that of every Markdown file here (`prompts.front_matter`); this writes a key so that it reads back the same,
and changes nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lsp_llm.chat.conversation import tidy
from lsp_llm.chat.turn_reader import Problem
from lsp_llm.errors import UserError
from lsp_llm.prompts.front_matter import Field, FrontMatter, read_front_matter
from lsp_llm.stream.surrogates import well_formed
from lsp_llm.text.document import split_lines

KEYS = ("title", "preset", "system")
_PLAIN = re.compile(r"[A-Za-z](?:[\w ./()-]*[\w./()-])?", re.ASCII)
_NOT_A_WORD = frozenset({"true", "false"})
_ESCAPES = re.compile(r'["\\]|[^ -~]')


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the turns."""

    title: str = ""
    preset: str = ""
    system: str = ""
    problems: tuple[Problem, ...] = ()


def read_head(text: str) -> Head:
    """What the front matter in this text says; without its last line it is read as far as it goes.

    Lines of problems count from 0.
    """
    plain = text.removeprefix("\ufeff")
    front = _front_of(plain)
    problems: list[Problem] = []
    if not front.body_line > 1 and front.mistakes:
        problems = [Problem(0, "the front matter has no closing line of ---, so it ends at the first turn")]
        front = _front_of(f"{plain}\n---\n")
    problems += [Problem(mistake.line - 1, mistake.sentence) for mistake in front.mistakes]
    values: list[str] = []
    for key in KEYS:
        field = front.fields.get(key)
        value = None if field is None else _text(field)
        if field is not None and value is None:
            problems.append(Problem(field.line - 1, f'"{key}" must be text'))
        values.append(value or "")
    title, preset, system = values
    return Head(title, preset, tidy(system), tuple(problems))


def head_text(title: str, preset: str, system: str, line_end: str = "\n") -> str:
    """The front matter with these, and the blank line below it; all three keys stand there to be filled in."""
    entries = "".join(map(_entry, KEYS, (title, preset, tidy(system))))
    return f"---\n{entries}---\n\n".replace("\n", line_end)


def with_key(text: str, key: str, value: str) -> str:
    """The document with another value of one key; raises UserError where the front matter cannot be read."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    plain = text.removeprefix(mark)
    front = _front_of(plain)
    if front.mistakes:
        mistake = front.mistakes[0]
        raise UserError(f"the chat's front matter cannot be changed: line {mistake.line}: {mistake.sentence}")
    lines = split_lines(plain)
    line_end = lines[0][len(lines[0].rstrip("\r\n")) :] or "\n"
    entry = _entry(key, value).replace("\n", line_end)
    if front.body_line == 1:
        return f"{mark}---{line_end}{entry}---{line_end}{line_end}{plain}"
    first, end = _place(front, key, lines)
    return mark + "".join([*lines[:first], entry, *lines[end:]])


def _front_of(text: str) -> FrontMatter:
    # A byte that is not UTF-8 is half a character here, with which YAML reads nothing at all.
    return read_front_matter(well_formed(text))


def _place(front: FrontMatter, key: str, lines: Sequence[str]) -> tuple[int, int]:
    """The lines of a key's entry; those behind the last entry where there is none."""
    closing = front.body_line - 2
    field = front.fields.get(key)
    if field is None:
        return closing, closing
    first = field.line - 1
    starts = [other.line - 1 for other in front.fields.values() if other.line > field.line]
    if any(other.line == field.line for name, other in front.fields.items() if name != key):
        raise UserError(f'the chat\'s front matter cannot be changed: "{key}" shares its line with another key')
    end = min(starts, default=closing)
    while end - 1 > first and lines[end - 1].strip()[:1] in ("", "#") and not lines[end - 1].startswith((" ", "\t")):
        end -= 1
    return first, end


def _text(field: Field) -> str | None:
    match field.value:
        case str(text):
            return text
        case bool(flag):
            return str(flag).lower()
        case int() | float() as number:
            return str(number)
        case _:
            return None


def _entry(key: str, value: str) -> str:
    lines = value.split("\n")
    if len(lines) > 1 and _reads_as_block(lines):
        return f"{key}: |-\n" + "".join(f"  {line}\n" if line else "\n" for line in lines)
    if not value:
        return f"{key}:\n"
    if _PLAIN.fullmatch(value) and value not in _NOT_A_WORD:
        return f"{key}: {value}\n"
    return f'{key}: "{_ESCAPES.sub(_escape, value)}"\n'


def _reads_as_block(lines: Sequence[str]) -> bool:
    """Whether YAML gives these lines back from a block; it guesses the indentation from the first one."""
    begins, ends = lines[0][:1] not in ("", " ", "\t"), lines[-1].strip() != ""
    return begins and ends and all(line.isprintable() or line.replace("\t", "").isprintable() for line in lines)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in '"\\':
        return "\\" + character
    if character == "\n":
        return "\\n"
    # What people write in any language stays readable; what cannot be seen is written by its number.
    return character if character.isprintable() else f"\\U{ord(character):08x}"
