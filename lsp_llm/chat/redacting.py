"""Takes secrets out of a conversation that goes to a model, as `context.secrets` has it; pure.

A secret has the same mark as long as the chat is in memory, so that what was sent before stays the same. The document
keeps what the user wrote, and the answers with the secrets put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lsp_llm.config.settings import Secrets
from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import Message
from lsp_llm.prompts.redaction import Redaction


class ChatRedaction(Redaction):
    """The redaction of one chat; with the policy "send" it takes nothing out."""

    def __init__(self, policy: Secrets) -> None:
        super().__init__()
        self._policy = policy
        self._known: dict[str, str] = {}
        self._has_looked = False

    def obey(self, policy: Secrets) -> None:
        """Do as the settings have it now."""
        if policy != self._policy:
            self._policy = policy
            self._known.clear()

    def apply_in_parts(self, parts: Sequence[str]) -> list[str]:
        """As in `Redaction`."""
        return list(parts) if self._policy == "send" else super().apply_in_parts(parts)

    def messages(self, messages: Iterable[Message]) -> tuple[Message, ...]:
        """The messages as they may leave; raises UserError where the policy blocks what they hold."""
        whole = tuple(messages)
        if not self._has_looked:
            # Marks that an earlier server gave may stand anywhere in the chat, and must not be given again.
            self._has_looked = True
            self.apply("\n".join(text for message in whole for text in _texts(message)))
        return tuple(self._redacted(message) for message in whole)

    def text(self, text: str) -> str:
        """A text as it may leave; raises UserError as above."""
        if text not in self._known:
            self._known[text] = self._applied(text)
        return self._known[text]

    def _applied(self, text: str) -> str:
        redacted = self.apply(text)
        if self._policy == "block" and redacted != text:
            raise UserError(
                "nothing was sent: the chat holds what looks like a secret. Take it out; "
                'context.secrets = "redact" would send the rest'
            )
        return redacted

    def _redacted(self, message: Message) -> Message:
        results = tuple(replace(result, text=self.text(result.text)) for result in message.tool_results)
        return replace(message, text=self.text(message.text), tool_results=results)


def _texts(message: Message) -> tuple[str, ...]:
    return (message.text, *(result.text for result in message.tool_results))
