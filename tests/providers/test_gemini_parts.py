from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.providers.gemini_parts import Parts

CALL = {"functionCall": {"name": "add", "args": {}}, "thoughtSignature": "s"}


def replay(*came: dict[str, Any]) -> list[dict[str, Any]]:
    parts = Parts()
    for part in came:
        parts.add_text(part) if "text" in part else parts.add(part)
    return parts.to_replay()


def test_text_alone_needs_no_replay() -> None:
    assert replay({"text": "Hm", "thought": True}, {"text": "a"}, {"text": "b"}) == []


def test_unsigned_text_is_joined_and_thoughts_stay_apart() -> None:
    thought = {"text": "Hm", "thought": True}
    assert replay(thought, thought, {"text": "a"}, {"text": "", "thought": False}, {"text": "b"}, CALL) == [
        {"text": "HmHm", "thought": True},
        {"text": "ab"},
        CALL,
    ]


def test_a_signature_stays_on_its_own_part_be_it_empty() -> None:
    signed = {"text": "", "thoughtSignature": "s"}
    assert replay({"text": "a"}, signed, {"text": "b"}) == [{"text": "a"}, signed, {"text": "b"}]


def test_empty_text_that_nobody_signed_does_not_go_back() -> None:
    assert replay({"text": ""}, CALL, {"text": "", "thought": True}) == [CALL]


def test_what_came_is_not_changed() -> None:
    came = {"text": "a"}
    replay(came, {"text": "b"}, CALL)
    assert came == {"text": "a"}


def test_halves_of_a_character_are_joined() -> None:
    assert replay({"text": "\ud83d"}, {"text": "\ude00"}, CALL)[0] == {"text": "😀"}


PART = st.fixed_dictionaries({"text": st.text(max_size=3)}, optional={"thought": st.booleans()}) | st.just(CALL)


@given(st.lists(PART))
def test_no_word_is_lost_and_the_order_stays(came: list[dict[str, Any]]) -> None:
    kept = replay(*came, CALL)
    assert "".join(part.get("text", "|") for part in kept) == "".join(part.get("text", "|") for part in [*came, CALL])
