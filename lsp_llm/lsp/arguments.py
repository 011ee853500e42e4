"""The arguments of `workspace/executeCommand`: from what a client sends to a command's target and options.

Positions end here. An unknown key is refused by name, with the nearest known one, before anything is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol, assert_never

import msgspec

from lsp_llm.commands.base import Options, Place
from lsp_llm.config.nearest import known_names
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target
from lsp_llm.lsp.convert import offsets_of
from lsp_llm.lsp.documents import Documents, OpenDocument
from lsp_llm.lsp.messages import Position, Range
from lsp_llm.lsp.uris import shown_name
from lsp_llm.text.positions import Encoding

PLACE_KEYS: Mapping[Place, tuple[str, ...]] = {
    Place.RANGE: ("uri", "range"),
    Place.ANYWHERE: ("uri", "range", "path", "line", "endLine"),
    Place.DOCUMENT: ("uri", "position"),
    Place.PERHAPS: ("uri", "range"),
    Place.PERHAPS_DOCUMENT: ("uri", "position"),
    Place.NONE: (),
}
DOCUMENT_KEYS: Final = ("uri", "chat")
"""Options that name a document; below, uris are compared as they are."""
NO_OBJECT: Final[tuple[None, list[object]]] = (None, [])
"""What stands for an object with nothing in it; an empty table of Lua is an array."""
FAR = 2**31 - 1
"""A column past the end of any line."""


class Addressed(Protocol):
    """A command, or a request that is about a place as commands are."""

    @property
    def name(self) -> str:
        """What errors call it."""
        ...

    @property
    def place(self) -> Place:
        """Where it is."""
        ...

    @property
    def options(self) -> type[Any]:
        """What else is in its arguments."""
        ...


class Arguments:
    """Reads arguments against the open documents."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._seen: Target | None = None

    def read(self, command: Addressed, arguments: Sequence[Any], encoding: Encoding) -> tuple[Target | None, Any]:
        """The target and the options of a call; raises UserError."""
        values = _as_object(command, arguments)
        keys = command.options.__struct_encode_fields__
        known = [*PLACE_KEYS[command.place], *keys]
        for key in values:
            if key not in known:
                raise UserError(f'{command.name} has no argument "{key}": {known_names(key, known)}')
        said = {key: value for key, value in values.items() if key in keys}
        said |= {key: self._spelled(said[key]) for key in DOCUMENT_KEYS if key in said}
        return self._target(command, values, encoding), _options(command, said)

    def look(self, uri: str, range_: Range, encoding: Encoding, *, cursor_is_a_character: bool) -> Target:
        """The place of a codeAction request, kept for commands that come without one.

        Where the client sends its cursor as a selection of one character, the cursor stands behind that character, or
        before it if it is a line's end.
        """
        target = self.target(uri, range_, encoding)
        covered = target.document.slice(target.start, target.end)
        if cursor_is_a_character and (len(covered) == 1 or covered == "\r\n"):
            cursor = target.start if covered[0] in "\r\n" else target.end
            target = replace(target, start=cursor, end=cursor)
        self._seen = target
        return target

    def target(self, uri: str, range_: Range, encoding: Encoding) -> Target:
        """The range of an open document in offsets."""
        return _in(self._documents.get(uri), range_, encoding)

    def _spelled(self, value: Any) -> Any:
        return self._documents.spelled(value) if isinstance(value, str) else value

    def _target(self, command: Addressed, values: Mapping[str, Any], encoding: Encoding) -> Target | None:
        match command.place:
            case Place.NONE:
                return None
            case Place.RANGE:
                return self._in_range(command, values, encoding)
            case Place.ANYWHERE:
                return self._anywhere(command, values, encoding)
            case Place.DOCUMENT:
                return self._in_document(command, values, encoding)
            case Place.PERHAPS:
                return self._in_range(command, values, encoding) if "uri" in values else None
            case Place.PERHAPS_DOCUMENT:
                return self._in_document(command, values, encoding) if "uri" in values else None
            case _:
                assert_never(command.place)

    def _in_range(self, command: Addressed, values: Mapping[str, Any], encoding: Encoding) -> Target:
        return self.target(_text(command, values, "uri"), _range(command, values.get("range")), encoding)

    def _in_document(self, command: Addressed, values: Mapping[str, Any], encoding: Encoding) -> Target:
        end = Position(FAR, FAR)
        position = end if values.get("position") is None else _position(command, values["position"])
        return self.target(_text(command, values, "uri"), Range(position, position), encoding)

    def _anywhere(self, command: Addressed, values: Mapping[str, Any], encoding: Encoding) -> Target:
        if "range" in values:
            return self.target(_text(command, values, "uri"), _range(command, values["range"]), encoding)
        if not {"path", "line", "endLine"}.isdisjoint(values):
            return _in(self._named(command, values), _lines(command, values), encoding)
        return self._last_seen(command, values.get("uri"))

    def _named(self, command: Addressed, values: Mapping[str, Any]) -> OpenDocument:
        if "uri" in values:
            return self._documents.get(_text(command, values, "uri"))
        return self._documents.at_path(str(Path(_text(command, values, "path")).expanduser()))

    def _last_seen(self, command: Addressed, uri: object) -> Target:
        """The place of the last codeAction request, if it is still the same text there."""
        seen = self._seen
        if seen is not None and self._spelled(uri) in (None, seen.uri):
            found = self._documents.find(seen.uri)
            if found is not None and found.document is seen.document and found.version == seen.version:
                return seen
        raise UserError(
            f"{command.name} needs a place: give uri and range, or path and line, "
            "or open the code actions there just before"
        )


def _in(found: OpenDocument, range_: Range, encoding: Encoding) -> Target:
    start, end = offsets_of(found.document, range_, encoding)
    return Target(found.uri, shown_name(found.uri), found.language_id, found.document, found.version, start, end)


def _as_object(command: Addressed, arguments: Sequence[Any]) -> dict[str, Any]:
    """One object; free text counts as the query, so that `ask "text" {"preset": "x"}` works in Helix."""
    values: dict[str, Any] = {}
    for argument in arguments:
        if isinstance(argument, dict):
            values |= argument
        elif isinstance(argument, str) and "query" in command.options.__struct_encode_fields__:
            values["query"] = f"{values['query']} {argument}" if "query" in values else argument
        elif argument not in NO_OBJECT:
            raise UserError(f"{command.name} takes one object of arguments, not {argument!r}"[:200])
    return values


def _options(command: Addressed, values: Mapping[str, Any]) -> Options:
    try:
        options: Options = msgspec.convert(values, command.options)
    except msgspec.ValidationError as error:
        raise UserError(f"{command.name}: {error}") from None
    return options


def _text(command: Addressed, values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    if not isinstance(value, str):
        raise UserError(f'{command.name} needs "{key}", a string')
    return value


def _range(command: Addressed, value: Any) -> Range:
    try:
        return msgspec.convert(value, Range)
    except msgspec.ValidationError:
        shape = "{start: {line, character}, end: {line, character}}"
        raise UserError(f'{command.name} needs "range", an LSP range: {shape}') from None


def _position(command: Addressed, value: Any) -> Position:
    try:
        return msgspec.convert(value, Position)
    except msgspec.ValidationError:
        raise UserError(f'{command.name} needs "position", an LSP position: {{line, character}}') from None


def _lines(command: Addressed, values: Mapping[str, Any]) -> Range:
    """1-based lines, as editors show them: one line is a cursor, `line` to `endLine` a selection of whole lines."""
    line, end_line = values.get("line", 1), values.get("endLine")
    if (
        not isinstance(line, int)
        or not isinstance(end_line, int | None)
        or not 1 <= line <= (line if end_line is None else end_line)
    ):
        raise UserError(f"{command.name}: line and endLine count from 1, endLine not before line")
    if end_line is None:
        return Range(Position(line - 1, FAR), Position(line - 1, FAR))
    return Range(Position(line - 1, 0), Position(end_line, 0))
