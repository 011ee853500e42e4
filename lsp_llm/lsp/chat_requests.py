"""The requests `lsp-llm/chat/…`: from params to chats and back; positions and tokens of the protocol end here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from lsp_llm.chat.ports import Follower
from lsp_llm.commands.base import Options
from lsp_llm.commands.chat_costs import cost_of_answer
from lsp_llm.commands.chat_shapes import (
    ApproveOptions,
    CancelledJobs,
    Chatlist,
    ChatOptions,
    ChatShape,
    ContinueOptions,
    Created,
    CreateOptions,
    EditOptions,
    ListOptions,
    RenameOptions,
    SendOptions,
    Sent,
    SummaryShape,
    ToolResultOptions,
    chat_shape,
    sent_shape,
)
from lsp_llm.commands.chats import Chats, Offer, Sending, SendOrder
from lsp_llm.errors import LspLlmError, UserError
from lsp_llm.exchange.tools import ToolSpec
from lsp_llm.lsp.chat_context import context_text
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.following import MessageQuestions, PartialResults
from lsp_llm.lsp.progress import Progress
from lsp_llm.lsp.requests import Handler, read_options
from lsp_llm.lsp.wire import INTERNAL_ERROR, INVALID_PARAMS, OWN_FAULT

_log = logging.getLogger(__name__)

Act = Callable[["ChatRequests", Any], Awaitable[Any]]
Begin = Callable[[SendOrder, Follower, str], Sending]
"""Begins a send: with whom to follow it, and the id of its job."""


@dataclass(frozen=True, slots=True)
class ChatRequests:
    """What the requests need."""

    chats: Chats
    client: Client
    documents: Documents
    progress: Progress

    def handlers(self) -> Mapping[str, Handler]:
        """A handler for each method."""
        return {method: self._handler(method, options, act) for method, options, act in CHAT_REQUESTS}

    def _handler(self, method: str, options: type[Options], act: Act) -> Handler:
        # It comes with the heavy imports.
        from lsp_llm.lsp.cold import failed, refused

        async def answer(params: Any) -> Any:
            try:
                wanted = read_options(method, options, params)
            except UserError as error:
                raise refused(INVALID_PARAMS, error) from None
            try:
                return msgspec.to_builtins(await act(self, wanted))
            except LspLlmError as error:
                raise failed(error) from None
            except Exception as error:  # noqa: BLE001  pygls would send the traceback to the client.
                _log.error("a fault in %s: %s", method, error, exc_info=True)
                raise refused(INTERNAL_ERROR, RuntimeError(OWN_FAULT.format(error))) from None

        return answer

    # --- chats --------------------------------------------------------------------------------------------------------

    async def create(self, options: CreateOptions) -> Created:
        """A new chat, shown in the editor where that is wanted."""
        context = self._context(options.context)
        tools = [ToolSpec(tool.name, tool.description, tool.parameters) for tool in options.tools]
        chat = self.chats.create(options.title, options.preset, options.system, context, tools)
        uri = self.chats.store.path(chat.chat_id).as_uri()
        if options.document:
            self.client.request("window/showDocument", {"uri": uri, "takeFocus": True}, lambda shown: None)
        return Created(chat.chat_id, uri)

    async def get(self, options: ChatOptions) -> ChatShape:
        """A chat as it is now."""
        stored = self.chats.store.load(options.chat_id)
        lines = [f"line {problem.line + 1}: {problem.sentence}" for problem in stored.problems]
        problems = (*self.chats.problems(options.chat_id), *lines)
        settings = self.chats.settings(options.chat_id)
        return chat_shape(stored.conversation, problems, lambda turn: cost_of_answer(settings, turn))

    async def find(self, options: ListOptions) -> Chatlist:
        """The chats with a text in them."""
        found = await asyncio.to_thread(self.chats.store.chats, options.query)
        return Chatlist(tuple(SummaryShape(chat.chat_id, chat.title, chat.preset, chat.updated) for chat in found))

    async def delete(self, options: ChatOptions) -> None:
        """Take a chat away."""
        self.chats.delete(options.chat_id)

    async def rename(self, options: RenameOptions) -> None:
        """Another title."""
        self.chats.store.rename(options.chat_id, options.title)

    # --- sends --------------------------------------------------------------------------------------------------------

    async def send(self, options: SendOptions) -> Sent:
        """The answer to the user's words, when it is whole."""
        text = "\n\n".join(filter(None, (options.text, self._context(options.context))))
        order = SendOrder(options.chat_id, text, options.preset, message_id=options.message_id)
        return await self._sent(self.chats.send, order, options)

    async def go_on(self, options: ContinueOptions) -> Sent:
        """What has come of the last answer since it was cut off, when it is whole."""
        return await self._sent(self.chats.go_on, SendOrder(options.chat_id, preset=options.preset), options)

    async def edit(self, options: EditOptions) -> Sent:
        """The answer to other words, in a chat of its own."""
        branch = self.chats.branch(options.chat_id, options.message_id, options.text)
        if options.partial_result_token is not None:
            PartialResults(self.client, options.partial_result_token).branched(branch.chat_id)
        return await self._sent(self.chats.send, SendOrder(branch.chat_id, preset=options.preset), options)

    async def cancel(self, options: ChatOptions) -> CancelledJobs:
        """Stop the answer that is coming."""
        return CancelledJobs(self.chats.cancel(options.chat_id))

    async def approve(self, options: ApproveOptions) -> None:
        """The user's word on a call."""
        self.chats.approve(options.chat_id, options.call_id, options.decision)

    async def tool_result(self, options: ToolResultOptions) -> None:
        """What a tool of the client's gave."""
        self.chats.take_result(options.chat_id, options.call_id, options.text, is_error=options.is_error)

    async def _sent(self, begin: Begin, order: SendOrder, options: SendOptions | ContinueOptions | EditOptions) -> Sent:
        token = options.partial_result_token
        decide = self.chats.session(order.chat_id).execution.desk.answer
        follower = MessageQuestions(self.client, decide) if token is None else PartialResults(self.client, token)
        # Without partial results the client would never hear of a call of its own tools.
        offer: Offer = "none" if not options.tools else "ours" if token is None else "all"
        job_id = self.chats.jobs.next_id()
        if options.work_done_token is not None:
            self.progress.use(job_id, options.work_done_token)
        sending = begin(replace(order, tools=offer), follower, job_id)
        return sent_shape(order.chat_id, await sending.ended())

    def _context(self, items: Sequence[Any]) -> str:
        if not items:
            return ""
        return context_text(items, self.documents, self.chats.workspace, self.client.facts.encoding)


CHAT_REQUESTS: tuple[tuple[str, type[Options], Act], ...] = (
    ("lsp-llm/chat/create", CreateOptions, ChatRequests.create),
    ("lsp-llm/chat/send", SendOptions, ChatRequests.send),
    ("lsp-llm/chat/continue", ContinueOptions, ChatRequests.go_on),
    ("lsp-llm/chat/get", ChatOptions, ChatRequests.get),
    ("lsp-llm/chat/list", ListOptions, ChatRequests.find),
    ("lsp-llm/chat/delete", ChatOptions, ChatRequests.delete),
    ("lsp-llm/chat/rename", RenameOptions, ChatRequests.rename),
    ("lsp-llm/chat/edit", EditOptions, ChatRequests.edit),
    ("lsp-llm/chat/cancel", ChatOptions, ChatRequests.cancel),
    ("lsp-llm/chat/toolResult", ToolResultOptions, ChatRequests.tool_result),
    ("lsp-llm/chat/approveTool", ApproveOptions, ChatRequests.approve),
)
