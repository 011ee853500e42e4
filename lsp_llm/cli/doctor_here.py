"""What the doctor looks at on this machine: program, settings, preset, state folder, proxy, certificates.

It opens no connection and looks for no key.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import ssl
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import lsp_llm
from lsp_llm.cli.configured import Configured
from lsp_llm.cli.findings import Finding
from lsp_llm.config.settings import Provider, Settings
from lsp_llm.errors import UserError
from lsp_llm.providers.aicore import with_service_key
from lsp_llm.providers.local import MODEL_VARIABLE
from lsp_llm.providers.registry import LOCAL, choose_preset, placed, resolve
from lsp_llm.records.journal import state_folder

_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


def program() -> Iterator[Finding]:
    """What runs, and with what."""
    python = f"Python {platform.python_version()} ({sys.executable}) on {platform.system()} {platform.machine()}"
    yield Finding("program", "ok", f"lsp-llm {lsp_llm.__version__}, {python}")


def settings_files(found: Configured) -> Iterator[Finding]:
    """Which files were read, and all that is wrong with them."""
    for path in found.files:
        said = "was read" if path.is_file() else "is not there, and need not be"
        yield Finding("settings", "ok", f"{path} {said}")
    for problem in found.problems:
        yield Finding("settings", "problem", str(problem), "mend it there; until then the rest holds")


def chosen_preset(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """The preset in use, why, and whether it can be used."""
    name, reason = choose_preset(settings, environ)
    yield Finding("preset", "ok", reason)
    try:
        resolved = placed(resolve(settings, name), with_service_key(environ))
    except UserError as error:
        yield Finding("preset", "problem", str(error), "or choose another: lsp-llm presets lists them")
        return
    if resolved.provider_name == LOCAL and not resolved.provider.base_url:
        yield from _embedded_engine(resolved.provider, environ)


def _embedded_engine(provider: Provider, environ: Mapping[str, str]) -> Iterator[Finding]:
    if importlib.util.find_spec("xllamacpp") is None:
        advice = "pip install 'lsp-llm[local]', or choose a preset of another provider"
        yield Finding("preset", "problem", "llama.cpp is not installed", advice)
    named = provider.model or environ.get(MODEL_VARIABLE, "")
    if not named:
        advice = f"name a GGUF file in {MODEL_VARIABLE} or providers.local.model, or set a provider's key"
        yield Finding("preset", "note", "there is no model: a fixed text is recited", advice)
    elif not Path(named).expanduser().is_file():
        yield Finding("preset", "problem", f"there is no GGUF file at {named}", "correct the path, or fetch the file")


def state() -> Iterator[Finding]:
    """Whether history, usage and originals can be kept."""
    folder = state_folder()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if os.access(there, os.W_OK | os.X_OK) and there.is_dir():
        yield Finding("state", "ok", f"{folder} can be written")
    else:
        advice = f"make {there} writable; until then no history, no usage, and no restore after a restart"
        yield Finding("state", "problem", f"{folder} cannot be written", advice)


def proxies(environ: Mapping[str, str]) -> Iterator[Finding]:
    """The proxy variables, without what stands before the host in them."""
    there = [(name, environ[name]) for upper in _PROXIES for name in (upper, upper.lower()) if environ.get(name)]
    if not there:
        yield Finding("proxy", "ok", "no variable names one")
    for name, value in there:
        if name.upper() == "NO_PROXY":
            yield Finding("proxy", "ok", f"{name}: {value}")
        else:
            yield _proxy(name, value)


def _proxy(name: str, value: str) -> Finding:
    try:
        parts = urlsplit(value if "//" in value else f"//{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host:
        return Finding("proxy", "problem", f"{name} is no address", "write http://host:port, or unset it")
    return Finding("proxy", "ok", f"{name}: {host}{f':{port}' if port else ''}")


def certificates(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Which authorities are trusted, and whether each `ca_file` can be read."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if (place := environ.get(name)) and not Path(place).exists():
            advice = "correct the variable, or unset it"
            yield Finding("certificates", "problem", f"{name}: there is no {place}", advice)
    count = ssl.create_default_context().cert_store_stats()["x509_ca"]
    said = f"{count} authorities of the system" if count else "the system names none: those of httpx are used"
    yield Finding("certificates", "ok", said)
    for name, provider in sorted(settings.providers.items()):
        if provider.ca_file:
            yield _ca_file(name, provider.ca_file)


def _ca_file(name: str, path: str) -> Finding:
    try:
        ssl.create_default_context().load_verify_locations(cafile=path)
    except OSError as error:
        said = f"{name}: ca_file {path} cannot be read as PEM certificates: {error}"
        return Finding("certificates", "problem", said, f"correct ca_file in [providers.{name}]")
    return Finding("certificates", "ok", f"{name}: also those in {path}")
