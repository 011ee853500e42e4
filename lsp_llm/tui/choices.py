"""What there is to choose from, as the server says: chats, presets, models; and what is in use."""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType

from lsp_llm.commands.chat_shapes import Chatlist
from lsp_llm.commands.inquiries import Models
from lsp_llm.providers.discovery_presets import PresetList, PresetRow
from lsp_llm.tui.choice_screen import Choice, Find, among
from lsp_llm.tui.session import Session
from lsp_llm.tui.talk import Talk
from lsp_llm.tui.wording import chat_line, preset_line

NO_PRESETS = PresetList("", "", ())


class Choices:
    """Those of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._presets = NO_PRESETS
        self._models: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        """Of the chats that were found last, by their ids."""

    async def refresh(self) -> None:
        """Ask which presets there are; raises UserError."""
        self._presets = await self._session.ask("lsp-llm/presets/list", {}, PresetList)

    async def chats(self, words: str) -> Sequence[Choice]:
        """The chats with these words anywhere in them, those changed last first; raises UserError."""
        found = await self._session.ask("lsp-llm/chat/list", {"query": words}, Chatlist)
        self._titles = {chat.chat_id: chat.title for chat in found.chats}
        return [(chat.chat_id, chat_line(chat)) for chat in found.chats]

    def title(self, chat_id: str) -> str:
        """The title of a chat that was found."""
        return self._titles.get(chat_id, "")

    async def rename(self, talk: Talk, chat_id: str, title: str) -> None:
        """Give a chat another title; raises UserError."""
        await self._session.ask("lsp-llm/chat/rename", {"chatId": chat_id, "title": title}, NoneType)
        if talk.chat_id == chat_id:
            talk.title = title

    async def delete(self, chat_id: str) -> None:
        """Take a chat away for good; raises UserError."""
        await self._session.ask("lsp-llm/chat/delete", {"chatId": chat_id}, NoneType)

    async def presets(self, words: str) -> Sequence[Choice]:
        """The presets with these words in their line; raises UserError."""
        await self.refresh()
        return await among([(preset.name, preset_line(preset)) for preset in self._presets.presets])(words)

    def models(self, preset: PresetRow) -> Find:
        """The models of a preset's provider."""
        known: list[Choice] = []

        async def find(words: str) -> Sequence[Choice]:
            if not known:
                found = await self._session.ask("lsp-llm/models/list", {"provider": preset.provider}, Models)
                known.extend((model.id, model.id) for model in found.models)
            return await among(known)(words)

        return find

    async def use(self, preset: PresetRow, model: str) -> None:
        """Have a preset use a model from now on; raises UserError."""
        self._models[preset.name] = model
        await self._session.use_model(preset.name, model)

    def row(self, talk: Talk) -> PresetRow | None:
        """The preset that will answer, None where it is not known."""
        name = talk.preset or talk.own_preset or self._presets.chosen
        return next((row for row in self._presets.presets if row.name == name), None)

    def in_use(self, talk: Talk) -> str:
        """The preset that will answer, and its model."""
        row = self.row(talk)
        if row is None:
            return talk.preset or talk.own_preset
        return " · ".join(filter(None, [row.name, self._models.get(row.name, row.model)]))

    def key_place(self, talk: Talk) -> str:
        """Where the key of that preset is looked for, "" where it needs none."""
        row = self.row(talk)
        return row.key_place if row else ""


def blocks_of(blocks: Sequence[str]) -> Find:
    """Blocks of code by their first lines."""
    return among([(str(place), block.strip().partition("\n")[0]) for place, block in enumerate(blocks)])
