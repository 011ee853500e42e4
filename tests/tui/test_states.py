"""The states of the connection in words and colours."""

from __future__ import annotations

import pytest

from lsp_llm.tui.states import Connected, Connecting, Disconnected, Error, Reconnecting, State, colour, words


@pytest.mark.parametrize(
    ("state", "said", "coloured"),
    [
        (Connecting(), "Connecting", "warning"),
        (Connected(), "Connected", "success"),
        (Disconnected(), "Disconnected", "error"),
        (Reconnecting(2, 5), "Reconnecting 2 of 5", "warning"),
        (Error("no"), "Error", "error"),
    ],
)
def test_words_and_colour(state: State, said: str, coloured: str) -> None:
    assert (words(state), colour(state)) == (said, coloured)
