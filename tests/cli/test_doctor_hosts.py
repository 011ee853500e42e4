"""What visits amount to."""

from __future__ import annotations

from lsp_llm.cli.doctor_hosts import clock, hosts, keys
from lsp_llm.cli.doctor_visits import Visit
from lsp_llm.errors import Auth, LspLlmError, NotFound, Unavailable, UserError
from lsp_llm.providers.discovery import Listing
from lsp_llm.providers.discovery_shapes import ModelInfo

NOW = "2026-11-20T12:00:00+00:00"
HERE = Listing((ModelInfo("m"),), {"server": "x"})


def visit(
    name: str = "p",
    answer: Listing | LspLlmError | None = None,
    *,
    has_key: bool = False,
    lack: LspLlmError | None = None,
    is_here: bool = False,
    milliseconds: float = 5.0,
    skew: float | None = None,
) -> Visit:
    return Visit(name, has_key, lack, answer, milliseconds, is_here, skew)


def test_where_keys_were_found() -> None:
    places = {"a": ("found", "A_KEY"), "b": ("onDemand", "api_key_command"), "c": ("missing", "C_KEY")}
    found = keys("a", places, [visit(name, has_key=True) for name in places])  # type: ignore[arg-type]
    assert [finding.text for finding in found] == [
        "a: found in A_KEY",
        "b: found in api_key_command",
        "c: found in the system keyring",
    ]


def test_only_the_provider_in_use_needs_its_key() -> None:
    lack = UserError("no API key")
    visits = [visit("a", lack=lack), visit("b"), visit("c", lack=lack), visit("d")]
    places = {"a": ("missing", "A_KEY"), "b": ("missing", "B_KEY"), "c": ("missing", "C_KEY"), "d": ("none", "")}
    in_use, rest = keys("a", places, visits)  # type: ignore[arg-type]
    assert (in_use.mark, in_use.text) == ("problem", "no API key")
    assert (rest.mark, rest.text) == ("note", "not there for b (B_KEY), c (C_KEY)")
    assert in_use.advice
    assert rest.advice


def test_a_key_that_is_there_and_cannot_be_used_is_told() -> None:
    lack = UserError("api_key_command ended with exit code 1")
    (found,) = keys("a", {"b": ("onDemand", "api_key_command")}, [visit("b", lack=lack)])
    assert (found.mark, found.text, found.advice) == ("note", str(lack), "b is not in use now")


def test_hosts_that_answer() -> None:
    assert [finding.text for finding in hosts("p", "m", [visit(answer=HERE)])] == ["p answers in 5 ms and has 1 model"]
    ok, note = hosts("p", "other", [visit(answer=HERE)])
    assert (ok.mark, note.mark) == ("ok", "note")
    assert [finding.mark for finding in hosts("else", "other", [visit(answer=HERE)])] == ["ok"]


def test_hosts_that_do_not() -> None:
    gone = Unavailable("gone.", "Is it running?")
    (in_use,) = hosts("p", "m", [visit(answer=gone, is_here=True)])
    assert (in_use.mark, in_use.text) == ("problem", "p: gone. Is it running?")
    (remote,) = hosts("x", "m", [visit(answer=Auth("no."))])
    assert remote.mark == "note"
    (local,) = hosts("x", "m", [visit("a", gone, is_here=True), visit("b", gone, is_here=True)])
    assert (local.mark, local.text) == ("ok", "not running on this machine: a, b")
    (no_list,) = hosts("p", "m", [visit(answer=NotFound("no list"))])
    assert (no_list.mark, no_list.milliseconds) == ("note", 5.0)


def test_who_was_not_asked_is_not_told() -> None:
    assert hosts("p", "m", [visit(), visit("local", Listing((ModelInfo("recital"),), {}))]) == []


def test_the_clock_is_that_of_whoever_answered_first() -> None:
    late, soon = visit("late", HERE, milliseconds=50, skew=500.0), visit("soon", HERE, milliseconds=5, skew=1.0)
    assert clock(NOW, [late, soon]).text == f"{NOW}, as at soon"
    assert clock(NOW, [visit(), visit(answer=HERE)]).text == f"{NOW}; no host told its time"
    assert clock(NOW, [late]).mark == "problem"
    assert clock(NOW, [visit(skew=-61.0)]).text == f"{NOW} is 61 s ahead of the time at p"
    assert clock(NOW, [visit(skew=0.0)]).text == f"{NOW}, as at p"
