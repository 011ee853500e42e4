from __future__ import annotations

from lsp_llm.providers.openai_responses_items import OutputItems, call_id_of, refusal_of, text_of, thinking_of

CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1"}


def test_items_are_found_by_place_before_id() -> None:
    items = OutputItems()
    items.announce(0, CALL)
    items.announce(1, {**CALL, "id": "fc_2", "call_id": "call_2"})
    assert items.call_id(1, "fc_1") == "call_2"
    assert items.call_id(None, "fc_1") == "call_1"
    assert items.call_id(7, "fc_1") == "call_1"
    assert items.call_id(None, None) == items.call_id(7, "odd") == ""


def test_whole_items_keep_the_order_of_their_announcement() -> None:
    items = OutputItems()
    first, second = {"type": "reasoning", "id": "rs_1"}, {**CALL, "arguments": "{}"}
    items.announce(None, first)
    items.announce(None, CALL)
    assert items.whole() == []
    items.complete(None, second)
    items.complete(None, {**first, "encrypted_content": "x"})
    assert items.whole() == [{**first, "encrypted_content": "x"}, second]


def test_an_item_with_another_id_in_every_event_is_one_item() -> None:
    items = OutputItems()
    items.announce(0, CALL)
    items.complete(0, {**CALL, "id": "other"})
    assert len(items.whole()) == 1


def test_a_call_without_an_id_goes_by_that_of_its_item() -> None:
    assert call_id_of({"type": "function_call", "id": "fc_1"}) == "fc_1"
    assert call_id_of({"type": "message", "id": "msg_1"}) == ""


def test_what_items_say() -> None:
    items = [
        {"type": "reasoning", "summary": [{"text": "a"}, {"text": "b"}], "content": [{"text": "raw"}]},
        {"type": "message", "content": [{"text": "c"}, {"refusal": "no"}, {"text": None}, "odd"]},
        {"type": "message", "content": None},
        {"type": "other", "content": [{"text": "x"}]},
    ]
    assert (thinking_of(items), text_of(items), refusal_of(items)) == ("a\n\nb", "c", "no")
    assert thinking_of([{"type": "reasoning", "summary": [], "content": [{"text": "raw"}]}]) == "raw"
