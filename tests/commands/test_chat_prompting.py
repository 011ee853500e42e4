from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lsp_llm.chat.conversation import Conversation, Turn
from lsp_llm.chat.redacting import ChatRedaction
from lsp_llm.commands.budgeting import Estimates
from lsp_llm.commands.chat_prompting import ChatAsk, ChatPrompting, ChatReady
from lsp_llm.commands.job import Surroundings
from lsp_llm.commands.prompt_library import PromptLibrary
from lsp_llm.config.settings import Settings
from lsp_llm.context.library import built_in_prompts
from lsp_llm.context.templates import built_in_folder
from lsp_llm.errors import UserError
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from tests.commands.desk import SETTINGS
from tests.context.folders import write
from tests.tools.worlds import KEY

CHAT = Conversation("c", turns=(Turn("1", "user", "Hello"),))


def prompting() -> ChatPrompting:
    library = PromptLibrary([built_in_prompts()], lambda uri: None)
    return ChatPrompting([built_in_folder()], library.read, Estimates())


def ask(chat: Conversation = CHAT, root: Path | None = None, **settings: Any) -> ChatAsk:
    values = msgspec.convert({**SETTINGS, **settings}, Settings)
    return ChatAsk(chat, "fake", (), values, Surroundings(root), ChatRedaction("redact"), lambda turn: None)


def ready(chat: Conversation = CHAT, root: Path | None = None, **settings: Any) -> ChatReady:
    return prompting().ready(ask(chat, root, **settings))


@pytest.mark.parametrize("family", ["openai", "anthropic", "gemini", "deepseek", "qwen", "llama", "grok", "vllm"])
def test_every_family_has_words_and_room_for_files(tmp_path: Path, family: str) -> None:
    write(tmp_path, {"a.py": "the text of a\n"})
    presets = {"fake": {"provider": "fake", "model": "m", "templates": family}}
    chat = Conversation("c", turns=(Turn("1", "user", "Look at @a.py"),))
    made = ready(chat, tmp_path, presets=presets)
    system, user = made.request.messages
    assert "the text of a" in system.text and "editor" in system.text
    assert user.text == "Look at @a.py"
    assert (made.files, made.request.cache_key) == (("a.py",), "c")


def test_the_words_of_the_chat_itself_stand_in_the_place_of_the_familys(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "the text of a\n"})
    chat = Conversation("c", system="Be a pirate.", turns=(Turn("1", "user", "@a.py"),))
    text = ready(chat, tmp_path).request.messages[0].text
    assert text == 'Be a pirate.\n\n<document path="a.py">\nthe text of a\n\n</document>'


def test_the_oldest_turns_are_left_out_and_calls_keep_their_results() -> None:
    call, result = ToolCall("1", "act"), ToolResult("1", "act", "r" * 900)
    turns = (
        Turn("a", "user", "old " * 300), Turn("b", "assistant", "x", tool_calls=(call,)),
        Turn("c", "user", tool_results=(result,)), Turn("d", "assistant", "y"),
        Turn("e", "user", "new"), Turn("f", "assistant", "z", tool_calls=(call,)),
        Turn("g", "user", tool_results=(result,)),
    )  # fmt: skip
    made = ready(Conversation("c", turns=turns), context={"max_tokens": 900})
    assert made.left_out == ("a", "b", "c", "d")
    assert [message.role for message in made.request.messages] == ["system", "user", "assistant", "user"]
    assert made.notes == ("the oldest turns were left out to fit the model's context: 4 of 7",)


def test_what_is_too_long_by_itself_goes_out_and_is_told() -> None:
    made = ready(Conversation("c", turns=(Turn("1", "user", "x" * 9000),)), context={"max_tokens": 900})
    assert len(made.request.messages[-1].text) == 9000
    assert "longer than what the model may be sent (900 tokens)" in made.notes[0]


def test_files_take_half_of_the_room_and_tools_their_part(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "line\n" * 2000})
    chat = Conversation("c", turns=(Turn("1", "user", "@a.py"),))
    made = ready(chat, tmp_path, context={"max_tokens": 1000})
    assert made.tokens <= 1000 and made.warnings == ("a.py was cut to fit the model's context",)
    tool = ToolSpec("t", "d" * 1500)
    with_tool = prompting().ready(replace(ask(chat, tmp_path, context={"max_tokens": 1000}), tools=(tool,)))
    assert with_tool.request.tools == (tool,)
    assert with_tool.tokens < made.tokens


def test_secrets_stay_behind_also_at_a_cut(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": f'{"line" * 100} key = "{KEY}" {"line" * 2000}'})
    chat = Conversation("c", turns=(Turn("1", "user", f"@a.py {KEY}"),))
    prompts = prompting()
    for limit in range(250, 370, 2):
        made = prompts.ready(ask(chat, tmp_path), limit)
        assert KEY[:6] not in str(made.request), limit
        assert "1 secret was left out" in made.warnings[-1]


def test_mistakes(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no preset"):
        prompting().ready(replace(ask(), preset="nobody"))
    chat = Conversation("c", turns=(Turn("1", "user", "@gone.py"),))
    assert ready(chat, tmp_path).warnings == ("gone.py names no file of the workspace",)
    write(tmp_path, {".lsp-llm/templates/openai/chat_mode_system_prompt.xml.jinja": "{% if %}"})
    with pytest.raises(UserError, match=r"chat_mode_system_prompt\.xml\.jinja"):
        ready(chat, tmp_path)


def test_a_smaller_limit_is_heeded() -> None:
    turns = tuple(Turn(str(n), "user" if n % 2 == 0 else "assistant", "word " * 100) for n in range(9))
    chat = Conversation("c", turns=turns)
    assert prompting().ready(ask(chat)).left_out == ()
    assert len(prompting().ready(ask(chat), 700).left_out) > 0
