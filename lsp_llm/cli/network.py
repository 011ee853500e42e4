"""`lsp-llm serve --ws`, `--tcp` and `--connect`: serving over a network, and joining an editor to such a server."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from lsp_llm.app.serving import stop_on_signals, take_stdout
from lsp_llm.app.shared import ServeOptions
from lsp_llm.cli.configured import configured_aloud
from lsp_llm.config.redactor import Redactor
from lsp_llm.config.secrets import Secret
from lsp_llm.errors import UserError
from lsp_llm.lsp.framed import Framed
from lsp_llm.lsp.link import Link
from lsp_llm.lsp.stdio import Stdio
from lsp_llm.remote.addresses import Address, read_address, read_place
from lsp_llm.remote.backoff import Backoff
from lsp_llm.remote.bridge import bridge
from lsp_llm.remote.dialing import dial
from lsp_llm.remote.serving import serve_network, stream, tls_context, websocket


def listen(options: argparse.Namespace, serving: ServeOptions) -> int:
    """Serve clients over a network until a signal ends it."""
    if options.stdio:
        raise UserError("--stdio serves one editor, --ws and --tcp serve many: choose one of them")
    tls = tls_context(options.tls_cert, options.tls_key)
    kind, text = (websocket, options.ws) if options.ws is not None else (stream, options.tcp)
    network = kind(read_place(text), tls)
    if tls is None and not network.place.is_loopback:
        print(
            "lsp-llm: without --tls-cert everybody on the way reads along, the token too; behind a proxy, let the "
            "proxy speak TLS",
            file=sys.stderr,
        )
    return serve_network(serving, network, os.environ, lambda line: print(line, file=sys.stderr, flush=True))


@dataclass(frozen=True, slots=True)
class FarServer:
    """A server that is to be reached: where it is, and how patiently."""

    address: Address
    token: str = field(repr=False)
    backoff: Backoff

    async def dial(self) -> Link:
        """A link to it; raises Unreachable or NotAdmitted."""
        return await dial(self.address, self.token)


def far_server(connect: str, config_file: Path | None, redactor: Redactor) -> FarServer:
    """The one at this address, "" for that of the settings; raises UserError where there is none."""
    remote = configured_aloud(config_file).remote
    if not (connect or remote.url):
        raise UserError("--connect wants an address, or one as url below [remote] in the settings")
    address = read_address(connect or remote.url)
    token = os.environ.get(remote.token_env, "").strip() if remote.token_env else ""
    redactor.also(lambda: (address.token, Secret(token)))
    return FarServer(address, token, Backoff(remote.reconnect_seconds, remote.max_attempts))


def join(options: argparse.Namespace, redactor: Redactor) -> int:
    """Carry an editor's messages to a server and back; gives the exit code."""
    server = far_server(options.connect, options.config, redactor)
    return asyncio.run(_join(take_stdout(), server))


async def _join(output: int, server: FarServer) -> int:
    stdio = Stdio(0, output)
    stop_on_signals(stdio.stop)
    return await bridge(Framed(stdio), server.dial, server.backoff, str(server.address))
