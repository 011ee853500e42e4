"""Keeps a talk connected: dials, introduces itself, carries out what the talk wants, and tells it what comes.

It shows nothing and decides nothing: what is shown is for the view, what is wanted is for the talk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar, assert_never
from urllib.parse import unquote

import msgspec

from lsp_llm.commands.chat_shapes import Chatlist, ChatShape, Created, Sent
from lsp_llm.errors import LspLlmError, UserError
from lsp_llm.lsp.link import Link
from lsp_llm.tui.connection import PULSE_SECONDS, Connection, Gone, Refused
from lsp_llm.tui.faults import Fault, fault_of
from lsp_llm.tui.files import ENCODING, Files, Notice
from lsp_llm.tui.orders import Asking, Branch, Continue, Create, Decide, Latest, Load, Order, Orders, Send, Stop
from lsp_llm.tui.states import Connected, Disconnected, Error, State
from lsp_llm.tui.talk import Talk

INTRODUCTION_SECONDS: Final = 30.0
QUESTION_SECONDS: Final = 30.0
MOST_VAIN: Final = 5
"""So many connections in a row may end before the server has said that it is there."""
SILENT: Final = "there is somebody, who ends every connection before saying anything"
MALFORMED: Final = "the server's answer is not what the protocol says: are client and server of the same version?"

CAPABILITIES: Final[Mapping[str, object]] = {
    "general": {"positionEncodings": [ENCODING]},
    "window": {"showDocument": {"support": True}},
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "experimental": {"lspLlm": {"status": True}},
}

ShapeT = TypeVar("ShapeT")


class Dialer(Protocol):
    """Where links come from; it tells by itself how far it is."""

    async def link(self) -> Link:
        """A new link, however long that takes; raises LspLlmError where it gives up."""
        ...

    def hurry(self) -> None:
        """Do not wait for the next attempt."""
        ...


class View(Protocol):
    """Whoever shows it."""

    def stand(self, state: State) -> None:
        """How the connection stands."""
        ...

    def change(self) -> None:
        """The talk, or what is known of the job that answers in it, is another one."""
        ...

    def tell(self, text: str, *, is_warning: bool) -> None:
        """A sentence of the server's for the user."""
        ...


class Session:
    """`run` it until it is cancelled."""

    def __init__(self, talk: Talk, view: View, dialer: Dialer, pulse_seconds: float = PULSE_SECONDS) -> None:
        self.talk = talk
        self.status: Mapping[str, Any] = {}
        """The last `lsp-llm/status` of the send under way."""
        self._view = view
        self._dialer = dialer
        self._pulse_seconds = pulse_seconds
        self._connection: Connection | None = None
        self._models: dict[str, str] = {}
        self._files = Files(Path.cwd())
        self._tasks: set[asyncio.Task[None]] = set()
        self._again = asyncio.Event()
        self._vain = 0

    async def run(self) -> None:
        """Connect, and connect again, for ever."""
        try:
            while True:
                await self._once()
        finally:
            await self.close()

    async def close(self) -> None:
        """End what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._connection is not None:
            await self._connection.close()

    async def reconnect(self) -> None:
        """Try again now, with a new link where there is one."""
        self._again.set()
        self._dialer.hurry()
        if self._connection is not None:
            await self._connection.close()

    def carry_out(self, orders: Orders) -> None:
        """Have the server do what the talk wants."""
        for order in orders:
            task = asyncio.get_running_loop().create_task(self._carry_out(order))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._view.change()

    async def ask(self, method: str, params: object, shape: type[ShapeT]) -> ShapeT:
        """The answer to a question that changes nothing; raises UserError."""
        try:
            async with asyncio.timeout(QUESTION_SECONDS):
                return msgspec.convert(await self._connected.request(method, params), shape)
        except Refused as refusal:
            raise UserError(str(refusal)) from None
        except Gone:
            raise UserError("there is no connection to the server") from None
        except TimeoutError:
            raise UserError(f"the server said nothing for {QUESTION_SECONDS:g} s") from None
        except msgspec.ValidationError:
            raise UserError(MALFORMED) from None

    async def use_model(self, preset: str, model: str) -> None:
        """Have a preset use this model, for as long as this client is there; raises UserError."""
        self._models[preset] = model
        try:
            await self._connected.notify("workspace/didChangeConfiguration", {"settings": {"lsp-llm": self._settings}})
        except Gone:
            raise UserError("there is no connection to the server") from None

    # --- the link -----------------------------------------------------------------------------------------------------

    async def _once(self) -> None:
        """From one link to its end."""
        try:
            link = await self._dialer.link()
        except LspLlmError as error:
            await self._give_up(str(error))
            return
        connection = Connection(link, self._received, self._asked, self._pulse_seconds)
        self._files = Files(Path.cwd())
        running = asyncio.create_task(connection.run())
        try:
            self._vain += 1
            await self._introduce(connection)
            self._connection, self._vain = connection, 0
            self._view.stand(Connected())
            self.carry_out(self.talk.connected())
            await running
            self._view.stand(Disconnected())
        except Refused as refusal:
            await self._give_up(str(refusal))
        except (Gone, TimeoutError):
            self._view.stand(Disconnected())
            if self._vain == MOST_VAIN:
                self._vain = 0
                await self._give_up(connection.parting or SILENT)
        finally:
            self._connection = None
            await connection.close()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            self.status = {}
            self.talk.lost()
            self._view.change()

    async def _introduce(self, connection: Connection) -> None:
        folder = Path.cwd()
        async with asyncio.timeout(INTRODUCTION_SECONDS):
            await connection.request(
                "initialize",
                {
                    "processId": None,
                    "clientInfo": {"name": "lsp-llm chat"},
                    "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
                    "capabilities": CAPABILITIES,
                    "initializationOptions": self._settings,
                },
            )
            await connection.notify("initialized", {})

    async def _give_up(self, reason: str) -> None:
        """Wait until the user wants it tried again."""
        self._view.stand(Error(reason))
        self._again.clear()
        await self._again.wait()

    @property
    def _connected(self) -> Connection:
        if self._connection is None:
            raise Gone("there is no connection")
        return self._connection

    @property
    def _settings(self) -> dict[str, Any]:
        return {"presets": {preset: {"model": model} for preset, model in self._models.items()}}

    # --- what the talk wants ------------------------------------------------------------------------------------------

    async def _carry_out(self, order: Order) -> None:
        try:
            await self._ordered(order)
        except Refused as refusal:
            self._fail(order, fault_of(str(refusal), refusal.data))
        except msgspec.ValidationError:
            self._fail(order, Fault("malformed answer", MALFORMED))
        except Gone:
            # The talk is told by whoever holds the connection.
            pass

    async def _ordered(self, order: Order) -> None:
        talk, connection = self.talk, self._connected
        match order:
            case Create(preset):
                made = await connection.request("lsp-llm/chat/create", {"preset": preset})
                self.carry_out(talk.created(order, msgspec.convert(made, Created).chat_id))
            case Latest():
                listed = msgspec.convert(await connection.request("lsp-llm/chat/list", {}), Chatlist)
                self.carry_out(talk.found(order, listed.chats[0].chat_id if listed.chats else ""))
            case Load(chat_id):
                chat = await connection.request("lsp-llm/chat/get", {"chatId": chat_id})
                self.carry_out(talk.loaded(order, msgspec.convert(chat, ChatShape)))
            case Send(chat_id, message, preset, token):
                words = {"text": message.text, "messageId": message.message_id} if message else {}
                params = {"chatId": chat_id, **words, "preset": preset, "partialResultToken": token}
                await self._answer(order, "lsp-llm/chat/send", params)
            case Branch(chat_id, message_id, text, preset, token):
                params = {"chatId": chat_id, "messageId": message_id, "text": text}
                params |= {"preset": preset, "partialResultToken": token}
                await self._answer(order, "lsp-llm/chat/edit", params)
            case Continue(chat_id, preset, token):
                params = {"chatId": chat_id, "preset": preset, "partialResultToken": token}
                await self._answer(order, "lsp-llm/chat/continue", params)
            case Stop(chat_id):
                await connection.request("lsp-llm/chat/cancel", {"chatId": chat_id})
            case Decide(chat_id, call_id, decision):
                params = {"chatId": chat_id, "callId": call_id, "decision": decision}
                await connection.request("lsp-llm/chat/approveTool", params)
            case _:
                assert_never(order)

    async def _answer(self, order: Asking, method: str, params: object) -> None:
        """Have it answered; the files that were opened for it are closed then."""
        self.status = {}
        connection = self._connected
        try:
            sent = msgspec.convert(await connection.request(method, params), Sent)
        finally:
            for notice in self._files.close_all():
                with suppress(Gone):
                    await connection.notify(*notice)
        self.carry_out(self.talk.answered(order, sent))

    def _fail(self, order: Order, fault: Fault) -> None:
        if isinstance(order, Stop | Decide):
            self._view.tell(fault.sentence, is_warning=True)
        else:
            self.carry_out(self.talk.failed(order, fault))

    # --- what the server says -----------------------------------------------------------------------------------------

    def _asked(self, method: str, params: Any) -> tuple[object, Sequence[Notice]] | None:
        match method, params:
            case "window/showDocument", {"uri": str(uri)}:
                notices = self._files.show(uri)
                return {"success": notices is not None}, notices or ()
            case "workspace/applyEdit", dict():
                return self._files.apply(params)
            case _:
                return None

    def _received(self, method: str, params: Any) -> None:
        match method, params:
            case "$/progress", {"token": token, "value": dict(value)}:
                self.talk.progress(token, value)
            case "lsp-llm/status", {"kind": "queued", "uri": str(uri)}:
                self.talk.begun(unquote(uri.rpartition("/")[2]))
            case "lsp-llm/status", dict():
                self.status = params
                if params.get("kind") == "requestSent":
                    self.talk.asked(str(params.get("model", "")))
            case "window/showMessage", {"type": int(level), "message": str(text)}:
                # A send that fails is told by its answer.
                if not (level == 1 and self.talk.is_answering):
                    self._view.tell(text.removeprefix("LLM: "), is_warning=level <= 2)
            case _:
                return
        self._view.change()
