"""How models are told in their own tokens what stands before and after a gap; a table, and nothing is sent here.

Text that itself holds such a token cannot be told from one: hosts read the tokens wherever they stand in a prompt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lsp_llm.exchange.messages import FimRequest


@dataclass(frozen=True, slots=True)
class FimTokens:
    """A family's prompt with its two fields; `stop` ends an answer that would run on.

    Most families end a filled gap with the token that ends every answer of theirs. `stop` names what else is needed.
    """

    template: str
    stop: tuple[str, ...] = ()

    def prompt(self, request: FimRequest) -> str:
        """The prompt of a request."""
        return self.template.format(before=request.before, after=request.after)


TOKENS: Final[Mapping[str, FimTokens]] = {
    # Trained on whole repositories: a gap at the end of a file is followed by the next file, and these tokens are
    # plain text to its tokenizer, so that hosts neither hide them nor end at them.
    "qwen": FimTokens("<|fim_prefix|>{before}<|fim_suffix|>{after}<|fim_middle|>", ("<|file_sep|>", "<|fim_pad|>")),
    # It ends a gap with a token of its own, which is not the one that hosts wait for.
    "codellama": FimTokens("<PRE> {before} <SUF>{after} <MID>", ("<EOT>",)),
    # StarCoder 2 goes on to the next file, as Qwen does.
    "starcoder": FimTokens("<fim_prefix>{before}<fim_suffix>{after}<fim_middle>", ("<file_sep>",)),
    "deepseek-coder": FimTokens("<｜fim▁begin｜>{before}<｜fim▁hole｜>{after}<｜fim▁end｜>"),
    # What stands after comes first, and there is no token for the gap: the answer goes on from the text before it.
    "codestral": FimTokens("[SUFFIX]{after}[PREFIX]{before}"),
    # Its makers end a gap at this token: the next file would begin there.
    "codegemma": FimTokens("<|fim_prefix|>{before}<|fim_suffix|>{after}<|fim_middle|>", ("<|file_separator|>",)),
}
