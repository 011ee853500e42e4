"""What a dialect wants back, beside the chats."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from lsp_llm.chat import replays
from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.replays import ReplayFiles
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.tools import ToolCall

TURN = Turn("m", "assistant", "Hi", tool_calls=(ToolCall("1", "x"),))
REPLAY = Replay("openai_responses", {"content": "x" * 100_000, "list": [1, 2.5, None]})


def test_it_is_found_with_its_turn(tmp_path: Path) -> None:
    turn = ReplayFiles(tmp_path).keep(TURN, REPLAY)
    assert len(turn.replay_key) == 32
    assert ReplayFiles(tmp_path).find(turn) == REPLAY
    assert ReplayFiles(tmp_path).find(replace(turn, message_id="copied", model="x")) == REPLAY
    (path,) = (tmp_path / ".replay").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ReplayFiles(tmp_path).keep(TURN, REPLAY) == turn


def test_an_edited_turn_has_none(tmp_path: Path) -> None:
    files = ReplayFiles(tmp_path)
    turn = files.keep(TURN, REPLAY)
    assert files.find(replace(turn, text="Ho")) is None
    assert files.find(replace(turn, tool_calls=())) is None


@pytest.mark.parametrize("key", ["", "0123", "../secret", "a\0b", "\udce9"])
def test_a_key_that_names_nothing_finds_nothing(tmp_path: Path, key: str) -> None:
    (tmp_path / "secret.json").write_text('["a", 1]')
    assert ReplayFiles(tmp_path).find(replace(TURN, replay_key=key)) is None


def test_a_file_that_was_changed_is_not_used(tmp_path: Path) -> None:
    files = ReplayFiles(tmp_path)
    turn = files.keep(TURN, REPLAY)
    next((tmp_path / ".replay").iterdir()).write_text("[")
    assert files.find(turn) is None


def test_the_oldest_give_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "KEPT_FILES", 2)
    files = ReplayFiles(tmp_path)
    turns = []
    for number in range(3):
        turns.append(files.keep(replace(TURN, text=str(number)), REPLAY))
        path = tmp_path / ".replay" / f"{turns[-1].replay_key}.json"
        os.utime(path, (1000 + number, 1000 + number))
    assert [files.find(turn) is not None for turn in turns] == [False, True, True]
