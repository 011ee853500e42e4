"""Chats at work without a protocol: real files, prompts and tools, a host that says what the test says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.jobs import ChatJobs
from lsp_llm.commands.chat_prompting import ChatPrompting
from lsp_llm.commands.chat_world import ChatWorld
from lsp_llm.commands.chats import Chats, Sending, SendOrder
from lsp_llm.commands.open_chats import OpenChats
from lsp_llm.context.templates import built_in_folder
from lsp_llm.exchange.messages import ModelRequest
from lsp_llm.exchange.tools import ToolSpec
from lsp_llm.jobs.ports import Target
from lsp_llm.lsp.uris import shown_name
from lsp_llm.records.history import History
from lsp_llm.text.document import Document
from tests.chat.disks import FailingDisk
from tests.chat.sending import Ear, Paper
from tests.commands.desk import CommandDesk, Pages
from tests.fakes.jobs import Source


class Shelf(Pages):
    """Opens what it is asked to show, as an editor does; `is_shut` opens nothing."""

    def __init__(self, desk: ChatDesk) -> None:
        super().__init__()
        self._desk = desk
        self.is_shut = False
        self.asked: list[str] = []

    def show_beside(self, uri: str) -> None:
        self.asked.append(uri)
        if not self.is_shut:
            self._desk.open_file(uri)


class ChatDesk(CommandDesk):
    """A desk with chats below its folder; `root` is the folder of the workspace that is open, if any."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        super().__init__(folder, "")
        self.settings |= {"chat": {"directory": str(folder / "chats")}, **settings}
        self.pages = Shelf(self)
        self.open_chats = OpenChats()
        self.chat_services = replace(self.services, open_chats=self.open_chats)
        self.chat_prompting = ChatPrompting([built_in_folder()], self.library.read, self.prompting.estimates)
        self.jobs = ChatJobs(self.log, History(folder), shown_name)
        world = ChatWorld(self.chat_services)
        self.chats = Chats(self.chat_services, self.chat_prompting, self.jobs, world)
        self.ear, self.page = Ear(), Paper()

    def open_file(self, uri: str) -> Document:
        """A file in the editor, as it is on the disk."""
        path = unquote(urlsplit(uri).path)
        document = self.editor.open(Path(path).read_text(), uri)
        self.runner.opened(uri, document, 1)
        self.open_chats.opened(uri, document, lambda at: Target(uri, path, "python", document, 1, at, at))
        return document

    def create(
        self, title: str = "", preset: str = "", system: str = "", context: str = "", tools: Sequence[ToolSpec] = ()
    ) -> str:
        return self.chats.create(title, preset, system, context, tools).chat_id

    def send(self, chat_id: str, text: str, **order: Any) -> Sending:
        return self.chats.send(SendOrder(chat_id, text, **order), self.ear)

    async def request(self) -> tuple[ModelRequest, Source]:
        """The next request and its answer to be given."""
        _, request, source = await self.hosts.asked.get()
        return request, source

    async def said(self, chat_id: str, text: str, reply: str, **order: Any) -> ModelRequest:
        """One send to its end."""
        sending = self.send(chat_id, text, **order)
        request, source = await self.request()
        source.finish(reply)
        await sending.ended()
        return request

    async def answered_without_room(self, chat_id: str) -> FailingDisk:
        """To "x" comes "an answer", which this disk does not take."""
        disk = self.chats.store._disk = FailingDisk()
        sending = self.send(chat_id, "x")
        _, source = await self.request()
        disk.fill_up()
        source.finish("an answer")
        assert (await sending.ended()).text == "an answer"
        return disk

    def turns(self, chat_id: str) -> tuple[Turn, ...]:
        return self.chats.store.load(chat_id).conversation.turns
