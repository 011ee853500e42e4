"""The parts of a turn on the screen: words as Markdown, thoughts and calls folded; each can be shown as it grows."""

from __future__ import annotations

from textual.content import Content
from textual.markup import escape
from textual.widgets import Collapsible, Markdown, Static

from lsp_llm.tui.turns import Call, Thoughts, Words
from lsp_llm.tui.wording import call_text, call_title


class WordsView(Markdown):
    """An answer's words. What is added at their end costs no more than the last block of them."""

    DEFAULT_CSS = "WordsView { padding: 0; margin: 0; }"

    def __init__(self) -> None:
        # A click must not start a browser in the terminal that the chat is in.
        super().__init__(open_links=False)
        self._shown = ""

    async def show(self, words: Words) -> None:
        """Show the words in the place of those that are there."""
        text, shown = words.text, self._shown
        if text.rstrip() == shown.rstrip():
            return
        self._shown = text
        if text.startswith(shown):
            await self.append(text[len(shown) :])
        else:
            await self.update(text)


class PlainView(Static):
    """The user's words, as they were typed."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    async def show(self, words: Words) -> None:
        """Show the words."""
        self.update(Content(words.text))


class Folded(Collapsible):
    """A title, and what is shown below it when the user opens it."""

    DEFAULT_CSS = """
    Folded { background: transparent; border: none; padding: 0; margin: 0; }
    Folded > CollapsibleTitle { padding: 0; width: 1fr; color: $text-muted; }
    Folded Contents { padding: 0 0 0 2; color: $text-muted; }
    """

    def __init__(self) -> None:
        self._text = Static(markup=False)
        super().__init__(self._text, title="", collapsed=True)

    async def show(self, part: Thoughts | Call) -> None:
        """Show thoughts, or a call."""
        if isinstance(part, Thoughts):
            title, text = "Thinking", part.text
        else:
            title, text = call_title(part), call_text(part)
        # A title is markup, and a model writes brackets.
        self.title = escape(title)
        self._text.update(Content(text))
