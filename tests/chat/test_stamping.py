from __future__ import annotations

import datetime

from lsp_llm.chat.stamping import new_message_id, now


def test_times_are_in_utc_and_to_the_second() -> None:
    read = datetime.datetime.fromisoformat(now())
    assert (read.utcoffset(), read.microsecond) == (datetime.timedelta(0), 0)


def test_names_differ() -> None:
    assert len({new_message_id() for _ in range(100)}) == 100
