from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.errors import UserError
from lsp_llm.lsp.trace import TraceFile, readable


def traced(value: Any) -> str:
    return readable(json.dumps(value).encode())


def test_one_line_a_message_with_time_and_direction(tmp_path: Path) -> None:
    trace = TraceFile(tmp_path / "trace", lambda text: text.replace("sk-1", "***"))
    trace.received(b'{ "a": [1,\n "sk-1"] }')
    trace.sent('{"b":"é😀"}'.encode())
    trace.close()
    first, second = (tmp_path / "trace").read_text(encoding="utf-8").splitlines()
    assert first.split(maxsplit=1)[1] == '-> {"a": [1, "***"]}'
    assert float(first.split()[0]) >= 0
    assert second.split(maxsplit=1)[1] == '<- {"b": "é😀"}'


def test_the_file_is_for_its_owner_and_grows(tmp_path: Path) -> None:
    for _ in range(2):
        trace = TraceFile(tmp_path / "trace", str)
        trace.sent(b"{}")
        trace.close()
    assert len((tmp_path / "trace").read_text(encoding="utf-8").splitlines()) == 2
    assert stat.S_IMODE((tmp_path / "trace").stat().st_mode) & 0o077 == 0


def test_a_file_that_cannot_be_written_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^--trace: .*/no/such/trace cannot be written: No such file or directory$"):
        TraceFile(tmp_path / "no" / "such" / "trace", str)


def test_a_full_disk_costs_lines_and_not_the_session(caplog: pytest.LogCaptureFixture) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    trace = TraceFile(Path("/dev/full"), str)
    trace.sent(b"{}")
    trace.close()
    assert "a line of the trace is missing: No space left on device" in caplog.text


def test_settings_that_may_hold_a_secret_are_hidden() -> None:
    provider = {
        "base_url": "https://me:hunter2@host/v1",
        "headers": {"Authorization": "Bearer k-1", "X-Team": "k-2"},
        "query": {"key": "k-3"},
        "api_key": "k-4",
        "api_key_env": "MY_KEY",
    }
    text = traced({"options": {"providers": [{"p": provider}], "token": "k-5", "Authorization": "k-6"}})
    for secret in ("hunter2", "k-1", "k-2", "k-3", "k-4", "k-5", "k-6"):
        assert secret not in text
    for shown in ("X-Team", "MY_KEY", "https://[redacted]@host/v1"):
        assert shown in text


def test_what_is_no_secret_stays_readable() -> None:
    message = {
        "params": {"token": "lsp-llm/3", "value": {"kind": "end"}},
        "arguments": [{"query": "use math.pi", "uri": "file:///a@b.py"}],
    }
    assert json.loads(traced(message)) == message


def test_what_is_no_json_is_shown_as_it_came() -> None:
    assert readable(b"{\xff") == repr(b"{\xff")
    assert readable(b'{"a": "\\ud83d"}') == '{"a": "\\ud83d"}'


def test_the_lines_of_clients_are_told_apart(tmp_path: Path) -> None:
    trace = TraceFile(tmp_path / "trace", str)
    trace.of("client-1").received(b"{}")
    trace.of("client-2").sent(b"{}")
    trace.close()
    lines = (tmp_path / "trace").read_text(encoding="utf-8").splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines] == ["client-1 -> {}", "client-2 <- {}"]
