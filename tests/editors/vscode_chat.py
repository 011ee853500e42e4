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
# How often the extension has given the page the keys, counted from the first time that this is asked.
GIVEN_KEYS = """window.givenKeys ??= (() => {
  addEventListener("message", ({ data }) => { window.givenKeys += data.type === "focus"; });
  return 0;
})()"""
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
        """Show it, and wait until the keys go into the next turn.

        By its command, because a key that is pressed while the view comes or goes may be lost.
        """
        if not self._is_ready():
            self.editor.command("lspLlm.chatView")
            self.editor.wait_until(self._is_ready)
        self.editor.settle_view()

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
        self.editor.take(title)

    def take(self, entry: str) -> None:
        """Take an entry of a list that gives the keys back to the view, and return when it has done so."""
        before = self.look(GIVEN_KEYS)
        self.editor.take(entry)
        self.editor.wait_until(lambda: bool(self.look(GIVEN_KEYS) > before))
        self.wait_for_focus(COMPOSER)

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
        """Wait until this has the keys for good."""
        self.editor.wait_until(lambda: self.focused() == name)
        self.editor.settle_view()

    def _is_ready(self) -> bool:
        try:
            return self.focused() == COMPOSER
        except AssertionError:
            # Its page is not there yet.
            return False
