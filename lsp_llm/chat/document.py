"""A chat document, parsed: where its turns are and what they say, kept up with every change; it changes nothing itself.

The text is that of `text.Document`, whose owner tells of each change once it is made there. Only the changed lines are
read, and the lines below them until nothing differs from before; a turn is read when somebody asks for it, and again
when it has changed. Lines count from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lsp_llm.chat.blocks import BLOCK_END
from lsp_llm.chat.conversation import Conversation, Turn, is_blank
from lsp_llm.chat.head import Head, head_text, read_head
from lsp_llm.chat.heading_lines import HeadingLines
from lsp_llm.chat.lines import START, Block, Kind, State, after, heading_parts, kind_of
from lsp_llm.chat.turn_reader import Problem, ReadTurn, read_turn
from lsp_llm.chat.turn_writer import heading_of, turn_text
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change

EMPTY_TURN = Turn("", "user")


class ChatDocument:
    """One document of turns."""

    def __init__(self, document: Document) -> None:
        self._document = document
        states, headings = _scanned(document.lines)
        self._after = states
        self._headings = HeadingLines(headings)
        self._read: list[ReadTurn | None] = [None] * len(headings)
        self._head: Head | None = None

    def changed(self, change: Change) -> None:
        """The document has changed so; costs what the change is long, and what it turns into other things below."""
        lines, states = self._document.lines, self._after
        growth = len(lines) - len(states)
        first, _ = self._document.point(change.start)
        last, _ = self._document.point(change.start + len(change.inserted))
        state = states[first - 1] if first else START
        scanned: list[State] = []
        headings: list[int] = []
        at = first
        while at < len(lines) and not (at > last and state == _state_before(states, at - growth)):
            if _is_heading(lines[at], state):
                headings.append(at)
            state = after(lines[at], state)
            scanned.append(state)
            at += 1
        self._forget(first, at, growth, headings)
        states[first : at - growth] = scanned

    def _forget(self, first: int, end: int, growth: int, headings: Sequence[int]) -> None:
        above = self._headings.place_of(first - 1)
        start, stop = self._headings.replace(first, end - growth, growth, headings)
        self._read[start:stop] = [None] * len(headings)
        if above >= 0:
            self._read[above] = None
        else:
            self._head = None

    @property
    def head(self) -> Head:
        """Title, preset and system."""
        if self._head is None:
            end = self._headings[0] if len(self) else len(self._document.lines)
            self._head = self._read_head(end)
        return self._head

    def _read_head(self, end: int) -> Head:
        lines = self._document.lines[:end]
        front_end = next((n for n in range(end) if self._after[n].block is not Block.FRONT), end)
        # The line that closes the front matter is the first behind which it is over.
        body_start = min(front_end + 1, end) if front_end else 0
        head = read_head("".join(lines[:body_start])) if front_end else Head()
        stray = next((n for n in range(body_start, end) if not is_blank(lines[n].strip("\ufeff\r\n"))), None)
        if stray is None:
            return head
        problem = Problem(stray, "this stands above the first turn, so it is not sent: `## User` begins a turn")
        return replace(head, problems=(*head.problems, problem))

    def __len__(self) -> int:
        """How many turns there are."""
        return len(self._headings)

    def first_line(self, place: int) -> int:
        """The line of a turn's heading."""
        return self._headings[place]

    def end_line(self, place: int) -> int:
        """The line behind a turn's last one."""
        return self._headings[place + 1] if place + 1 < len(self) else len(self._document.lines)

    def place_at(self, line: int) -> int:
        """The turn that a line is in, -1 above the first."""
        return self._headings.place_of(line)

    def read(self, place: int) -> ReadTurn:
        """What a turn says; its lines and problems count from its heading."""
        found = self._read[place]
        if found is None:
            found = read_turn(self._document.lines[self.first_line(place) : self.end_line(place)])
            self._read[place] = found
        return found

    def conversation(self, chat_id: str) -> Conversation:
        """All of it; a turn at the end that is still empty is not part of it, and every turn has an id of its own."""
        turns = [self.read(place).turn for place in range(len(self))]
        if turns and turns[-1].role == "user" and turns[-1].is_empty:
            turns.pop()
        head = self.head
        return Conversation(chat_id, head.title, head.preset, head.system, tuple(with_ids(turns)))

    def problems(self) -> Iterator[Problem]:
        """What cannot be read as it stands, from the top."""
        yield from self.head.problems
        for place in range(len(self)):
            first = self.first_line(place)
            yield from (Problem(first + problem.line, problem.sentence) for problem in self.read(place).problems)
        if self._after[-1].fence and len(self):
            yield Problem(self._fence_line(), "this fence is not closed: no turn below it is found")

    def _fence_line(self) -> int:
        lines = range(len(self._after))
        return next(line for line in reversed(lines) if not _state_before(self._after, line).fence)

    def lead_in(self, turn: Turn) -> str:
        """What to add at the document's end before the body of a new turn: the end of what is open there, its heading.

        A turn of that kind which stands there empty is the new one, and needs no heading.
        """
        lines, line_end = self._document.lines, self._document.line_end
        if len(self) and self._waits_for(turn):
            missing = self.first_line(len(self) - 1) + 3 - len(lines)
            return line_end * missing if missing > 0 else "" if not lines[-1] else line_end
        written = [*self._ends_of_what_is_open(), heading_of(turn), "", ""]
        if lines[-1]:
            written.insert(0, "")
        return line_end.join(written)

    @property
    def closing_lines(self) -> list[str]:
        """The lines that would end a fence and a block which are open at the document's end."""
        state = self._after[-1]
        ends = [state.closing_line] if state.fence else []
        return [*ends, "", BLOCK_END] if state.block in (Block.THINKING, Block.TOOL) else ends

    def _ends_of_what_is_open(self) -> list[str]:
        """The lines that end a fence and a block at the document's end, and a blank one where there is none."""
        lines, ends = self._document.lines, self.closing_lines
        above = lines[-1] or (lines[-2] if len(lines) > 1 else "")
        return [*ends, ""] if ends or not is_blank(above.rstrip("\r\n")) else []

    def _waits_for(self, turn: Turn) -> bool:
        """Whether the last turn is empty, without even a comment, and of that kind."""
        place = len(self) - 1
        heading, *below = self._document.lines[self.first_line(place) :]
        if not all(is_blank(line.rstrip("\r\n")) for line in below):
            return False
        role = "assistant" if turn.role == "assistant" else "tools" if turn.tool_results else "user"
        return heading_parts(heading) == (role, turn.model if role == "assistant" else "")


def read_chat(text: str, chat_id: str) -> tuple[Conversation, tuple[Problem, ...]]:
    """The conversation in a text, and what in it cannot be read."""
    document = ChatDocument(Document(text))
    return document.conversation(chat_id), tuple(document.problems())


def chat_text(conversation: Conversation, line_end: str = "\n") -> str:
    """The document of a conversation; where it is the user's turn, an empty one waits at the end."""
    turns = list(conversation.turns)
    if not turns or turns[-1].role == "assistant":
        turns.append(EMPTY_TURN)
    head = head_text(conversation.title, conversation.preset, conversation.system, line_end)
    return head + line_end.join(turn_text(turn, line_end) for turn in turns)


def with_ids(turns: Iterable[Turn]) -> Iterator[Turn]:
    """The turns with an id each; one that has none, or that of a turn above it, is named by its number from 1."""
    seen: set[str] = set()
    for number, turn in enumerate(turns, 1):
        if not turn.message_id or turn.message_id in seen:
            turn = replace(turn, message_id=f"turn-{number}")
        seen.add(turn.message_id)
        yield turn


def _scanned(lines: Iterable[str]) -> tuple[list[State], list[int]]:
    """The state behind each line, and the lines that begin turns."""
    states: list[State] = []
    headings: list[int] = []
    state = START
    for number, line in enumerate(lines):
        if _is_heading(line, state):
            headings.append(number)
        state = after(line, state)
        states.append(state)
    return states, headings


def _is_heading(line: str, state: State) -> bool:
    return line[:1] in "# " and kind_of(line, state) is Kind.HEADING


def _state_before(states: Sequence[State], line: int) -> State:
    return states[line - 1] if line else START
