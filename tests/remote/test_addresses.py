from __future__ import annotations

import pytest

from lsp_llm.errors import UserError
from lsp_llm.remote.addresses import Place, listening_line, read_address, read_place


@pytest.mark.parametrize(
    ("text", "place", "is_loopback"),
    [
        ("4000", Place("127.0.0.1", 4000), True),
        (":4000", Place("127.0.0.1", 4000), True),
        ("localhost:0", Place("127.0.0.1", 0), True),
        ("127.0.0.2:65535", Place("127.0.0.2", 65535), True),
        ("[::1]:4000", Place("::1", 4000), True),
        ("0.0.0.0:4000", Place("0.0.0.0", 4000), False),
        ("[::]:4000", Place("::", 4000), False),
        ("box.example:4000", Place("box.example", 4000), False),
    ],
)
def test_a_place_to_listen_on(text: str, place: Place, is_loopback: bool) -> None:
    assert read_place(text) == place
    assert place.is_loopback is is_loopback


@pytest.mark.parametrize("text", ["", "host", "host:", "host:http", ":65536", ":-1", ":²"])
def test_what_is_no_place(text: str) -> None:
    with pytest.raises(UserError, match="no place to listen on"):
        read_place(text)


@pytest.mark.parametrize(
    ("text", "shown", "token"),
    [
        ("ws://box:4000", "ws://box:4000", ""),
        ("ws://box:4000/?token=a%2Bb", "ws://box:4000", "a+b"),
        ("wss://box/team/lsp?token=t", "wss://box:443/team/lsp", "t"),
        ("ws://box", "ws://box:80", ""),
        ("tcp://[::1]:4000", "tcp://[::1]:4000", ""),
        ("tcps://box:4000?token=t", "tcps://box:4000", "t"),
    ],
)
def test_an_address_to_connect_to(text: str, shown: str, token: str) -> None:
    address = read_address(text)
    assert str(address) == shown
    assert address.token.reveal() == token
    assert address.is_encrypted is text.startswith(("wss", "tcps"))
    assert address.is_websocket is text.startswith("ws")


@pytest.mark.parametrize(
    "text",
    ["", "box:4000", "http://box:4000", "ws://", "tcp://box", "ws://box:port?token=s3cret", "ws://[box?token=s3cret"],
)
def test_what_is_no_address_is_told_without_its_token(text: str) -> None:
    with pytest.raises(UserError) as refused:
        read_address(text)
    assert "s3cret" not in str(refused.value)
    assert "s3cret" not in repr(read_address("ws://box/?token=s3cret"))


@pytest.mark.parametrize(
    ("scheme", "token", "line"),
    [
        ("ws", "t+t", "listening on ws://127.0.0.1:4000/?token=t%2Bt"),
        ("wss", "", "listening on wss://127.0.0.1:4000/"),
        ("tcp", "t+t", "listening on tcp://127.0.0.1:4000 token=t+t"),
        ("tcps", "", "listening on tcps://127.0.0.1:4000"),
    ],
)
def test_the_line_says_all_that_a_client_needs(scheme: str, token: str, line: str) -> None:
    assert listening_line(scheme, Place("127.0.0.1", 4000), token) == line
    if scheme == "ws":
        assert read_address(line.split()[-1]).token.reveal() == token
