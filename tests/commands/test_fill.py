from __future__ import annotations

import json
from typing import Any

import pytest

from lsp_llm.commands.fill import begin_fill, order_for
from lsp_llm.commands.job import Surroundings
from lsp_llm.config.settings import Mode as ModeSetting
from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.errors import ContextExceeded, Unavailable, UserError
from lsp_llm.exchange.kinds import Mode
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.status.events import Failed, Finished, Message, RequestCompleted
from lsp_llm.stream.events import Failed as StreamFailed
from lsp_llm.stream.events import Text, UsageReported
from tests.commands.desk import CommandDesk
from tests.fakes.jobs import URI
from tests.turns import until


@pytest.mark.parametrize(
    ("setting", "said", "mode"),
    [
        ("auto", "auto", "stream"),
        ("atomic", "auto", "atomic"),
        ("preview", "auto", "preview"),
        ("preview", "stream", "stream"),
        ("stream", "atomic", "atomic"),
    ],
)
def test_the_mode_is_the_users_word_or_else_that_of_the_settings(
    desk: CommandDesk, setting: str, said: ModeSetting, mode: Mode
) -> None:
    desk.settings["edits"] = {"mode": setting}
    assert order_for(desk.services, URI, "replace", "", "", said).mode == mode


async def test_an_atomic_answer_waits_for_its_end(desk: CommandDesk) -> None:
    before = desk.text
    job = begin_fill(desk.services, desk.target("two = 2\n"), "replace", "", "", "atomic")["jobId"]
    _, _, source = await desk.asked()
    source.say(Text("three = 3\n"), Text("four = 4\n"))
    await until(source.queue.empty)
    assert desk.text == before
    source.finish()
    assert await desk.log.end(job) == Finished()
    assert desk.text == before.replace("two = 2\n", "three = 3\nfour = 4\n")
    assert len(desk.editor.offered) == 1


def test_an_unknown_preset_is_named_with_the_nearest(desk: CommandDesk) -> None:
    with pytest.raises(UserError, match=r'^there is no preset "ohter"; did you mean "other"\?$'):
        begin_fill(desk.services, desk.target("two"), "replace", "", "ohter")
    assert desk.runner.running() == []


async def test_blanks_before_a_selection_belong_to_it(desk: CommandDesk) -> None:
    """Else a model that repeats the whole line would indent it twice."""
    job = begin_fill(desk.services, desk.target("return 1\n"), "replace", "", "")["jobId"]
    _, _, source = await desk.asked()
    source.finish("    return 11\n")
    assert await desk.log.end(job) == Finished()
    assert desk.text.startswith("def one():\n    return 11\n\n")


async def test_the_prompt_shows_the_text_as_it_was_when_asked(desk: CommandDesk) -> None:
    begin_fill(desk.services, desk.target("two"), "replace", "", "")
    _, words, _ = await desk.asked()
    assert "def one():\n    return 1" in words
    await desk.runner.close()


async def test_without_an_instruction_the_status_says_what_is_done_instead(desk: CommandDesk) -> None:
    job = begin_fill(desk.services, desk.target("two = 2\n"), "replace", "", "")["jobId"]
    _, _, source = await desk.asked()
    source.finish("two = 2\n")
    assert await desk.log.end(job) == Finished()
    (note,) = [status for status in desk.log.of(job) if isinstance(status, Message)]
    assert "instruction" in note.text


def said(desk: CommandDesk, job: str) -> list[str]:
    return [status.text for status in desk.log.of(job) if isinstance(status, Message)]


async def test_where_a_preset_is_unavailable_its_fallbacks_are_asked_in_turn(desk: CommandDesk) -> None:
    job = begin_fill(desk.services, desk.target("two = 2\n"), "replace", "words", "safe")["jobId"]
    for _ in range(2):
        _, _, source = await desk.asked()
        source.say(StreamFailed(Unavailable("it is down")))
    resolved, words, source = await desk.asked()
    assert (resolved.name, "words" in words) == ("fake", True)
    source.finish("two = 22\n")
    assert await desk.log.end(job) == Finished()
    assert said(desk, job) == [
        "fake: it is down",
        "asking spare instead of safe",
        "fake: it is down",
        "asking fake instead of spare",
    ]


async def test_a_provider_that_fails_again_and_again_is_passed_over_where_there_is_another(desk: CommandDesk) -> None:
    desk.hosts.resting = {"fake", "spare"}
    job = begin_fill(desk.services, desk.target("two = 2\n"), "replace", "words", "safe")["jobId"]
    resolved, _, source = await desk.asked()
    # The last one is asked in any case.
    assert resolved.name == "fake"
    source.finish("two = 22\n")
    assert await desk.log.end(job) == Finished()
    assert said(desk, job) == [
        "safe failed again and again lately: asking spare",
        "spare failed again and again lately: asking fake",
    ]


async def test_what_an_answer_used_is_counted_and_its_cost_told(desk: CommandDesk) -> None:
    desk.settings["presets"] = {
        "fake": {"provider": "fake", "model": "m", "price": {"input": 2, "output": 10}},
    }
    job = begin_fill(desk.services, desk.target("two = 2\n"), "replace", "words", "")["jobId"]
    _, _, source = await desk.asked()
    usage = Usage(input_tokens=1_000_000, output_tokens=500_000)
    source.say(UsageReported(usage))
    source.finish("two = 22\n")
    await desk.log.end(job)
    assert RequestCompleted(usage, FinishReason.STOP, 7.0) in desk.log.of(job)
    (row,) = desk.services.usage.totals()
    assert (row.provider, row.model, row.requests, row.cost) == ("fake", "m", 1, 7.0)


def departures(desk: CommandDesk) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (desk.history.parent / "left.jsonl").read_text().splitlines()]


async def test_what_leaves_is_written_down_without_its_text(desk: CommandDesk) -> None:
    job = begin_fill(desk.services, desk.target("two = 2\n"), "replace", "make it three", "safe")["jobId"]
    _, _, source = await desk.asked()
    source.say(StreamFailed(Unavailable("it is down")))
    _, _, source = await desk.asked()
    source.finish("two = 3\n")
    assert await desk.log.end(job) == Finished()
    first, second = departures(desk)
    assert (first["provider"], first["preset"], first["model"]) == ("fake", "safe", "m")
    assert (second["provider"], second["preset"]) == ("spare", "spare")
    assert first["files"] == ["/project/shop.py"]
    assert first["tokens"] > 10
    assert "three" not in str(first)


async def test_a_host_teaches_how_long_its_tokens_are(desk: CommandDesk) -> None:
    before = desk.prompting.estimates.of("m")
    job = begin_fill(desk.services, desk.target("two = 2\n"), "replace", "words", "")["jobId"]
    _, _, source = await desk.asked()
    source.say(UsageReported(Usage(input_tokens=1_000)))
    source.finish("two = 3\n")
    await desk.log.end(job)
    assert desk.prompting.estimates.of("m").characters_a_token < before.characters_a_token


async def test_a_prompt_that_is_too_long_is_halved_once(desk: CommandDesk) -> None:
    desk.editor.open("".join(f"line {number}\n" for number in range(3_000)))
    desk.document = desk.editor.documents[URI][0]
    job = begin_fill(desk.services, desk.target("line 1500\n"), "replace", "words", "")["jobId"]
    _, whole, source = await desk.asked()
    source.say(StreamFailed(ContextExceeded("too long")))
    _, half, source = await desk.asked()
    assert len(half) < 0.6 * len(whole)
    assert "characters cut ...]" in half
    source.say(StreamFailed(ContextExceeded("still too long")))
    assert await desk.log.end(job) == Failed("still too long")
    assert "the prompt is too long for fake: asking again with half of it" in said(desk, job)


async def test_a_prompt_of_which_nothing_can_be_left_out_is_not_asked_again(desk: CommandDesk) -> None:
    job = begin_fill(desk.services, desk.target(desk.text), "replace", "words", "")["jobId"]
    _, _, source = await desk.asked()
    source.say(StreamFailed(ContextExceeded("too long")))
    assert await desk.log.end(job) == Failed("too long")


async def test_what_is_reported_at_the_place_goes_along(desk: CommandDesk) -> None:
    start = desk.text.index("two")
    desk.around = Surroundings(diagnostics=(Diagnostic(start, start + 3, "error", "no such name"),))
    begin_fill(desk.services, desk.target("two = 2\n"), "replace", "words", "")
    _, words, _ = await desk.asked()
    assert "/project/shop.py:5: error: no such name" in words
    await desk.runner.close()
