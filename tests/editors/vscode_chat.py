"""The chat view of our extension, for tests: what its page shows, and where its keys go. Keys go in as everywhere."""

from __future__ import annotations

import json
from typing import Any

from tests.editors.vscode import VSCode

COMPOSER = "Your next turn"
# What has the keys: its label, or else its words.
FOCUSED = """(() => {
  const found = document.activeElement;
  return document.hasFocus() ? (found.getAttribute("aria-label") ?? found.innerText).trim() : "";
})()"""
# VS Code focuses a view once more, 50 ms behind the first time, and what is typed at that moment is lost.
SETTLED = "new Promise((resolve) => setTimeout(resolve, 200))"
# What no answer may bring into the page.
ACTIVE = ", ".join(
    f"main {tag}" for tag in ("script", "img", "iframe", "object", "embed", "input", "style", "link", "svg")
)
HANDLERS = (
    "[...document.querySelectorAll('.prose *')].flatMap((each) => each.getAttributeNames())"
    ".filter((name) => name.startsWith('on') || name === 'href' || name === 'src' || name === 'style')"
)


class ChatView:
    """The view, in an editor that runs."""

    def __init__(self, editor: VSCode) -> None:
        self.editor = editor

    def focus(self) -> None:
        """Show it by its key, unless it has the keys already, and wait until they go into the next turn."""
        if self._is_ready():
            return
        self.editor.press("Alt+a")
        self.editor.press("v")
        self.editor.wait_until(self._is_ready)

    def clear(self) -> None:
        """Leave nothing of what was typed before."""
        self.focus()
        # Not by Ctrl+A: VS Code selects a moment later, and what is typed then would be selected too.
        for _ in self.draft():
            self.editor.press("Backspace")
        self.editor.wait_until(lambda: self.draft() == "" and self.turns() == [])

    def run(self, title: str) -> None:
        """Run a command by the palette: one that asks something ends only with the answer."""
        self.editor.press("F1")
        self.editor.wait_until(lambda: not self.look("document.hasFocus()"))
        self.editor.type(title, 0.005)
        self.editor.press("Enter")

    def text(self) -> str:
        """What is to be read in it."""
        return str(self.look("document.querySelector('main').innerText"))

    def look(self, expression: str) -> Any:
        """The value of an expression of JavaScript in its page."""
        return self.editor.in_view(expression)

    def count(self, selector: str) -> int:
        """How many elements there are of a kind."""
        return int(self.look(f"document.querySelectorAll({json.dumps(selector)}).length"))

    def focused(self) -> str:
        """The label or the words of what has the keys; empty where nothing in the view has."""
        return str(self.look(FOCUSED))

    def draft(self) -> str:
        """The words of the next turn."""
        return str(self.look("document.querySelector('.composer textarea').value"))

    def turns(self) -> list[str]:
        """The text of each turn."""
        return list(self.look("[...document.querySelectorAll('.turn')].map((turn) => turn.innerText)"))

    def say(self, text: str) -> None:
        """Type a turn and send it."""
        self.focus()
        self.editor.type(text, 0.005)
        self.editor.press("Enter")

    def wait_for(self, words: str) -> None:
        """Wait until these words are to be read."""
        self.editor.wait_until(lambda: words in self.text())

    def wait_for_focus(self, name: str) -> None:
        """Wait until this has the keys."""
        self.editor.wait_until(lambda: self.focused() == name)

    def _is_ready(self) -> bool:
        try:
            if self.focused() != COMPOSER:
                return False
            self.look(SETTLED)
            return self.focused() == COMPOSER
        except AssertionError:
            # Its page is not there yet.
            return False
