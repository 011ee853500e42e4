"""Sends in chat documents: which turn is meant by a place, where its answer goes, and what is a branch."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsp_llm.chat.terms import BUSY, ENDING, NOT_CUT_OFF
from lsp_llm.commands.base import Services
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.errors import UserError

if TYPE_CHECKING:
    from lsp_llm.chat.conversation import Conversation, Turn
    from lsp_llm.commands.chat_page import DocumentPage, Slot

NO_TURN = 'there is nothing to answer: begin your turn with a line "## User", and write below it'
WRITE_FIRST = "there is nothing to answer: write something below the last heading first"
EARLIER_ANSWER = "only the last answer can be asked for again: branch from its question"


def send(services: Services, chat: OpenChat, offset: int) -> Mapping[str, Any]:
    """Answer the turn at an offset: the last one, the last one once more, or an earlier one in a branch.

    Raises UserError.
    """
    from lsp_llm.commands.chat_page import DocumentPage, slot_behind

    if services.sends.running(uri=chat.uri):
        raise UserError(BUSY)
    last = chat.last_said
    if last < 0:
        raise UserError(WRITE_FIRST if len(chat.parsed) else NO_TURN)
    place = place_at(chat, offset)
    question = last_question(chat)
    if place >= last and is_users(chat, last):
        return answer(services, chat, last, slot_behind(chat, last, last), DocumentPage)
    if place > last:
        raise UserError(WRITE_FIRST)
    if place > question >= 0:
        return answer(services, chat, question, slot_behind(chat, question, last), DocumentPage)
    if not is_question(chat, place):
        raise UserError(EARLIER_ANSWER)
    path = branch(services, chat, offset)
    send_when_open(services, path)
    return {"uri": path.as_uri()}


def send_when_open(services: Services, path: Path) -> None:
    """Have the last turn of a chat document answered as soon as the editor shows it."""
    when_open(services, path, lambda chat: send(services, chat, chat.document.length))


def when_open(services: Services, path: Path, act: Callable[[OpenChat], object]) -> None:
    """Act on a chat document as soon as the editor shows it; a UserError is shown."""

    async def begin(uri: str) -> None:
        act(services.open_chats.get(uri))

    # Then the editor is still telling of the document.
    services.open_chats.when_open(path, lambda opened: services.errands.begin(begin(opened.uri)))


def go_on(services: Services, chat: OpenChat) -> Mapping[str, Any]:
    """Have the last answer go on where it was cut off; raises UserError."""
    from lsp_llm.commands.chat_page import LatePage, slot_below

    place = cut_off(chat)
    if place < 0:
        raise UserError(NOT_CUT_OFF)
    return answer(services, chat, place, slot_below(chat, place), LatePage)


def cut_off(chat: OpenChat) -> int:
    """The last answer if nothing says that it is whole, else -1; the user may be writing below it."""
    place = chat.last_said
    if place > 0 and is_question(chat, place):
        place -= 1
    return place if place >= 0 and _turn(chat, place).is_cut_off else -1


def answer(services: Services, chat: OpenChat, place: int, slot: Slot, kind: type[DocumentPage]) -> Mapping[str, Any]:
    """Have the turns down to a place answered in a slot, or the answer there go on; raises UserError."""
    if services.sends.running(uri=chat.uri):
        raise UserError(BUSY)
    chats = services.chats()
    chat_id = chat_id_of(services, chat)
    whole = chat.parsed.conversation(chat_id)
    asked = replace(whole, turns=whole.turns[: place + 1])
    release = _lease(services, chat)
    try:
        job_id = chats.jobs.next_id()
        stop = partial(chats.jobs.stop, job_id)
        page = kind(services.runner, chat, slot, job_id, chats.jobs.tell(job_id), stop)
        follower = services.questions(chats.session(chat_id).execution.desk.answer)

        def over() -> None:
            page.close()
            release()

        try:
            chats.answer(asked, page, follower, chat.uri, asked.preset, over, "ours", job_id, page.take)
        except BaseException:
            page.close()
            raise
    except BaseException:
        release()
        raise
    return {"jobId": job_id}


def stop(services: Services, uri: str) -> Mapping[str, Any]:
    """Stop what is coming in a document; what has come stays."""
    sends = services.sends
    return {"cancelled": [job_id for job_id in sends.running(uri=uri) if sends.stop(job_id)]}


def branch(services: Services, chat: OpenChat, offset: int) -> Path:
    """A chat of its own with the turns down to the one at an offset; shown, and its file. Raises UserError."""
    place = place_at(chat, offset)
    if place < 0 or chat.last_said < 0:
        raise UserError("there is no turn here to branch from")
    place = min(place, chat.last_said)
    # Calls are not parted from their results, nor an answer in several rounds.
    while not is_question(chat, place) and place < chat.last_said and not is_question(chat, place + 1):
        place += 1
    whole = chat.parsed.conversation("")
    path = _write(services, chat, replace(whole, turns=whole.turns[: place + 1]))
    services.pages.show_file(path)
    return path


def place_at(chat: OpenChat, offset: int) -> int:
    """The turn at an offset."""
    return chat.parsed.place_at(chat.document.point(min(offset, chat.document.length))[0])


def last_question(chat: OpenChat) -> int:
    """The last turn of the user's own with something in it, -1 where there is none."""
    place = chat.last_said
    while place >= 0 and not is_question(chat, place):
        place -= 1
    return place


def is_users(chat: OpenChat, place: int) -> bool:
    """Whether a turn waits for an answer: of the user, or of the tools."""
    return _turn(chat, place).role == "user"


def is_question(chat: OpenChat, place: int) -> bool:
    """Whether a turn is the user's own words."""
    turn = _turn(chat, place)
    return turn.role == "user" and not turn.tool_results


def _turn(chat: OpenChat, place: int) -> Turn:
    return chat.parsed.read(place).turn


def chat_id_of(services: Services, chat: OpenChat) -> str:
    """What the chat is called: by its file where it is one of the folder's, else by its uri."""
    path = path_of(services, chat)
    return path.name.removesuffix(ENDING) if path is not None and _is_stored(services, path) else chat.uri


def path_of(services: Services, chat: OpenChat) -> Path | None:
    """The document's file, None for one that has none."""
    path = Path(chat.cursor(0).path)
    return path if path.is_absolute() else None


def _is_stored(services: Services, path: Path) -> bool:
    folder = services.chats().folder
    # Emacs names the file behind a link.
    return path.parent in (folder, folder.resolve())


def _lease(services: Services, chat: OpenChat) -> Callable[[], None]:
    """Keep other servers from answering in a chat of the folder meanwhile; raises UserError where one does."""
    path = path_of(services, chat)
    if path is None or not _is_stored(services, path) or not path.exists():
        return lambda: None
    return services.chats().store.writer(chat_id_of(services, chat)).release


def _write(services: Services, chat: OpenChat, branched: Conversation) -> Path:
    """Beside the document, or in the folder of the chats where that has no file; raises UserError."""
    from lsp_llm.chat.document import chat_text

    path = path_of(services, chat)
    if path is None or _is_stored(services, path):
        store = services.chats().store
        made = store.create(branched.title, branched.preset, branched.system, branched.turns)
        return store.path(made.chat_id)
    fresh = path.with_name(f"{path.name.removesuffix(ENDING)}-{secrets.token_hex(2)}{ENDING}")
    try:
        with fresh.open("x", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(chat_text(branched, chat.document.line_end))
    except OSError as error:
        raise UserError(f"{fresh} cannot be written: {error.strerror or error}") from error
    return fresh
