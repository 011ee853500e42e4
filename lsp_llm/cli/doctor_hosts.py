"""What the doctor's rounds amount to: keys, hosts and the clock, as findings; it asks nobody and shows no key."""

from __future__ import annotations

from collections.abc import Sequence

from lsp_llm.cli.doctor_visits import Places, Visit
from lsp_llm.cli.findings import Finding
from lsp_llm.commands.inquiries import sentence
from lsp_llm.errors import LspLlmError, NotFound
from lsp_llm.providers.discovery import Listing
from lsp_llm.providers.discovery_presets import KEY_COMMAND

TOLERATED_SKEW_SECONDS = 60
"""Beyond that, certificates and tokens may seem expired or not valid yet."""


def keys(in_use: str, places: Places, visits: Sequence[Visit]) -> list[Finding]:
    """Where keys are, never which.

    A key that is missing is a problem of the provider in use alone; one that cannot be had is always one to tell.
    """
    findings: list[Finding] = []
    missing: list[str] = []
    for visit in visits:
        state, place = places[visit.name]
        if visit.has_key:
            where = place if state in ("found", "onDemand") else "the system keyring"
            findings.append(Finding("key", "ok", f"{visit.name}: found in {where}"))
        elif visit.lack is not None and visit.name == in_use:
            advice = "start the editor with it, and run lsp-llm doctor there again"
            findings.append(Finding("key", "problem", sentence(visit.lack), advice))
        elif visit.lack is not None and (state == "found" or place == KEY_COMMAND):
            findings.append(Finding("key", "note", sentence(visit.lack), f"{visit.name} is not in use now"))
        elif visit.lack is not None or state == "missing":
            missing.append(f"{visit.name} ({place})" if place else visit.name)
    if missing:
        advice = "to use one, set its variable where the editor starts, or keep its key in the system keyring"
        findings.append(Finding("key", "note", f"not there for {', '.join(missing)}", advice))
    return findings


def hosts(in_use: str, model: str, visits: Sequence[Visit]) -> list[Finding]:
    """Who answers, and how soon; `model` is that of the preset in use."""
    findings: list[Finding] = []
    silent: list[str] = []
    for visit in visits:
        match visit.answer:
            case None:
                continue
            case Listing() as found:
                findings += _answered(visit, found, model if visit.name == in_use else "")
            case NotFound():
                said = f"{visit.name} answers in {visit.milliseconds:.0f} ms, but lists no models"
                advice = "with its preset in use, lsp-llm doctor --request asks it for a token"
                findings.append(Finding("host", "note", said, advice, visit.milliseconds))
            case error if visit.is_here and visit.name != in_use:
                silent.append(visit.name)
            case error:
                findings.append(_failed(visit.name, error, is_in_use=visit.name == in_use))
    if silent:
        findings.append(Finding("host", "ok", f"not running on this machine: {', '.join(silent)}"))
    return findings


def _answered(visit: Visit, found: Listing, model: str) -> list[Finding]:
    if not found.headers:
        # The embedded engine, which nobody was asked about.
        return []
    count = len(found.models)
    said = f"{visit.name} answers in {visit.milliseconds:.0f} ms and has {count} model{'' if count == 1 else 's'}"
    findings = [Finding("host", "ok", said, milliseconds=visit.milliseconds)]
    if model and all(model != known.id for known in found.models):
        advice = f"lsp-llm models {visit.name} lists those that there are"
        findings.append(Finding("host", "note", f"{visit.name} does not list the preset's model {model}", advice))
    return findings


def _failed(name: str, error: LspLlmError, *, is_in_use: bool) -> Finding:
    if is_in_use:
        return Finding("host", "problem", f"{name}: {sentence(error)}", "no job will work before this does")
    return Finding("host", "note", f"{name}: {sentence(error)}", "it is not in use now")


def clock(now: str, visits: Sequence[Visit]) -> Finding:
    """Whether this machine's clock, which shows `now`, is right, as the host that answered first sees it."""
    told = [(visit.milliseconds, visit.name, visit.skew_seconds) for visit in visits if visit.skew_seconds is not None]
    if not told:
        return Finding("clock", "ok", f"{now}; no host told its time")
    _, name, skew = min(told)
    if abs(skew) <= TOLERATED_SKEW_SECONDS:
        return Finding("clock", "ok", f"{now}, as at {name}")
    said = f"{now} is {abs(skew):.0f} s {'behind' if skew > 0 else 'ahead of'} the time at {name}"
    return Finding("clock", "problem", said, "set the clock: keys and certificates may seem expired")
