"""The chats of one client: made, sent to, branched, stopped; the shell around `chat/`, which knows no protocol.

A chat is its file. What is kept in memory beside it (`Session`) is lost with the server and missed by nobody.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, Literal

from lsp_llm.chat.chat_writer import ChatWriter
from lsp_llm.chat.conversation import Conversation, Turn, tidy
from lsp_llm.chat.jobs import ChatJobs, ChatOrder
from lsp_llm.chat.loop import Course, Send, Tools
from lsp_llm.chat.ports import Follower, Page
from lsp_llm.chat.replays import ReplayFiles
from lsp_llm.chat.session import Session
from lsp_llm.chat.stamping import new_message_id, now
from lsp_llm.chat.store import ChatStore
from lsp_llm.chat.terms import BUSY, NOT_CUT_OFF
from lsp_llm.chat.titling import title_of
from lsp_llm.chat.unsaved import WAITING, Unsaved
from lsp_llm.commands.base import Services
from lsp_llm.commands.chat_asking import ChatAsking
from lsp_llm.commands.chat_prompting import ChatPrompting, workspace_of
from lsp_llm.commands.chat_world import ChatWorld
from lsp_llm.config.settings import Settings
from lsp_llm.context.base import Workspace
from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.tools import ToolSpec
from lsp_llm.providers.registry import resolve
from lsp_llm.records.journal import state_folder
from lsp_llm.status.events import Message, Status
from lsp_llm.tools.approval import Decision
from lsp_llm.tools.base import Tool
from lsp_llm.tools.execution import Limits
from lsp_llm.tools.naming import is_name
from lsp_llm.tools.registry import Toolbox

FOLDER: Final = "chats"

Offer = Literal["all", "ours", "none"]
"""Which tools a model may call: the client's too, ours alone (where the client would not hear of a call), none."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SendOrder:
    """What the user wants: "" as text answers what waits, "" as preset is the chat's own, or else the one in use.

    `message_id` is the client's own for the new turn, if it has one: with it a turn is taken once and no second time.
    """

    chat_id: str
    text: str = ""
    preset: str = ""
    tools: Offer = "all"
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """A send under way; `course` is what has come of it so far."""

    job_id: str
    chat_id: str
    course: Course
    task: asyncio.Task[None]
    stop: Callable[[], object]

    async def ended(self) -> Course:
        """Wait for its end; a stopped one has ended too. Raises LspLlmError; a cancelled wait stops the send."""
        try:
            await asyncio.wait({self.task})
        except asyncio.CancelledError:
            self.stop()
            # What had come is on the page before the client hears that its request is no more.
            await asyncio.wait({self.task})
            raise
        if self.task.cancelled():
            self.course.finish = "cancelled"
        elif error := self.task.exception():
            raise error
        return self.course


class Chats:
    """All chats; `jobs` are their sends, `world` is what tools reach."""

    def __init__(self, services: Services, prompting: ChatPrompting, jobs: ChatJobs, world: ChatWorld) -> None:
        self.jobs = jobs
        self._services = services
        self._prompting = prompting
        self._world = world
        self._stores: dict[Path, ChatStore] = {}
        self._sessions: dict[str, Session] = {}
        self._unsaved = Unsaved(services.errands.begin)

    # --- chats --------------------------------------------------------------------------------------------------------

    @property
    def folder(self) -> Path:
        """Where chats are now; raises UserError."""
        named = Path(self._services.settings("").chat.directory).expanduser()
        if named == Path():
            return state_folder() / FOLDER
        if named.is_absolute():
            return named
        root = self._services.surroundings("").root
        if root is None:
            raise UserError(f'chat.directory = "{named}" is below the workspace, and no folder is open')
        return root / named

    @property
    def workspace(self) -> Workspace:
        """The folder from which paths are read; that of the chats where none is open. Raises UserError."""
        settings, around = self._services.settings(""), self._services.surroundings("")
        return workspace_of(settings, around) or Workspace(self.folder, settings.context)

    @property
    def store(self) -> ChatStore:
        """The files of the chats; raises UserError."""
        folder = self.folder
        return self._stores.setdefault(folder, ChatStore(folder))

    def settings(self, chat_id: str) -> Settings:
        """What is set where a chat's document is; raises UserError for what cannot be one."""
        return self._services.settings(self.store.path(chat_id).as_uri())

    def create(
        self, title: str, preset: str, system: str, context: str, tools: Sequence[ToolSpec] = ()
    ) -> Conversation:
        """A new chat; `context` stands in it as the beginning of the user's first turn. Raises UserError.

        Calls of the `tools` are carried out by the client.
        """
        if preset:
            resolve(self._services.settings(""), preset)
        for tool in tools:
            if not is_name(tool.name):
                raise UserError(f"a tool's name has at most 64 letters, digits, _ and -, and {tool.name!r} has not")
        turns = [Turn(new_message_id(), "user", tidy(context), timestamp=now())] if context else []
        chat = self.store.create(title, preset, system, turns)
        self.session(chat.chat_id).offer({tool.name: tool for tool in tools})
        return chat

    def problems(self, chat_id: str) -> tuple[str, ...]:
        """What is wrong with a chat beside the lines of its file."""
        return (WAITING,) if self._unsaved.waits(chat_id) else ()

    def delete(self, chat_id: str) -> None:
        """Take a chat away; raises UserError."""
        self._unsaved.drop(chat_id)
        self.store.delete(chat_id)
        self._sessions.pop(chat_id, None)

    def branch(self, chat_id: str, message_id: str, text: str) -> Conversation:
        """A chat of its own that ends in this message with other words; raises UserError."""
        whole = self.store.load(chat_id).conversation
        edited = whole.branched_with(message_id, text, "")
        branch = self.store.create(edited.title, edited.preset, edited.system, edited.turns)
        self.session(branch.chat_id).client_tools = tuple(
            replace(tool, chat_id=branch.chat_id, client=self.session(branch.chat_id).client_calls)
            for tool in self.session(chat_id).client_tools
        )
        return branch

    # --- sends --------------------------------------------------------------------------------------------------------

    def send(self, order: SendOrder, follower: Follower, job_id: str = "") -> Sending:
        """Add the user's words to the chat's file and have them answered there; raises UserError.

        `job_id` is one of `jobs.next_id()`, where the caller has to know it before.
        """
        store = self.store
        writer, release = self._writer(order.chat_id)
        try:
            chat = store.load(order.chat_id).conversation
            preset = self._preset(order.preset or chat.preset, "")
            if order.text.strip():
                turn = _question(chat, order)
                _name(store, chat, turn.text)
                writer.add_turn(turn)
                chat = chat.with_turn(turn)
            else:
                _refuse_answered(chat)
            uri = store.path(order.chat_id).as_uri()
            return self.answer(chat, writer, follower, uri, preset, release, order.tools, job_id)
        except BaseException:
            writer.release()
            raise

    def go_on(self, order: SendOrder, follower: Follower, job_id: str = "") -> Sending:
        """Have the last answer of a chat go on where it was cut off, in its place in the file; raises UserError."""
        store = self.store
        writer, release = self._writer(order.chat_id)
        try:
            chat = store.load(order.chat_id).conversation
            former = _cut_off(chat)
            preset = self._preset(order.preset or chat.preset, "")
            writer.go_on(former)
            uri = store.path(order.chat_id).as_uri()
            return self.answer(chat, writer, follower, uri, preset, release, order.tools, job_id, Send.go_on)
        except BaseException:
            writer.release()
            raise

    def answer(
        self,
        chat: Conversation,
        page: Page,
        follower: Follower,
        uri: str,
        preset: str,
        release: Callable[[], None],
        offer: Offer = "all",
        job_id: str = "",
        run: Callable[[Send], Awaitable[None]] = Send.run,
    ) -> Sending:
        """Have a conversation answered on a page, in a job; `release` is called when that has ended. Raises UserError.

        `run` is for a page that has more to do than to take what comes.
        `uri` is that of the chat's document, and `chat.chat_id` what approvals and tool results are addressed to.
        """
        if self.jobs.running(chat.chat_id):
            raise UserError(BUSY)
        if not chat.turns:
            raise UserError("there is nothing to answer: write something first")
        session = self.session(chat.chat_id)
        session.follow(follower)
        job_id = job_id or self.jobs.next_id()
        replays = ReplayFiles(self.folder)
        asking = self._asking(chat, uri, preset, replays)
        tools = self._tools(session, uri, offer)
        tell = self.jobs.tell(job_id)
        send = Send(chat, page, asking, tools, follower, lambda turn, replay: _kept(replays, turn, replay), tell)

        def ended() -> None:
            session.follow(None)
            release()

        order = ChatOrder(chat.chat_id, uri, asking.preset, _asked(chat))

        async def whole() -> None:
            # A server may have to be started first, which must not hold up the answer to the client.
            offered = await self._with_servers(session, uri, offer, tools, tell)
            for problem in offered.toolbox.problems:
                tell(Message(problem, "warning"))
            send.offer(offered)
            await run(send)

        task = self.jobs.begin(job_id, order, whole(), lambda: send.course.text, ended)
        return Sending(job_id, chat.chat_id, send.course, task, lambda: self.jobs.stop(job_id))

    async def rendered(self, chat: Conversation) -> str:
        """What would be sent for a conversation in the folder of chats, to be read; raises UserError."""
        uri = self.store.path(chat.chat_id).as_uri()
        return await self._asking(chat, uri, chat.preset, ReplayFiles(self.folder)).rendered(chat)

    def cancel(self, chat_id: str) -> tuple[str, ...]:
        """Stop what is under way in a chat; the ids of what was."""
        return tuple(job_id for job_id in self.jobs.running(chat_id) if self.jobs.stop(job_id))

    # --- tools --------------------------------------------------------------------------------------------------------

    def session(self, chat_id: str) -> Session:
        """What is kept of a chat in memory."""
        if chat_id not in self._sessions:
            self._sessions[chat_id] = Session(chat_id, self._services.settings("").context.secrets, Limits())
        return self._sessions[chat_id]

    def approve(self, chat_id: str, call_id: str, decision: Decision) -> None:
        """The user's word on a call that waits; raises UserError where there is none."""
        if not self.session(chat_id).execution.desk.answer(call_id, decision):
            raise UserError(f'no call "{call_id}" waits for an approval in this chat')

    def take_result(self, chat_id: str, call_id: str, text: str, *, is_error: bool) -> None:
        """What the client's tool gave; raises UserError where no call waits for that."""
        if not self.session(chat_id).client_calls.answer(call_id, text, is_error=is_error):
            raise UserError(f'no call "{call_id}" waits for a result in this chat')

    async def _with_servers(
        self, session: Session, uri: str, offer: Offer, tools: Tools, tell: Callable[[Status], None]
    ) -> Tools:
        """The same tools, and those of the user's MCP servers."""
        settings = self._services.settings(uri).tools
        if not settings.enabled or offer == "none":
            return tools
        theirs, problems = await self._services.tool_servers.tools(settings.mcp)
        for problem in problems:
            tell(Message(problem, "warning"))
        return self._tools(session, uri, offer, theirs) if theirs else tools

    def _tools(self, session: Session, uri: str, offer: Offer, theirs: tuple[Tool, ...] = ()) -> Tools:
        settings = self._services.settings(uri).tools
        foreign = (*(session.client_tools if offer == "all" else ()), *theirs)
        box = self._world.toolbox(uri, foreign) if settings.enabled and offer != "none" else Toolbox()
        world = self._world.of(uri, session.redactor, session.execution.desk, settings.approve)
        return Tools(box, session.execution, session.ended_calls, world, settings.approve, settings.max_rounds)

    # --- small --------------------------------------------------------------------------------------------------------

    def _writer(self, chat_id: str) -> tuple[ChatWriter, Callable[[], None]]:
        """The right to write into a chat whose file has all of it, and how it is given back; raises UserError."""
        self._unsaved.save(chat_id)
        writer = self.store.writer(chat_id)
        return writer, partial(self._unsaved.release, chat_id, writer)

    def _asking(self, chat: Conversation, uri: str, preset: str, replays: ReplayFiles) -> ChatAsking:
        """Asks for the answers in a chat, whose document this is, as is set there now; raises UserError."""
        redaction = self.session(chat.chat_id).redaction
        redaction.obey(self._services.settings(uri).context.secrets)
        return ChatAsking(self._services, self._prompting, uri, self._preset(preset, uri), redaction, replays.find)

    def _preset(self, name: str, uri: str) -> str:
        """The preset of that name, or the one in use; raises UserError for an unknown one."""
        name = name or self._services.chosen(uri)[0]
        resolve(self._services.settings(uri), name)
        return name


def _name(store: ChatStore, chat: Conversation, words: str) -> None:
    """A chat without a title is called by its first words; where that cannot be, it is answered all the same."""
    if not chat.title and not chat.turns:
        with suppress(UserError):
            store.rename(chat.chat_id, title_of(words))


def _refuse_answered(chat: Conversation) -> None:
    """Raises UserError where the last turn is an answer that calls for nothing more."""
    if chat.turns and chat.turns[-1].role == "assistant" and not chat.turns[-1].tool_calls:
        raise UserError("no message waits for an answer in this chat: write one first")


def _cut_off(chat: Conversation) -> Turn:
    """The answer at the end of a chat that can go on; raises UserError where there is none."""
    last = chat.turns[-1] if chat.turns else None
    if last is not None and last.role == "user":
        raise UserError("the last message has no answer yet, which could go on: have it answered")
    if last is None or not last.is_cut_off:
        raise UserError(NOT_CUT_OFF)
    return last


def _asked(chat: Conversation) -> str:
    """What the user said last."""
    return next((turn.text for turn in reversed(chat.turns) if turn.role == "user" and turn.text), "")


def _question(chat: Conversation, order: SendOrder) -> Turn:
    """The user's new turn; raises UserError where it is in the chat already."""
    if order.message_id and any(turn.message_id == order.message_id for turn in chat.turns):
        raise UserError("this message is in the chat already")
    return Turn(order.message_id or new_message_id(), "user", tidy(order.text), timestamp=now())


def _kept(replays: ReplayFiles, turn: Turn, replay: Replay) -> Turn:
    """The turn with the key of its replay; without one it goes out as text, which every host takes."""
    try:
        return replays.keep(turn, replay)
    except OSError as error:
        _log.warning("what the host wants back with a turn is not kept: %s", error)
        return turn
