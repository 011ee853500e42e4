"""`lsp-llm doctor`: looks at all that an answer needs, and says what to do about what is wrong; it mends nothing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from lsp_llm.cli.configured import Configured, configured
from lsp_llm.cli.doctor_here import certificates, chosen_preset, program, proxies, settings_files, state
from lsp_llm.cli.doctor_hosts import clock, hosts, keys
from lsp_llm.cli.doctor_visits import first_token, visit_all
from lsp_llm.cli.findings import Finding, report_of, show
from lsp_llm.commands.inquiries import sentence
from lsp_llm.errors import LspLlmError, UserError
from lsp_llm.providers.discovery_presets import key_place
from lsp_llm.providers.registry import ResolvedPreset, choose_preset, resolve


def examine(config_file: Path | None, *, asks: bool, as_data: bool) -> int:
    """Print what is found; `asks`: also ask the preset in use for a token. 1 where there is a problem, else 0."""
    found = configured(config_file)
    resolved = _in_use(found, os.environ)
    findings = _findings(found, resolved, os.environ)
    if asks and resolved is not None:
        findings.append(_request(resolved, os.environ))
    report = report_of(findings)
    show(report, as_data=as_data)
    return 0 if report.ok else 1


def _findings(found: Configured, resolved: ResolvedPreset | None, environ: Mapping[str, str]) -> list[Finding]:
    settings = found.settings
    in_use, model = (resolved.provider_name, resolved.preset.model) if resolved else ("", "")
    places = {name: key_place(name, provider, environ) for name, provider in settings.providers.items()}
    visits = asyncio.run(visit_all(settings, in_use, places, environ))
    return [
        *program(),
        *settings_files(found),
        *chosen_preset(settings, environ),
        *keys(in_use, places, visits),
        *state(),
        *proxies(environ),
        *certificates(settings, environ),
        *hosts(in_use, model, visits),
        clock(datetime.now().astimezone().isoformat(timespec="seconds"), visits),
    ]


def _in_use(found: Configured, environ: Mapping[str, str]) -> ResolvedPreset | None:
    try:
        return resolve(found.settings, choose_preset(found.settings, environ)[0])
    except UserError:
        return None


def _request(resolved: ResolvedPreset, environ: Mapping[str, str]) -> Finding:
    try:
        milliseconds = asyncio.run(first_token(resolved, environ))
    except LspLlmError as error:
        said = f"{resolved.name}: {sentence(error)}"
        return Finding("request", "problem", said, "mend what it names, or choose another preset")
    said = f"{resolved.name} gave its first token after {milliseconds:.0f} ms"
    return Finding("request", "ok", said, milliseconds=milliseconds)
