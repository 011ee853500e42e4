"""What a prompt may say of secrets, as `context.secrets` has it: it takes them out, refuses, or lets them go; pure.

A text is looked at before it is cut, because half a key is a secret that no scan knows. The messages are looked at once
more, because templates and variables say things of their own; what of them is known by then is passed over.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lsp_llm.commands.gathering import Along
from lsp_llm.config.settings import Secrets
from lsp_llm.context.base import Item
from lsp_llm.context.selection import Selection
from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import Message
from lsp_llm.prompts.redaction import Redaction

MARGIN_CHARACTERS = 8_000
"""How far beyond what may be sent a secret may reach; no key that people keep in files is longer."""
LONG_CHARACTERS = 2_000
"""From here on it is worth looking for a known text in a message."""
BESIDE_CHARACTERS = 200
"""So much of a known text is looked at with what stands beside it: a telling word may be here, its value there."""
MAX_CLEAN_CHARACTERS = 32 * 1024 * 1024


class CleanTexts:
    """Texts of files in which no secret was found; a file that has not changed is not looked at again."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()
        self._characters = 0

    def __contains__(self, text: str) -> bool:
        return text in self._known

    def add(self, text: str) -> None:
        """Remember a text, and forget the oldest where there are too many."""
        if text not in self._known:
            self._known[text] = None
            self._characters += len(text)
        while self._characters > MAX_CLEAN_CHARACTERS:
            self._characters -= len(self._known.popitem(last=False)[0])


class Guard:
    """Stands before one prompt; the same secret has the same mark in all of it."""

    def __init__(self, policy: Secrets, clean: CleanTexts) -> None:
        self._policy = policy
        self._clean = clean
        self._redaction = Redaction()
        self._places: dict[str, None] = {}

    @property
    def originals(self) -> Mapping[str, str]:
        """Mark to secret, for the answer."""
        return self._redaction.originals

    @property
    def note(self) -> str:
        """A sentence on what was left out, "" for nothing."""
        count = len(self.originals)
        if not count:
            return ""
        what = "1 secret was" if count == 1 else f"{count} secrets were"
        return f"{what} left out of the prompt ({', '.join(self._places)}); the answer gets them back"

    def selection(self, selection: Selection, path: str, reach: int) -> Selection:
        """The document without the secrets within so many characters of the selection, cut at the same places."""
        before, after, far = selection.before, selection.after, reach + MARGIN_CHARACTERS
        while True:
            near = before[max(0, len(before) - far) :], selection.text, after[:far]
            safe = self._apply(near, path)
            # A mark is shorter than most secrets, so that what was not looked at may have come within reach.
            if all(len(side) >= min(reach, len(whole)) for side, whole in ((safe[0], before), (safe[2], after))) or (
                far >= max(len(before), len(after))
            ):
                break
            far *= 2
        head, tail = before[: len(before) - len(near[0])], after[len(near[2]) :]
        return replace(selection, before=head + safe[0], text=safe[1], after=safe[2] + tail)

    def text(self, text: str, place: str) -> str:
        """A text without its secrets; `place` is what the user is told of where they stood."""
        return self._apply((text,), place)[0]

    def along(self, along: Along) -> Along:
        """What goes along, without its secrets."""
        return replace(
            along,
            files=tuple(replace(file, text=self._file(file)) for file in along.files),
            diagnostics=tuple(self.text(each, "diagnostics") for each in along.diagnostics),
            git_diff=self.text(along.git_diff, "git diff"),
            symbols=tuple(self.text(each, "symbols") for each in along.symbols),
        )

    def messages(self, messages: Sequence[Message], known: Sequence[str]) -> tuple[Message, ...]:
        """The messages as they may leave; `known` are texts in them that were looked at."""
        return tuple(replace(message, text=self._message(message.text, known)) for message in messages)

    def _message(self, text: str, known: Sequence[str]) -> str:
        parts, at = [], 0
        for start, end in _gaps(text, known):
            parts += [text[at:start], self.text(text[start:end], "templates")]
            at = end
        return "".join([*parts, text[at:]])

    def _file(self, file: Item) -> str:
        if file.text in self._clean:
            self._redaction.leave(file.text)
            return file.text
        safe = self.text(file.text, file.path)
        if safe == file.text and self._policy != "send":
            self._clean.add(file.text)
        return safe

    def _apply(self, parts: Sequence[str], place: str) -> Sequence[str]:
        if self._policy == "send":
            return parts
        known = len(self.originals)
        found = self._redaction.apply_in_parts(parts)
        # A secret that is elsewhere too is named at the first place.
        if len(self.originals) > known:
            self._places.setdefault(place)
        if self.originals and self._policy == "block":
            raise UserError(
                f"nothing was sent: {place} holds what looks like a secret. Take it out, or put the file into "
                '.aiignore; context.secrets = "redact" would send the rest'
            )
        return found


def _gaps(text: str, known: Sequence[str]) -> Iterator[tuple[int, int]]:
    """What of a text is none of the known ones, with a little of these beside it, in order."""
    spans, at = list[tuple[int, int]](), 0
    for part in known:
        # They stand in the order in which they were given, mostly.
        if len(part) >= LONG_CHARACTERS and (place := _place(text, part, at)) >= 0:
            at = place + len(part)
            spans.append((place + BESIDE_CHARACTERS, at - BESIDE_CHARACTERS))
    begin = 0
    for start, end in sorted(spans):
        if start > begin:
            yield begin, start
        begin = max(begin, end)
    if begin < len(text):
        yield begin, len(text)


def _place(text: str, part: str, after: int) -> int:
    place = text.find(part, after)
    return place if place >= 0 else text.find(part)
