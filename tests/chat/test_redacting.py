from __future__ import annotations

import pytest

from lsp_llm.chat.redacting import ChatRedaction
from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import Message
from lsp_llm.exchange.tools import ToolResult
from tests.tools.worlds import KEY

OTHER = KEY.replace("a8", "b9")


def test_a_secret_has_one_mark_in_all_that_is_sent() -> None:
    redaction = ChatRedaction("redact")
    first = redaction.messages([Message("user", f"one {KEY}")])
    second = redaction.messages([*first, Message("user", f"two {OTHER} {KEY}")])
    mark = first[0].text.removeprefix("one ")
    assert second[0].text == first[0].text
    assert second[1].text.endswith(f" {mark}") and OTHER not in second[1].text
    assert redaction.originals[mark] == KEY


def test_results_are_looked_at_too() -> None:
    (message,) = ChatRedaction("redact").messages([Message("user", "", tool_results=(ToolResult("1", "t", KEY),))])
    assert KEY not in message.tool_results[0].text


def test_a_mark_of_an_earlier_server_is_not_given_again() -> None:
    redaction = ChatRedaction("redact")
    messages = redaction.messages([Message("user", KEY), Message("assistant", "It is REDACTED_SECRET_1.")])
    assert messages[0].text == "REDACTED_SECRET_2"


def test_policies() -> None:
    assert ChatRedaction("send").messages([Message("user", KEY)])[0].text == KEY
    blocking = ChatRedaction("block")
    assert blocking.messages([Message("user", "harmless")])[0].text == "harmless"
    with pytest.raises(UserError, match="nothing was sent"):
        blocking.messages([Message("user", KEY)])
    with pytest.raises(UserError, match="nothing was sent"):
        blocking.text(KEY)


def test_another_policy_counts_from_then_on() -> None:
    redaction = ChatRedaction("redact")
    assert KEY not in redaction.text(KEY)
    redaction.obey("send")
    assert redaction.text(KEY) == KEY
    redaction.obey("redact")
    assert KEY not in redaction.text(KEY)
