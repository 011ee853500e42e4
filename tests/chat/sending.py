"""A send by hand: a page in memory, an ear, and hosts that say what the test says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from lsp_llm.chat.conversation import Conversation, Turn
from lsp_llm.chat.document import ChatDocument, read_chat
from lsp_llm.chat.loop import Send, Tools
from lsp_llm.chat.session import Session
from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.jobs.answering import Prepared
from lsp_llm.status.events import Status
from lsp_llm.stream.events import Event, Finish, Text, ToolCalled, UsageReported
from lsp_llm.stream.filters.originals import Originals
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit
from lsp_llm.tools.approval import Verdict
from lsp_llm.tools.base import Approval, World
from lsp_llm.tools.base import Prepared as PreparedCall
from lsp_llm.tools.desk import Question
from lsp_llm.tools.execution import Limits
from lsp_llm.tools.registry import Toolbox
from tests.fakes.jobs import Source
from tests.tools.worlds import world


class Paper:
    """A page in memory; `trouble` is why it takes nothing now."""

    def __init__(self, text: str = "") -> None:
        self.document = Document(text)
        self.trouble = ""
        self.pending = ""
        self.settled = 0

    line_end = "\n"

    @property
    def turns(self) -> tuple[Turn, ...]:
        conversation, problems = read_chat(self.document.text, "c")
        assert problems == ()
        return conversation.turns

    def begin(self, turn: Turn) -> None:
        self.add(ChatDocument(self.document).lead_in(turn))

    def add(self, text: str) -> None:
        self.pending += text
        if self.trouble:
            raise UserError(self.trouble)
        end = len(self.document.text)
        self.document.apply(Edit(end, end, self.pending))
        self.pending = ""

    def settle(self) -> None:
        self.add("")
        self.settled += 1


class Ear:
    """Keeps what it hears; `decide` is told of each question."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.thoughts: list[str] = []
        self.calls: list[str] = []
        self.results: list[ToolResult] = []

    def text(self, delta: str) -> None:
        self.texts.append(delta)

    def thinking(self, delta: str) -> None:
        self.thoughts.append(delta)

    def called(self, call: ToolCall, question: Question | None) -> None:
        self.calls.append(call.call_id)

    def settled(self, call_id: str, verdict: Verdict) -> None:
        pass

    def ended(self, result: ToolResult) -> None:
        self.results.append(result)


class Host(Source):
    """An answer that is whole before it is asked for, unless nothing is given."""

    def __init__(self, *events: Event, then: Prepared | None = None) -> None:
        super().__init__()
        if events:
            self.say(*events)
            self.queue.put_nowait(None)


def whole(text: str, *calls: ToolCall, finish: FinishReason = FinishReason.STOP) -> Host:
    counts = UsageReported(Usage(10, 2))
    words = [Text(text)] if text else []
    return Host(*words, *map(ToolCalled, calls), counts, Finish(FinishReason.TOOL_USE if calls else finish))


class Menu:
    """Gives the hosts in turn, and keeps what each is asked."""

    def __init__(self, *hosts: Source | Prepared) -> None:
        self.hosts = list(hosts)
        self.asked: list[tuple[Turn, ...]] = []
        self.tools: list[Sequence[ToolSpec]] = []

    async def prepared(self, chat: Conversation, tools: Sequence[ToolSpec]) -> Prepared:
        self.asked.append(chat.turns)
        self.tools.append(tools)
        found = self.hosts.pop(0)
        return found if isinstance(found, Prepared) else Prepared(found, Originals({"MARK_1": "secret"}))


class Doing:
    """A tool that does what a test wants."""

    approval: Approval = "before"

    def __init__(self, act: Callable[[], Awaitable[str]], name: str = "act") -> None:
        self._act = act
        self.spec = ToolSpec(name, "")

    def prepare(self, call: ToolCall) -> PreparedCall:
        async def run(where: World) -> str:
            return await self._act()

        return PreparedCall("", run)


class Table:
    """Everything around one send."""

    def __init__(self, folder: Path, menu: Menu, *tools: Doing, rounds: int = 5) -> None:
        self.paper = Paper("## User\n\nHello\n")
        self.ear = Ear()
        self.told: list[Status] = []
        self.kept: list[tuple[Turn, Replay]] = []
        session = Session("c", "redact", Limits(20, 20))
        session.follow(self.ear)
        able = Tools(Toolbox(tools), session.execution, session.ended_calls, world(folder), "always", rounds)
        chat = read_chat(self.paper.document.text, "c")[0]
        self.send = Send(chat, self.paper, menu, able, self.ear, self.keep, self.told.append)

    def keep(self, turn: Turn, replay: Replay) -> Turn:
        self.kept.append((turn, replay))
        return turn

    @property
    def words(self) -> list[tuple[str, str]]:
        return [(turn.role, turn.text) for turn in self.paper.turns]
